"""What the scorecards API takes and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.kpi.schemas import LearnedOut, ScorecardResult
from shared.http.schemas import Input, Output, Text, UtcTime


class ScorecardIn(Input):
    """Freeze a letter's scorecard of a period; to correct a frozen one, restate it and say why."""

    model_config = {
        "json_schema_extra": {"examples": [{"letter_id": "01940000-0000-7000-8000-000000000001", "period": "2025-Q1"}]}
    }

    letter_id: UUID
    period: Annotated[str, Field(max_length=10)]
    restate: bool = False
    reason: Annotated[str, Field(min_length=1, max_length=2000)] | None = None


class ScorecardOut(ScorecardResult):
    """A frozen scorecard."""

    id: UUID
    letter_id: UUID
    template_version: int
    community_id: UUID
    subject_id: UUID
    period: str
    revision: int = Field(description="1 is the close; later ones restate it")
    restates_id: UUID | None
    reason: str | None
    parameters: dict[str, str | None]
    parked_events: int = Field(description="Events that waited unapplied when it was frozen")
    hash: str
    frozen_at: UtcTime
    evidence_url: str


class ScorecardLine(Output):
    """A frozen scorecard in a list."""

    id: UUID
    letter_id: UUID
    template: str
    community_id: UUID
    subject_id: UUID
    period: str
    revision: int
    total: str | None
    maximum: str | None
    hash: str
    frozen_at: UtcTime
    stands: bool = Field(description="False for one that was restated since")


class ClockOut(Output):
    """One promise on one complaint."""

    clock: str
    title: Text
    state: str
    due_at: UtcTime
    done_at: UtcTime | None


class EvidenceOut(Output):
    """One case behind a number: what it gave, why it did or did not count, and where to read it."""

    indicator: str
    subject: str
    subject_id: UUID | None
    state: str
    title: Text = Field(description="The state in words")
    counted: bool
    numerator: str
    denominator: str
    on: date = Field(description="The local date that decides the period")
    at: UtcTime | None
    decided_at: UtcTime | None
    who: UUID | None
    missed_clocks: list[str]
    clocks: list[ClockOut]
    unit_id: UUID | None
    unit_number: str | None
    link: str | None
    detail: dict[str, Any]
    fact_id: UUID
    originals_url: str = Field(description="Where an auditor has the originals produced, and who had so far")


class VerificationOut(Output):
    """A scorecard recomputed from its facts."""

    ok: bool
    scorecard_id: UUID
    total: str | None
    recomputed: str | None
    differences: list[str]
    drift: list[str] = Field(description="Indicators whose numbers have changed since: a restatement would show them")


class LineValues(Output):
    """One line of a scorecard as it stood."""

    state: str
    value: str | None
    numerator: str | None
    denominator: str | None
    points: str | None
    deduction: str | None


class RestatedLine(Output):
    """A line before and after, raw and adjusted side by side."""

    indicator: str
    before: LineValues
    after: LineValues


class RestatedCase(Output):
    """A case that counts otherwise than before; null where it was not there."""

    indicator: str
    subject: str
    before: str | None
    after: str | None


class RestatementOut(Output):
    """What a restatement changed."""

    scorecard_id: UUID
    restates_id: UUID
    total_before: str | None
    total_after: str | None
    items: list[RestatedLine]
    cases: list[RestatedCase]
    reason: str | None
    restated_by: UUID | None
    restated_at: UtcTime


class BeliefOut(ScorecardResult):
    """The scorecard of a letter's period as it was believed at a moment."""

    letter_id: UUID
    community_id: UUID
    subject_id: UUID
    period: str
    as_of: UtcTime
    status: Literal["provisional", "closed", "restated"]
    scorecard_id: UUID | None = Field(description="The card that stood then; null for a provisional one")
    revision: int = Field(description="0 while provisional")
    knowledge_until: UtcTime = Field(description="What was told later is not in it: the moment, or the freeze before")
    standing_id: UUID | None = Field(description="The card that stands now")
    learned: list[LearnedOut] = Field(description="The first cases that stand otherwise now")
    learned_url: str = Field(description="All of them, page by page")


class ExclusionOut(Output):
    """Cases that did not count, by their reason."""

    state: str
    title: Text
    cases: int
    numerator: str
    denominator: str


class RateOut(Output):
    """A reading, as compared with the target."""

    state: Literal["measured", "no_data", "not_measured", "pending"]
    value: str | None
    numerator: str | None
    denominator: str | None


class ItemEvidenceOut(Output):
    """What stands behind one line of a card: both numbers, what is in neither and why, by which rule and letter."""

    scorecard_id: UUID
    indicator: str
    title: Text
    unit: str
    adjusted: RateOut = Field(description="As the card has it")
    raw: RateOut = Field(description="As it would be had no objection been upheld")
    objected: int = Field(description="Cases that upheld objections took out")
    counted: list[ExclusionOut] = Field(description="Cases that counted, by their state")
    exclusions: list[ExclusionOut]
    indicator_version: int
    definition: dict[str, str] = Field(description="The definition parameters, as the letter chose them")
    rule: str = Field(description="The scoring rule of the letter's line")
    target: str | None
    letter_id: UUID
    template: str
    template_version: int
    letter_hash: str | None = Field(description="What the letter's signatures bind to")
    terms_hash: str = Field(description="Of the letter's words and rules in force for this period, amendments included")
    evidence_url: str
