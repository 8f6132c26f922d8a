"""Activation codes on the wire. A code is answered once, to be printed; afterwards only that there is one."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from sqlalchemy import Row

from services.ticketing.domain.grants.activation import LIFE, LONGEST_LIFE
from shared.http.schemas import Input, Output, UtcTime

MOST_AT_ONCE = 2000


class IssueIn(Input):
    """For which units codes are printed: some, or all of a community. Earlier ones of the same role are revoked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"unit_ids": ["01955a3e-7c00-7000-8000-000000000003"], "role": "owner"},
                {"community_id": "01955a3e-7c00-7000-8000-000000000001", "role": "owner", "days": 90},
            ]
        }
    )

    community_id: UUID | None = None
    unit_ids: Annotated[list[UUID] | None, Field(min_length=1, max_length=500)] = None
    role: Literal["owner", "co_owner"] = "owner"
    days: Annotated[int, Field(ge=1, le=LONGEST_LIFE.days, description="How long the codes are good")] = LIFE.days

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.community_id is None) == (self.unit_ids is None):
            raise ValueError("either community_id or unit_ids")
        return self


class SlipsIn(IssueIn):
    """The same, to be printed at once: one slip for each unit, with its open bills where they are wanted."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"unit_ids": ["01955a3e-7c00-7000-8000-000000000003"], "role": "owner", "bills": True}]
        }
    )

    bills: Annotated[bool, Field(description="Print what the unit's present household owes above the code")] = False


class PrintedOut(Output):
    """One line of the list to be printed."""

    id: UUID
    unit_id: UUID
    community: str
    building: str | None
    number: str
    role: str
    code: Annotated[str, Field(description="Shown this once; only a hash is kept")]
    expires_at: UtcTime


class PrintedListOut(Output):
    """The list to be printed, in the order of the units."""

    items: list[PrintedOut]


class ActivationCodeOut(Output):
    """What is known of a code afterwards."""

    id: UUID
    version: int
    unit_id: UUID
    community_id: UUID
    role: str
    state: str
    issued_by: UUID
    created_at: UtcTime
    expires_at: UtcTime
    used_by: UUID | None
    used_at: UtcTime | None
    relation_id: UUID | None


class RedeemIn(Input):
    """The code as it is read from paper; spaces, dashes and small letters do not matter."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "7K3M-9XQ2-VT8R-4HND"}]})

    code: Annotated[str, Field(min_length=1, max_length=40)]


class RedeemedOut(Output):
    """The unit is the caller's now; the next token names it."""

    relation_id: UUID
    unit_id: UUID
    community_id: UUID
    role: str


def code_out(row: Row[Any]) -> ActivationCodeOut:
    """A stored code as it is answered, without the code."""
    return ActivationCodeOut(**{name: getattr(row, name) for name in ActivationCodeOut.model_fields})
