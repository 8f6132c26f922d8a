"""What goes in and out of ``/ticketing/v1/ticket-views``."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from services.ticketing.tickets.schemas import KindCode, Urgency
from shared.http.schemas import Input, Output, UtcTime

Code = Annotated[str, Field(min_length=1, max_length=40)]


class Filters(Input):
    """Filters of ``GET /tickets`` under their own names; what is left out is any."""

    state: Annotated[list[Code], Field(max_length=20)] | None = None
    kind: KindCode | None = None
    community_id: UUID | None = None
    unit_id: UUID | None = None
    assignee_id: UUID | None = None
    reporter_id: UUID | None = None
    urgency: Urgency | None = None
    complex: bool | None = None
    major: bool | None = None
    valid: bool | None = None
    overdue: bool | None = None
    open: bool | None = None
    q: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    received_from: UtcTime | None = None
    received_until: UtcTime | None = None
    topic: Code | None = None
    category: Code | None = None
    place_id: UUID | None = None
    building_id: UUID | None = None
    org_unit_id: UUID | None = None


class ViewIn(Input):
    """A view: its name, its filters, and with whom it is shared; a role, an org unit, those of a role there, nobody."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "逾期紧急报修",
                    "filters": {"kind": "repair", "urgency": "urgent", "overdue": True, "open": True},
                    "shared_role": "engineer",
                }
            ]
        }
    )

    title: Annotated[str, Field(min_length=1, max_length=80)]
    filters: Filters
    shared_role: Annotated[str, Field(pattern=r"^[a-z_]{1,30}$")] | None = None
    shared_org_unit_id: UUID | None = None


class ViewOut(Output):
    """A view as it is kept; ``mine`` ones can be changed."""

    id: UUID
    version: int
    title: str
    filters: Filters
    shared_role: str | None
    shared_org_unit_id: UUID | None
    owner_id: UUID
    mine: bool
    updated_at: UtcTime
