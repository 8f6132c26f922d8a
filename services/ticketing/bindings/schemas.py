"""Requests to be bound, as applicants write them and as the desk reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from sqlalchemy import Row

from services.ticketing.people.schemas import RelationPower, RelationRole
from services.ticketing.register.schemas import Name
from shared.http.schemas import Input, LocalDate, Output, UtcTime
from shared.masking import mask_name, mask_phone

_Said = Annotated[str, Field(min_length=1, max_length=80)]
Note = Annotated[str, Field(max_length=500, description="For the desk alone; the applicant never reads it")]


class BindingIn(Input):
    """Which unit one belongs to, in one's own words, and as what."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community": "翠溪花园",
                    "building": "1幢",
                    "number": "1-101",
                    "name": "张伟",
                    "role": "owner",
                    "attachments": [],
                }
            ]
        }
    )

    community_id: UUID | None = None
    community: Annotated[_Said | None, Field(description="Its name, where the id is not at hand")] = None
    building: _Said | None = None
    number: _Said
    name: Name
    role: RelationRole
    attachments: Annotated[list[UUID], Field(max_length=10, description="Proof: uploaded files of one's own")] = []

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.community_id is None) == (self.community is None):
            raise ValueError("either community_id or community")
        return self


class ApproveIn(Input):
    """The unit, where its name left it open, and what the relation says; the role's own powers unless given."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "已核对房产证"}]})

    unit_id: UUID | None = None
    since: Annotated[LocalDate | None, Field(description="Today unless given")] = None
    until: LocalDate | None = None
    powers: list[RelationPower] | None = None
    note: Note | None = None


class RefuseIn(Input):
    """Why not. The applicant reads the reason's fixed sentence, which tells nothing about the unit."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"refusal": "proof_needed", "note": "登记业主另有其人"}]})

    refusal: Literal["not_confirmed", "proof_needed", "proof_unreadable", "visit_desk"]
    note: Note | None = None


class ApplicantOut(Output):
    """Who asks, masked; `people/open` shows more and records it."""

    id: UUID
    name: str | None
    phone: str | None


class MatchOut(Output):
    """Somebody of the community's register who may be the same person, masked."""

    person_id: UUID
    name: str | None
    phone: str | None
    unit_id: UUID
    role: str
    since: date
    until: date | None
    reasons: list[str]


class BindingOut(Output):
    """A request. What only the desk reads is null for the applicant."""

    id: UUID
    version: int
    community_id: UUID
    building: str | None
    number: str
    role: str
    state: str
    refusal: str | None
    attachments: list[UUID]
    created_at: UtcTime
    decided_at: UtcTime | None
    unit_id: UUID | None
    relation_id: UUID | None
    applicant: ApplicantOut | None
    note: str | None
    units: Annotated[list[UUID] | None, Field(description="Units that fit what the request calls them")]
    matches: list[MatchOut] | None


_SHOWN = (
    "id", "version", "community_id", "building", "number", "role", "state", "refusal", "attachments", "created_at",
    "decided_at", "unit_id", "relation_id",
)  # fmt: skip


def _reasons(row: Row[Any]) -> list[str]:
    return [name for name in ("same_phone", "same_name") if getattr(row, name)]


def binding_out(
    row: Row[Any], desk: bool, named: Sequence[Row[Any]] = (), matches: Sequence[Row[Any]] = ()
) -> BindingOut:
    """A stored request; with who may be meant, for the desk."""
    shown = {name: getattr(row, name) for name in _SHOWN}
    if not desk:
        return BindingOut(**shown, applicant=None, note=None, units=None, matches=None)
    return BindingOut(
        **shown,
        applicant=ApplicantOut(
            id=row.person_id, name=mask_name(row.applicant_name), phone=mask_phone(row.applicant_phone)
        ),
        note=row.note,
        units=[found.unit_id for found in named if found.request_id == row.id],
        matches=[
            MatchOut(
                person_id=m.person_id,
                name=mask_name(m.name),
                phone=mask_phone(m.phone),
                unit_id=m.unit_id,
                role=m.role,
                since=m.since,
                until=m.until,
                reasons=_reasons(m),
            )
            for m in matches
            if m.request_id == row.id
        ],
    )
