"""What holdings of parking spaces look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output


class HoldingIn(Input):
    """A unit holds a space from a day on; the holding before it ends on the day before if it is still open."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "0194a0c0-0000-7000-8000-000000000001",
                    "number": "B1-017",
                    "unit_id": "0194a0c0-0000-7000-8000-000000000002",
                    "since": "2025-01-01",
                }
            ]
        },
    )

    community_id: UUID
    number: Annotated[str, Field(min_length=1, max_length=40)]
    unit_id: UUID
    since: date
    until: date | None = Field(default=None, description="The last day; open if left out.")


class EndIn(Input):
    """The last day a unit holds its space."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until": "2025-06-30"}]})

    until: date


class HoldingOut(Output):
    """A unit's hold of a parking space; `until` is its last day."""

    id: UUID
    community_id: UUID
    number: str
    unit_id: UUID
    since: date
    until: date | None
