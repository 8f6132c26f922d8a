"""What goes in and out of ``/ticketing/v1/survey-cadences``."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output

#: A day that calendars reach.
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 1, 1))]


class CadenceIn(Input):
    """Below which org unit, from which day on, and how many days before a quarter's end somebody is reminded."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"org_unit_id": "01955a3e-7c00-7000-8000-000000000001", "since": "2025-01-01"}]
        }
    )

    org_unit_id: UUID
    since: Day
    until: Day | None = None
    remind_days: Annotated[int, Field(ge=1, le=80)] = 30


class CadenceOut(Output):
    """A cadence."""

    id: UUID
    version: int
    org_unit_id: UUID
    since: date
    until: date | None
    remind_days: int
