"""What the feeds answer: rows as they are stored and sent, and the manifest that proves them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Output, UtcTime

DecimalText = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", examples=["1092500"])]
Status = Annotated[
    Literal["provisional", "closed", "restated"],
    Field(description="Provisional every day until the period is closed; restated after a visible correction"),
]
Measure = Annotated[
    str,
    Field(description="Equal for two rows exactly where their definitions are equal", examples=["5f0c9f4e7d1a2b3c"]),
]


class FeedHead(Output):
    """What rows of a letter begin with."""

    key: str = Field(description="community/letter/template/[indicator/definition version/]period: the row's name")
    community_id: UUID
    external_id: str | None = Field(description="The company's own id of the community")
    letter_id: UUID
    template: str
    template_version: int
    period: str
    status: Status
    as_of: UtcTime = Field(description="The moment whose knowledge the row states; unchanged since")
    computed_at: UtcTime


class IndicatorRow(FeedHead):
    """One indicator of one letter in one period."""

    indicator: str
    definition_version: int
    measure_id: Measure
    unit: str
    state: Literal["met", "missed", "no_data", "not_measured", "pending", "unscored"]
    value: DecimalText | None = Field(description="Two decimals, half-up, in the indicator's unit")
    numerator: DecimalText | None
    denominator: DecimalText | None
    target: str | None
    points: DecimalText | None
    deduction: DecimalText | None


class SectionRow(Output):
    """The points of one section."""

    section: str
    points: DecimalText
    maximum: DecimalText


class ScorecardRow(FeedHead):
    """One letter's scorecard of one period."""

    subject_id: UUID
    total: DecimalText | None
    maximum: DecimalText | None
    final: bool
    sections: list[SectionRow]
    consequences: list[str]
    scorecard_id: UUID | None = Field(description="None while provisional")
    revision: int = Field(description="0 while provisional, 1 is the close, later ones restate it")
    hash: str | None


class CaseRow(Output):
    """One case behind an indicator, as it stands; `status` says whether a closed scorecard counts it like this."""

    key: str = Field(description="community/indicator/definition version/subject: the row's name")
    community_id: UUID
    external_id: str | None
    indicator: str
    definition_version: int
    subject: str
    on: date = Field(description="The local date that decides the period")
    state: str = Field(description="The verdict: met, missed, or why it does not count")
    counted: bool
    numerator: DecimalText
    denominator: DecimalText
    at: UtcTime | None
    decided_at: UtcTime | None
    link: str | None
    fact_id: UUID
    status: Status
    scorecard_id: UUID | None
    as_of: UtcTime
    computed_at: UtcTime


class Tombstone(Output):
    """A row that stands no longer: forget what you hold under its key."""

    key: str
    community_id: UUID
    deleted: Literal[True]
    as_of: UtcTime


class _FeedPage(Output):
    next: str | None = Field(description="`after` of the next page; null when that was all for now")
    after: str = Field(description="Where to go on later: only what changes from here")


class IndicatorPage(_FeedPage):
    """Rows of the indicators feed."""

    items: list[IndicatorRow | Tombstone]


class ScorecardPage(_FeedPage):
    """Rows of the scorecards feed."""

    items: list[ScorecardRow | Tombstone]


class CasePage(_FeedPage):
    """Rows of the cases feed."""

    items: list[CaseRow | Tombstone]


class FeedTotals(Output):
    """What a consumer that has pulled up to `after` must hold."""

    after: str
    rows: int
    numerator: DecimalText = Field(description="Sum over the rows; of scorecards the totals")
    denominator: DecimalText = Field(description="Sum over the rows; of scorecards the maxima")
    hash: str = Field(
        description="SHA-256 over the SHA-256 digests of the rows' NDJSON lines (without line end), sorted by key"
    )


class CommunityState(Output):
    """A community that is not closed, and why."""

    community_id: UUID
    external_id: str | None
    name: str
    state: Literal["open", "without_letter"]


class Communities(Output):
    """How many communities are in reach, and how far their scorecards of the period are."""

    expected: int
    closed: int
    open: int
    without_letter: int
    missing: list[CommunityState] = Field(description="Those open or without a letter")


class ManifestOut(Output):
    """What there is to hold: communities, rows, sums and hash of each feed, all of one moment."""

    period: str | None
    org_unit: UUID | None
    computed_at: UtcTime
    communities: Communities | None = Field(description="None without a period")
    feeds: dict[str, FeedTotals]
