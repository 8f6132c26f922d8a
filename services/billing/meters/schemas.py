"""What meters and readings look like on the wire."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Month, Output

Value = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4)]
Code = Annotated[str, Field(min_length=1, max_length=60)]


class ReplacesIn(Input):
    """The meter that was taken away, and what it showed last."""

    code: Code
    final_reading: Value


class MeterIn(Input):
    """A meter of a unit; with ``replaces`` it takes the place of another one of the same unit and kind."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "0194a0c0-0000-7000-8000-000000000001",
                    "unit_id": "0194a0c0-0000-7000-8000-000000000002",
                    "code": "W-0301",
                    "kind": "water",
                    "start_reading": "0",
                    "installed_on": "2025-01-01",
                }
            ]
        },
    )

    community_id: UUID
    unit_id: UUID
    code: Code
    kind: Literal["water", "electricity", "gas"]
    multiplier: Annotated[Decimal, Field(gt=0, max_digits=10, decimal_places=4)] = Decimal(1)
    start_reading: Value = Decimal(0)
    installed_on: date
    replaces: ReplacesIn | None = None


class MeterOut(Output):
    """A meter."""

    id: UUID
    community_id: UUID
    unit_id: UUID
    code: str
    kind: str
    multiplier: str
    start_reading: str
    installed_on: date
    removed_on: date | None
    replaces_id: UUID | None


class ReadingIn(Input):
    """What a meter showed at the end of a month."""

    code: Code
    period: Month
    reading: Value
    read_on: date


class ReadingsIn(Input):
    """Readings of a community, all stored or none; one that is there already with the same value is left alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "0194a0c0-0000-7000-8000-000000000001",
                    "items": [{"code": "W-0301", "period": "2025-01", "reading": "12.5", "read_on": "2025-01-31"}],
                }
            ]
        },
    )

    community_id: UUID
    items: Annotated[list[ReadingIn], Field(min_length=1, max_length=5000)]


class ReadingsOut(Output):
    """How many readings were new, were corrected, and were there already."""

    stored: int
    corrected: int
    unchanged: int


class ReadingOut(Output):
    """A reading."""

    id: UUID
    meter_id: UUID
    unit_id: UUID
    period: str
    reading: str
    read_on: date
