"""Where a device says it was."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared.http.schemas import Input


class Position(Input):
    """Where a device was, in degrees of WGS 84, and how far off that may be, in metres."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    accuracy: Annotated[float | None, Field(ge=0, le=100_000)] = None
