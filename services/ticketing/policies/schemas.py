"""What goes in and out of ``/ticketing/v1/clock-policies`` and ``/clock-plan``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.ticketing.domain.limits import MOST_SECONDS
from shared.auth import STAFF
from shared.http.schemas import Input, Output, Text, UtcTime

Role = Annotated[str, Field(max_length=40, json_schema_extra={"enum": sorted(STAFF)})]
Code = Annotated[str, Field(min_length=1, max_length=60)]


class LimitIn(Input):
    """A limit: seconds of `wall` or `working_hours`, days of `working_days` (24:00 of the last, AMB-054)."""

    unit: Literal["wall", "working_hours", "working_days"]
    amount: Annotated[int, Field(strict=True, ge=1, le=MOST_SECONDS)]


class HabitsIn(Input):
    """Parameters of pauses and warnings; what is left out stays as shipped."""

    pause_limit_seconds: Annotated[int | None, Field(ge=60, le=MOST_SECONDS)] = None
    pauses: Annotated[int | None, Field(ge=0, le=100, description="Pauses of a case that need no approval")] = None
    night: Annotated[
        tuple[str, str] | None, Field(description="When warnings of long clocks wait; equal times: never")
    ] = None
    hold_above_seconds: Annotated[int | None, Field(ge=0, le=MOST_SECONDS)] = None
    urge_every_seconds: Annotated[
        int | None, Field(ge=0, le=86_400, description="How long after an urge a case may be urged again")
    ] = None


class PolicyIn(Input):
    """All that an org unit sets itself from a day on; it takes the place of what it had set before."""

    org_unit_id: UUID
    valid_from: Annotated[date | None, Field(description="From 0:00 of this day; today when left out")] = None
    limits: Annotated[
        dict[Code, LimitIn | None], Field(max_length=200, description="By code; null switches an option off")
    ] = {}
    roles: Annotated[dict[Code, Role], Field(max_length=200, description="Who answers, by the code of the limit")] = {}
    habits: HabitsIn = HabitsIn()
    note: Annotated[str | None, Field(max_length=300)] = None

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "org_unit_id": "01955a3e-7c00-7000-8000-000000000001",
                    "limits": {
                        "complaint.resolution": {"unit": "working_days", "amount": 3},
                        "step.repair.dispatched": {"unit": "working_hours", "amount": 14400},
                    },
                    "roles": {"step.repair.dispatched": "engineer"},
                    "note": "按公司2025年服务标准",
                }
            ]
        }
    }


class PolicyOut(Output):
    """One version of what an org unit set."""

    id: UUID
    org_unit_id: UUID
    revision: int
    valid_from: date
    limits: dict[str, LimitIn | None]
    roles: dict[str, str]
    note: str | None
    set_by: UUID | None
    created_at: UtcTime


class LimitOut(Output):
    """A limit that holds: `source` is `policy` or `shipped`; without a limit it is switched off."""

    code: str
    row: str
    name: Text
    limit: LimitIn | None
    text: Text | None
    source: Literal["policy", "shipped"]
    firm: bool


class PlanOut(Output):
    """What holds in a community now."""

    community_id: UUID
    plan_id: UUID | None
    since: UtcTime | None
    calendar: str
    provisional: Annotated[bool, Field(description="This year's notice of holidays is not known yet")]
    limits: list[LimitOut]
