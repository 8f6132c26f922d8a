"""What plans, cases and steps look like on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Month, Output, Text, UtcTime

Day = Annotated[int, Field(ge=1, le=28)]
Hour = Annotated[int, Field(ge=0, le=24)]


class PolicyModel(Input):
    """A community's parameters: days of the month (inclusive; the visit's window ends with the month), hours local,
    the term of a written demand, months before the packet, the limitation period."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"sms_to": 8, "call_from": 9, "call_to": 20, "visit_from": 21}]},
    )

    sms_from: Day = 1
    sms_to: Day = 10
    call_from: Day = 11
    call_to: Day = 20
    visit_from: Day = 21
    hour_from: Hour = 8
    hour_to: Hour = 20
    cool_down_hours: Annotated[int, Field(ge=0, le=336)] = 24
    unreachable_after: Annotated[int, Field(ge=1, le=20)] = 3
    demand_days: Annotated[int, Field(ge=1, le=60)] = 15
    legal_months: Annotated[int, Field(ge=1, le=24)] = 3
    limitation_years: Annotated[int, Field(ge=1, le=20)] = 3
    hold_days: Annotated[int, Field(ge=1, le=366)] = 31


class PolicyOut(Output):
    """The parameters that hold for a community, its own or the defaults."""

    community_id: UUID
    own: bool
    params: dict[str, int]


class PlanIn(Input):
    """Make the plan of a month that has begun; the same again is the same plan."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"community_id": "0194a0c0-0000-7000-8000-000000000001", "period": "2025-03"}]},
    )

    community_id: UUID
    period: Month


class PlanOut(Output):
    """A month's plan with its progress."""

    id: UUID
    community_id: UUID
    period: str
    state: str
    policy: dict[str, int]
    debtors: int
    steps: int
    suspended: int
    amount: MoneyModel
    requested_by: UUID | None
    started_at: UtcTime
    finished_at: UtcTime | None
    confirmed_by: UUID | None
    confirmed_at: UtcTime | None


class StepOut(Output):
    """A step: whom it is about, its window, what came of it. `not_before`: the household was reached just now."""

    id: UUID
    case_id: UUID
    community_id: UUID
    unit_id: UUID
    unit_number: str | None
    payer_id: UUID | None
    assignee_id: UUID | None
    period: str
    kind: str
    text: Text
    opens_on: date
    last_on: date
    due_at: UtcTime
    amount: MoneyModel
    open_amount: MoneyModel
    state: str
    cause: str | None
    result: str | None
    attempts: int
    asked_at: UtcTime | None
    done_at: UtcTime | None
    done_by: UUID | None
    on_time: bool | None
    missed_at: UtcTime | None
    not_before: UtcTime | None


class ContactIn(Input):
    """What came of a call or a visit. `exception`: why outside the contact hours or so soon again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"result": "promised", "promised_on": "2025-03-20", "occurred_at": "2025-03-12T02:30:00Z"},
            ]
        },
    )

    result: Annotated[str, Field(min_length=1, max_length=40)]
    occurred_at: UtcTime | None = None
    promised_on: date | None = None
    note: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    exception: Annotated[str, Field(min_length=2, max_length=500)] | None = None


class CaseOut(Output):
    """The case of a household: what it owes beyond its due dates and how far the ladder has come."""

    id: UUID
    community_id: UUID
    unit_id: UUID
    unit_number: str | None
    payer_id: UUID | None
    state: str
    amount: MoneyModel
    bills: int
    oldest_due: date
    held: str | None
    assignee_id: UUID | None
    demand_term_on: date | None
    legal_due_from: date
    packet_id: UUID | None
    opened_at: UtcTime
    settled_at: UtcTime | None


class AssigneeIn(Input):
    """Who is responsible from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"assignee_id": "0194a0c0-0000-7000-8000-0000000000bb"}]})

    assignee_id: UUID


class CountOut(Output):
    """Steps of a kind in a state."""

    kind: str
    state: str
    steps: int


class AgeOut(Output):
    """Debt by the age of its due date, in full months."""

    months: str
    households: int
    amount: MoneyModel


class ReportOut(Output):
    """The month: debtors, of whom dunned (AMB-060, AMB-117), missed and late steps, who is held and why, old debt."""

    community_id: UUID
    period: str
    debtors: int
    dunned: int
    coverage: str | None
    missed: int
    disputed: int
    promised: int
    instalments: int
    steps: list[CountOut]
    ageing: list[AgeOut]


@dataclass(frozen=True, slots=True)
class StepsWanted:
    """What a caller wants of the list of steps; ``None`` = any."""

    community_id: UUID | None = None
    period: str | None = None
    kind: str | None = None
    state: str | None = None
    case_id: UUID | None = None
    assignee_id: UUID | None = None
    missed: bool | None = None
    updated_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class CasesWanted:
    """What a caller wants of the list of cases; ``None`` = any."""

    community_id: UUID | None = None
    unit_id: UUID | None = None
    state: str | None = None
    assignee_id: UUID | None = None
    held: str | None = None
    updated_after: datetime | None = None
