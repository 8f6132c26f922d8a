"""Shapes that several slices answer: a scored letter and a measured value."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.kpi.domain.numbers import plain
from services.kpi.domain.verdicts import words
from services.kpi.facts.learned import Learned, Said
from shared.http.schemas import Output, Text, UtcTime

Points = str


class SectionOut(Output):
    """One section of a scorecard."""

    section: str
    title: Text
    points: Points
    maximum: Points
    explanation: Text


class ItemOut(Output):
    """One line of a scorecard. `points` and `maximum` stand where the item owns its pool, else `deduction` alone."""

    indicator: str
    title: Text
    section: str | None
    state: Literal["met", "missed", "no_data", "not_measured", "pending", "unscored"]
    value: str | None
    numerator: str | None
    denominator: str | None
    target: str | None
    points: Points | None
    maximum: Points | None
    deduction: Points | None
    bonus: Points | None = Field(description="Points on, where the letter names a bonus")
    explanation: Text


class ConsequenceOut(Output):
    """What follows beyond points; a person decides on it."""

    kind: Literal[
        "penalty",
        "reward",
        "bonus",
        "withhold_pay",
        "accountability",
        "measure",
        "learning",
        "improvement_plan",
        "legal",
    ]
    reason: Text
    indicators: list[str]


class ScorecardResult(Output):
    """A scored letter; `total` is null for a letter without points."""

    template: str
    total: Points | None = Field(examples=["57.30"])
    maximum: Points | None = Field(examples=["100.00"])
    sections: list[SectionOut]
    items: list[ItemOut]
    consequences: list[ConsequenceOut]
    columns: dict[str, Points] = Field(description="Score columns that people filled: self, manager, gm")
    final: bool = Field(description="False while the deciding column is empty or a judgement is due")
    notes: list[Text] = Field(description="What the letter says its result is used for")


class SaidOut(Output):
    """What one version of a fact says of a case."""

    fact_id: UUID
    state: str
    title: Text
    counted: bool
    numerator: str | None
    denominator: str | None
    on: date


class LearnedOut(Output):
    """A case that stands otherwise now than it stood then; `before` is null for one that was not known."""

    indicator: str
    subject: str
    before: SaidOut | None
    after: SaidOut
    recorded_at: UtcTime
    link: str | None


def learned_out(found: Learned) -> LearnedOut:
    """A case then and now, as it goes out."""
    return LearnedOut(
        indicator=found.indicator,
        subject=found.subject,
        before=None if found.before is None else _said(found.before),
        after=_said(found.after),
        recorded_at=found.recorded_at,
        link=found.link,
    )


def _said(said: Said) -> SaidOut:
    return SaidOut(
        fact_id=said.fact_id,
        state=said.state,
        title=Text(**words(said.state).as_json()),
        counted=said.counted,
        numerator=None if said.numerator is None else plain(Fraction(said.numerator)),
        denominator=None if said.denominator is None else plain(Fraction(said.denominator)),
        on=said.on,
    )
