"""What the delegations API takes and answers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, Output, UtcTime


class DelegationIn(Input):
    """One's own place, lent to somebody; who was lent it cannot lend it on."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {"place": "manager", "to": "01940000-0000-7000-8000-00000000000b", "grounds": "外出培训三天，书面委托"}
            ]
        }
    }

    place: Annotated[
        str, Field(pattern=r"^[a-z]{1,20}$|^\d{1,2}$", description="A review's column, a letter's place to sign")
    ]
    to: UUID
    grounds: Annotated[str, Field(min_length=1, max_length=2000)]


class DelegationOut(Output):
    """A delegation as it was given."""

    place: str
    lent_by: UUID
    lent_to: UUID
    grounds: str
    at: UtcTime


class DelegationsOut(Output):
    """All delegations about a review or a letter."""

    items: list[DelegationOut]
