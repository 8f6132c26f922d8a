"""What goes in and out of ``/ticketing/v1/care-plans`` and ``/ticketing/v1/care-calls``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.ticketing.tickets.schemas import KindCode, Line, Paragraph, Told
from shared.http.schemas import Input, Output, UtcTime

Channel = Literal["phone", "visit"]


class PlanIn(Input):
    """Whom to call on how often: the occupied dwellings below an org unit, in rounds."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "org_unit_id": "01955a3e-7c00-7000-8000-000000000001",
                    "title": "用气情况季度回访",
                    "asks": "灶具、热水器使用是否正常；对服务有无意见",
                    "channel": "phone",
                    "every_months": 3,
                    "due_days": 30,
                    "starts_on": "2025-04-01",
                }
            ]
        }
    )

    org_unit_id: UUID
    title: Annotated[str, Field(min_length=1, max_length=100)]
    asks: Paragraph
    channel: Channel
    every_months: Annotated[int, Field(ge=1, le=24)]
    due_days: Annotated[int, Field(ge=1, le=180)]
    starts_on: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 1, 1))]


class PlanOut(Output):
    """A plan; ``round`` is the one that began last, 0 before the first."""

    id: UUID
    version: int
    org_unit_id: UUID
    title: str
    asks: str
    channel: str
    every_months: int
    due_days: int
    starts_on: date
    round: int
    ended_at: UtcTime | None


class NeedIn(Input):
    """A need that was heard: a ticket of this kind."""

    kind: KindCode = "service_request"
    summary: Line
    detail: Paragraph | None = None
    fields: Annotated[dict[str, Any], Field(max_length=50, description="The kind's own fields")] = {}


class AttemptIn(Told):
    """One try at a household."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "reached", "satisfied": True, "note": "灶具正常，无其他需求"}]}
    )

    outcome: Literal["reached", "refused", "no_answer"]
    person_id: Annotated[UUID | None, Field(description="Who was spoken to")] = None
    satisfied: bool | None = None
    note: Paragraph | None = None
    need: NeedIn | None = None


class CareCallOut(Output):
    """A household in a round."""

    plan_id: UUID
    round: int
    unit_id: UUID
    community_id: UUID
    due_at: UtcTime
    state: Literal["due", "reached", "refused", "missed"]
    attempts: int
    person_id: UUID | None
    satisfied: bool | None
    note: str | None
    done_at: UtcTime | None
    done_by: UUID | None


class AttemptOut(CareCallOut):
    """The household's call after a try, with the ticket of the need that was heard."""

    ticket_id: UUID | None
