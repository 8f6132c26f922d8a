"""What `POST /kpi/v1/what-if` and `/what-if/deadlines` take and answer (architecture §6)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from services.kpi.schemas import ScorecardResult
from shared.http.schemas import Input, Output, Text


def _decimal_text(value: Any) -> Any:
    # A JSON number such as 83.6 means its decimal digits; its shortest text has them, the float itself does not.
    return repr(value) if isinstance(value, float) else value


Figure = Annotated[
    Annotated[int, Field(strict=True)] | Annotated[str, Field(strict=True, max_length=40)],
    BeforeValidator(_decimal_text),
]
Grade = Annotated[str, Field(max_length=40)]


class ReadingIn(Input):
    """One indicator's input, in exactly one of its shapes."""

    numerator: Figure | None = None
    denominator: Figure | None = None
    value: Figure | None = Field(None, description="In the indicator's unit: 89.99 is percent")
    count: Figure | None = None
    parts: dict[str, Figure] | None = None
    grade: Grade | None = None
    cases: Annotated[list[dict[str, Any]], Field(max_length=10_000)] | None = Field(
        None, description="Records the indicator judges, by the same code as live events"
    )
    state: Literal["no_data", "not_measured", "pending"] | None = None
    prior: dict[str, Any] | None = Field(None, description="Last year's reading, where a rule needs it")


class JudgementIn(Input):
    """Points a person gives where a rule leaves them to a person."""

    indicator: Annotated[str, Field(max_length=120)]
    points: Figure
    reason: Annotated[str, Field(max_length=2000)] | None = None


class ProposalIn(Input):
    """An amount somebody proposes."""

    kind: Annotated[str, Field(max_length=40)]
    amount: Figure


Readings = dict[Annotated[str, Field(max_length=120)], ReadingIn]


class WhatIfIn(Input):
    """Inputs to be scored under a letter. An indicator left out has no data."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "template": "T003S",
                    "period": "2025-Q1",
                    "partial_policy": "linear",
                    "inputs": {
                        "complaint.handling.timeliness.rate": {"numerator": 38, "denominator": 40},
                        "survey.score": {"value": "83.6"},
                        "fee.collection.quarter.rate": {"numerator": "1092500.00", "denominator": "1250000.00"},
                    },
                    "history": {"2024-Q4": {"fee.collection.quarter.rate": {"value": "89.99"}}},
                }
            ]
        }
    }

    template: Annotated[str, Field(max_length=20)]
    period: Annotated[str, Field(max_length=10)] | None = None
    partial_policy: Annotated[str, Field(max_length=10)] | None = None
    parameters: dict[Annotated[str, Field(max_length=60)], Any] = Field(default_factory=dict)
    inputs: Readings = Field(default_factory=dict)
    history: dict[Annotated[str, Field(max_length=10)], Readings] = Field(default_factory=dict)
    judgements: list[JudgementIn] = Field(default_factory=list)
    scores: dict[str, Figure] | None = None
    proposals: list[ProposalIn] = Field(default_factory=list)


class WhatIfOut(ScorecardResult):
    """The scorecard these inputs would give."""


When = Annotated[str, Field(max_length=40)]


class DeadlineIn(Input):
    """A time limit and when it was triggered; times may be instants, local dates, months or quarters."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "template": "T003S",
                    "clock": "complaint.response",
                    "trigger_at": "2025-03-07T09:00:00+08:00",
                    "done_at": "2025-03-07T09:10:00+08:00",
                }
            ]
        }
    }

    template: Annotated[str, Field(max_length=20)] | None = None
    clock: Annotated[str, Field(max_length=80, description="The clock's id, or its row number")]
    trigger_at: When
    calendar: Any = Field(None, description="`statutory` (default) or `weekends`, for limits in working days")
    done_at: When | Annotated[list[When], Field(max_length=1000)] | None = None
    parameters: dict[Annotated[str, Field(max_length=60)], Any] = Field(default_factory=dict)


class DeadlineOut(Output):
    """Until when, and whether what was done met it; `met` is null while nothing was said to be done."""

    row: str
    clock: str
    due_from: str | None
    deadline: str | None = Field(description="An instant, or the local date whose last second still counts")
    met: bool | None
    explanation: Text
