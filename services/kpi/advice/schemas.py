"""What the advice API takes and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.kpi.schemas import Points, ScorecardResult
from services.kpi.what_if.schemas import Figure
from shared.http.schemas import Input, Output, Text

Code = Annotated[str, Field(max_length=120)]


class ChangeIn(Input):
    """One line of the letter said otherwise: another target, other points, another of the plain rules."""

    indicator: Code
    op: Literal["=", ">=", "<=", ">", "<", "+-"] | None = None
    target: Figure | None = None
    rule: Literal["per_point_below", "flat_on_miss", "per_occurrence"] | None = None
    points: Figure | None = Field(
        None, description="Of the rule: off for each point below, or each occurrence, or once"
    )


class CalendarIn(Input):
    """When limits of minutes, hours and days count, for a period as if this calendar had held."""

    days: Literal["every_day", "weekends", "statutory"] = Field(
        "statutory",
        description="All days; Monday to Friday; or working days with statutory holidays and make-up days",
    )
    hours: Annotated[
        list[Annotated[str, Field(max_length=11, examples=["09:00-12:00"])]], Field(min_length=1, max_length=6)
    ] = Field(default_factory=lambda: ["00:00-24:00"], description="Of a day that counts; local time")


class AsIfIn(Input):
    """A letter's real period as if its targets, rules, parameters or calendar were others."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "period": "2025-Q1",
                    "changes": [{"indicator": "fee.collection.quarter.rate", "target": "95"}],
                    "parameters": {"partial_policy": "floor"},
                }
            ]
        }
    }

    period: Annotated[str, Field(max_length=10)]
    changes: Annotated[list[ChangeIn], Field(max_length=100)] = Field(default_factory=list)
    parameters: Annotated[dict[Annotated[str, Field(max_length=60)], Any], Field(max_length=100)] = Field(
        default_factory=dict
    )
    calendar: CalendarIn | None = Field(
        None,
        description="Complaints and repairs judged anew by it; agreed deadlines and appointments stay as agreed",
    )


class AsIfOut(Output):
    """The period as the letter scores it, and as it would."""

    period: str
    now: ScorecardResult
    as_if: ScorecardResult
    difference: Points | None = Field(description="Points more, or less; null for a letter without points")


class CaseOut(Output):
    """A case that can still be won."""

    subject: str
    fact_id: UUID
    worth: str = Field(description="Its share of the numerator: yuan, or one")
    on: date
    who: UUID | None
    unit_id: UUID | None
    unit_number: str | None
    link: str | None
    due_at: str | None = Field(description="Until when, where the case has a limit")


class GapOut(Output):
    """A missed target and what would close it."""

    indicator: str
    title: Text
    target: str
    value: str
    lacking: str = Field(description="In the numerator: yuan, or cases")
    cases: int = Field(description="The fewest cases that close it, or all there are")
    enough: bool
    points: Points | None = Field(description="What the letter's total gains")
    advice: Text
    closing: list[CaseOut] = Field(description="Those cases, worth most first, at most 200")


class GapsOut(Output):
    """The gaps of a letter's period."""

    period: str
    total: Points | None
    items: list[GapOut]


class ActionOut(CaseOut):
    """Something to do today, with what it is worth."""

    letter_id: UUID
    template: str
    community_id: UUID
    period: str
    indicator: str
    title: Text
    points: Points = Field(description="Points of the letter at stake in this case")
    running: bool = Field(description="Inside its limit: letting it pass costs the points")


class ActionsOut(Output):
    """Today's list, points at stake first. What is done leaves it with the event that says so."""

    items: list[ActionOut]
