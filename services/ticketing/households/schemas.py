"""What households look like on the wire. Phones are masked: whom one admitted, one knows by the last digits."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from sqlalchemy import Row

from services.ticketing.people.schemas import Locale, Phone, RelationPower
from services.ticketing.register.schemas import Name
from shared.http.schemas import Input, LocalDate, Output, UtcTime
from shared.masking import mask_phone

Note = Annotated[str, Field(max_length=500)]


class AdmissionIn(Input):
    """Whom to admit. Without `powers` those of the role that one holds oneself, except admitting others."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "李芳", "phone": "13912341234", "role": "family"},
                {
                    "name": "王强",
                    "phone": "13712341234",
                    "role": "tenant",
                    "since": "2025-04-01",
                    "until": "2026-03-31",
                    "powers": ["signs", "rates", "pays"],
                },
            ]
        }
    )

    name: Name
    phone: Phone
    role: Literal["family", "tenant"]
    locale: Locale = "zh"
    since: Annotated[LocalDate | None, Field(description="Today unless given")] = None
    until: Annotated[LocalDate | None, Field(description="The last day; at most one's own")] = None
    powers: list[RelationPower] | None = None


class AdmissionOut(Output):
    """Somebody who was admitted. `id` is their relation's."""

    id: UUID
    unit_id: UUID
    role: str
    phone: Annotated[str | None, Field(description="Masked")]
    since: date
    until: date | None
    powers: list[str]
    granted_by: UUID | None


class AdmissionsOut(Output):
    """All whom a household admitted, those whose time is over, too."""

    items: list[AdmissionOut]


class EndIn(Input):
    """From which day on the relation no longer holds; today unless given."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"on": "2025-04-01", "note": "租约到期"}]})

    on: LocalDate | None = None
    note: Note | None = None


class IncomingIn(Input):
    """A new owner: a person of the register, or a name and a phone."""

    person_id: UUID | None = None
    name: Name | None = None
    phone: Phone | None = None
    role: Literal["owner", "co_owner"] = "owner"

    @model_validator(mode="after")
    def _either(self) -> Self:
        named = self.name is not None and self.phone is not None
        if named == (self.person_id is not None):
            raise ValueError("either person_id, or name and phone")
        return self


class TransferIn(Input):
    """A sale or a first move-in. `on` is the new owners' first day; tenancies go on unless listed in `also_end`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"on": "2025-04-01", "owners": [{"name": "周敏", "phone": "13612341234"}], "note": "网签合同已核验"}
            ]
        }
    )

    on: LocalDate
    owners: Annotated[list[IncomingIn], Field(min_length=1, max_length=20)]
    also_end: Annotated[list[UUID], Field(max_length=50, description="Further relations that end with it")] = []
    note: Note | None = None


class MoveOut(Output):
    """The record of a sale, a move-in or a move-out."""

    id: UUID
    unit_id: UUID
    kind: str
    on: date
    ended: Annotated[list[UUID], Field(description="Relations")]
    begun: Annotated[list[UUID], Field(description="Relations")]
    recorded_by: UUID
    created_at: UtcTime
    note: str | None


class MovesOut(Output):
    """The moves of a unit, the latest first."""

    items: list[MoveOut]


def admission_out(row: Row[Any], phone: str | None) -> AdmissionOut:
    """A relation as the household sees whom it admitted."""
    same = {name: getattr(row, name) for name in ("id", "unit_id", "role", "since", "until", "granted_by")}
    return AdmissionOut(**same, phone=mask_phone(phone), powers=list(row.powers))


def move_out(row: Any) -> MoveOut:
    """A stored move as it is answered; ``row`` is a mapping."""
    return MoveOut(**{name: row[name] for name in MoveOut.model_fields})
