"""Shapes that several slices answer: a scored letter and a measured value."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shared.http.schemas import Output, Text

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
