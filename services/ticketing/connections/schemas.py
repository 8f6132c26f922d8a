"""What goes in and out of ``/ticketing/v1/connections``."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.ticketing.register.schemas import Source
from services.ticketing.tickets.schemas import KindCode
from shared.http.schemas import Input, Output, UtcTime

ConnectionKind = Literal["pbx", "mail"]


class ConnectionIn(Input):
    """An exchange or a mailbox. Without a community it serves all those under its org unit."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "pbx",
                    "name": "翠溪花园前台话机",
                    "source": "pbx-cx",
                    "community_id": "01955a3e-7c00-7000-8000-000000000001",
                }
            ]
        }
    )

    kind: ConnectionKind
    name: Annotated[str, Field(min_length=1, max_length=100)]
    source: Source
    org_unit_id: Annotated[UUID | None, Field(description="The organisation when left out")] = None
    community_id: UUID | None = None
    ticket_kind: Annotated[KindCode | None, Field(description="mail: what a new message becomes")] = None
    address: Annotated[
        str | None, Field(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$", description="mail: the mailbox")
    ] = None


class KeepOldIn(Input):
    """How long the old secret stays good beside the new one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"keep_old_minutes": 60}]})

    keep_old_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = 60


class ConnectionOut(Output):
    """A connection. ``key`` is what its messages name: `?connection=key`."""

    id: UUID
    key: str
    kind: ConnectionKind
    name: str
    source: str
    org_unit_id: UUID
    community_id: UUID | None
    ticket_kind: str | None
    address: str | None
    previous_until: UtcTime | None
    ended_at: UtcTime | None
    version: int


class ConnectionSecretOut(ConnectionOut):
    """A connection with its secret, which is shown this once."""

    secret: str
