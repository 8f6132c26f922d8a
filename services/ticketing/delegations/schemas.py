"""What goes in and out of ``/ticketing/v1/delegations``."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output, UtcTime


class DelegationIn(Input):
    """To whom one lends one's power to decide approvals, until when, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"to_id": "01955a3e-7c00-7000-8000-00000000000c", "until": "2025-03-14T10:00:00Z", "reason": "出差一周"}
            ]
        }
    )

    to_id: UUID
    since: Annotated[UtcTime | None, Field(description="Now unless given")] = None
    until: Annotated[UtcTime, Field(description="The first instant at which it holds no more; 92 days at most")]
    reason: Annotated[str, Field(min_length=2, max_length=500)]


class DelegationOut(Output):
    """A standing delegation."""

    id: UUID
    version: int
    from_id: UUID
    to_id: UUID
    since: UtcTime
    until: UtcTime
    reason: str
    revoked_at: UtcTime | None
