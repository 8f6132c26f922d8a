"""Invitations on the wire. The code itself goes to the invited person alone and is answered nowhere."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import Row

from services.ticketing.domain.grants.invitation import HOURS, LONGEST_HOURS
from shared.http.schemas import Input, Output, UtcTime


class InviteIn(Input):
    """How the code is sent, to the address that the register has, and how long it is good."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"by": "phone"}, {"by": "email", "hours": 24}]})

    by: Literal["phone", "email"] = "phone"
    hours: Annotated[int, Field(ge=1, le=LONGEST_HOURS, description="How long the code is good")] = HOURS


class InvitationOut(Output):
    """What is known of an invitation: who sent it, how, and what became of it."""

    id: UUID
    version: int
    staff_id: UUID
    kind: Annotated[str, Field(description="`invite`: a first password; `reset`: a new one")]
    by: str
    state: Annotated[str, Field(description="`open`, `used`, `withdrawn`, `replaced` by a later one, or `expired`")]
    invited_by: UUID
    created_at: UtcTime
    expires_at: UtcTime
    used_at: UtcTime | None


class InvitationsOut(Output):
    """A member of staff's latest invitations, the newest first."""

    items: list[InvitationOut]


def invitation_out(row: Row[Any], now: datetime) -> InvitationOut:
    """A stored invitation as it is answered."""
    fields = {name: getattr(row, name) for name in InvitationOut.model_fields if name not in {"by", "state"}}
    state = "expired" if row.state == "open" and now >= row.expires_at else row.state
    return InvitationOut(**fields, by=row.channel, state=state)
