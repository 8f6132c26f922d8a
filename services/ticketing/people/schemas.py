"""What people, relations and staff look like on the wire; personal fields are masked unless one may read them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from sqlalchemy import Row as DbRow

from services.ticketing.register.schemas import Bulk, EntityOut, Name, Reference, Row
from shared.auth.roles import EMPLOYED
from shared.http.schemas import Input, Output, UtcTime
from shared.masking import mask_email, mask_name, mask_phone, normal_phone

Phone = Annotated[
    str, Field(max_length=40), AfterValidator(normal_phone), Field(examples=["13812341234", "+85291234567"])
]
Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Locale = Literal["zh", "en"]
RelationRole = Literal["owner", "co_owner", "family", "tenant", "agent", "payer"]
RelationPower = Literal["sees_bills", "pays", "signs", "rates", "answers_surveys", "admits"]


def _staff_role(value: str) -> str:
    if value not in EMPLOYED:
        raise ValueError(f"should be one of {', '.join(sorted(EMPLOYED))}")
    return value


class PersonIn(Row):
    """A person known to a source."""

    name: Name
    phone: Phone | None = None
    email: Email | None = None
    locale: Locale = "zh"


class RelationIn(Row):
    """What a person is to a unit, from a local day on. Without ``powers`` the role's own apply."""

    person: Reference
    unit: Reference
    role: RelationRole
    # Sources write the first day of the calendar for what they do not know.
    since: Annotated[date, Field(examples=["2025-03-07"])]
    until: Annotated[date, Field(examples=["2025-03-07"])] | None = None
    powers: list[RelationPower] | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise ValueError("until should not lie before since")
        return self


class StaffIn(Row):
    """An employee; ``units`` are the org units they see, the organisation's own id for all."""

    name: Name
    phone: Phone | None = None
    email: Email | None = None
    locale: Locale = "zh"
    roles: Annotated[
        list[Annotated[str, AfterValidator(_staff_role)]],
        Field(min_length=1, max_length=20, examples=[["clerk"]]),
    ]
    units: Annotated[list[Reference], Field(max_length=50)]


class PeopleBulk(Bulk[PersonIn]):
    """People of one source."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"source": "erp", "items": [{"external_id": "P77", "name": "张伟", "phone": "13812341234"}]}
            ]
        }
    )


class RelationsBulk(Bulk[RelationIn]):
    """Relations of one source."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "erp",
                    "items": [
                        {
                            "external_id": "P77-CX-1-1203",
                            "person": "P77",
                            "unit": "CX-1-1203",
                            "role": "owner",
                            "since": "2019-06-01",
                        }
                    ],
                }
            ]
        }
    )


class StaffBulk(Bulk[StaffIn]):
    """Staff of one source."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "hr",
                    "items": [{"external_id": "E12", "name": "李静", "roles": ["clerk"], "units": ["HZ"]}],
                }
            ]
        }
    )


class OpenPeopleIn(Input):
    """Whose personal data is to be read in full, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"ids": ["01955a3e-7c00-7000-8000-000000000003"], "reason": "回访工单 R20250307-0012"}
            ]
        }
    )

    ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    reason: Annotated[str, Field(min_length=2, max_length=500, examples=["回访工单 R20250307-0012"])]


class PersonOut(EntityOut):
    """A person, or an employee as a person. ``masked`` tells whether the personal fields are shortened."""

    kind: str
    name: str | None
    phone: str | None
    email: str | None
    locale: str
    masked: bool
    erased_at: UtcTime | None
    merged_into: Annotated[UUID | None, Field(description="Who this person turned out to be")]


class OpenedPeopleOut(Output):
    """People with their personal fields in full."""

    items: list[PersonOut]


class RelationOut(EntityOut):
    """What a person is to a unit; both days are included."""

    person_id: UUID
    unit_id: UUID
    community_id: UUID
    role: str
    since: date
    until: date | None
    powers: list[str]


class StaffOut(EntityOut):
    """An employee as of now; the id is the subject of their tokens and the person that ``/people`` knows."""

    name: str | None
    phone: str | None
    email: str | None
    locale: str
    masked: bool
    roles: list[str]
    units: list[UUID]
    left_at: UtcTime | None


def _entity(row: DbRow[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "version": row.version,
        "source": row.source,
        "external_id": row.external_id,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def _personal(row: DbRow[Any], masked: bool) -> dict[str, Any]:
    return {
        "name": mask_name(row.name) if masked else row.name,
        "phone": mask_phone(row.phone) if masked else row.phone,
        "email": mask_email(row.email) if masked else row.email,
        "locale": row.locale,
        "masked": masked,
    }


def person_out(row: DbRow[Any], *, masked: bool, kind: str = "person") -> PersonOut:
    """A stored person (or employee) as it is answered, shortened unless the caller may read it."""
    return PersonOut(
        **_entity(row),
        **_personal(row, masked),
        kind=kind,
        erased_at=row.erased_at,
        merged_into=row.merged_into if kind == "person" else None,
    )


def relation_out(row: DbRow[Any]) -> RelationOut:
    """A stored relation as it is answered."""
    return RelationOut(
        **_entity(row),
        person_id=row.person_id,
        unit_id=row.unit_id,
        community_id=row.community_id,
        role=row.role,
        since=row.since,
        until=row.until,
        powers=list(row.powers),
    )


def staff_out(row: DbRow[Any], *, masked: bool) -> StaffOut:
    """A stored employee as it is answered, shortened unless the caller may read it."""
    return StaffOut(
        **_entity(row),
        **_personal(row, masked),
        roles=list(row.roles),
        units=list(row.units),
        left_at=row.left_at,
    )
