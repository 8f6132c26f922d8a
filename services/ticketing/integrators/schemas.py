"""What goes in and out of ``/ticketing/v1/integrators``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import Row

from services.ticketing.register.schemas import Name
from shared.http.schemas import Input, Output, UtcTime

Scope = Annotated[str, Field(pattern=r"^[a-z_]{2,30}\.[a-z_]{2,30}$", examples=["ticket.read"])]


class IntegratorIn(Input):
    """A system to connect."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "财务系统", "scopes": ["ticket.read", "changes.read"], "units": None}]
        }
    )

    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=60, description="Powers, of any service")]
    units: Annotated[
        list[UUID] | None, Field(max_length=50, description="Org units it sees; null: the whole organisation")
    ] = None


class RotateIn(Input):
    """Change the secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"keep_old_minutes": 60}]})

    keep_old_minutes: Annotated[
        int, Field(ge=0, le=10_080, description="How long the old secret is good beside it")
    ] = 60


class IntegratorOut(Output):
    """A connected system."""

    id: Annotated[UUID, Field(description="The `client_id`")]
    name: str
    scopes: list[str]
    units: list[UUID]
    created_at: UtcTime
    ended_at: UtcTime | None


class IntegratorSecretOut(IntegratorOut):
    """With its secret, shown this once."""

    client_secret: str


def integrator_out(row: Row[Any]) -> IntegratorOut:
    """A stored row on the wire."""
    return IntegratorOut(**_fields(row))


def secret_out(row: Row[Any], secret: str) -> IntegratorSecretOut:
    """A stored row with the secret that was just made."""
    return IntegratorSecretOut(**_fields(row), client_secret=secret)


def _fields(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "scopes": list(row.scopes),
        "units": list(row.units),
        "created_at": row.created_at,
        "ended_at": row.ended_at,
    }
