"""What holds look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Output, Text, UtcTime

Sentence = Annotated[str, Field(min_length=2, max_length=2000)]


class HoldIn(Input):
    """Ask for the ladder to be held. `until_on`: of a promise the day promised, of a dispute the day by which it is
    looked at again; of instalments it follows from `parts` and `first_on`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "dispute",
                    "reason": "业主认为电梯停运期间不应全额收费",
                    "evidence": "投诉工单及3月12日来电录音",
                    "ticket_id": "0194a0c0-0000-7000-8000-0000000000aa",
                    "until_on": "2025-04-20",
                }
            ]
        },
    )

    kind: Literal["dispute", "promise", "instalment"]
    reason: Sentence
    evidence: Sentence
    ticket_id: UUID | None = Field(default=None, description="The open complaint that a dispute rests on")
    until_on: date | None = None
    parts: Annotated[int, Field(ge=2, le=24)] | None = None
    first_on: date | None = None


class DecisionIn(Input):
    """The supervisor's word."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"approve": True}]})

    approve: bool


class EndIn(Input):
    """Why the ladder goes on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cause": "resolved"}]})

    cause: Literal["resolved", "withdrawn", "unfounded"]


class PartOut(Output):
    """One instalment."""

    due_on: date
    amount: MoneyModel


class HoldOut(Output):
    """A hold with who asked and who decided."""

    id: UUID
    case_id: UUID
    kind: str
    text: Text
    state: str
    reason: str
    evidence: str
    ticket_id: UUID | None
    until_on: date
    parts: list[PartOut]
    asked_by: UUID
    asked_at: UtcTime
    decided_by: UUID | None
    decided_at: UtcTime | None
    ended_at: UtcTime | None
    ended_cause: str | None
