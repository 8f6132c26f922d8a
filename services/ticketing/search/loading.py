"""Reads what search proposed, one statement per kind, each under the caller's reach."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, exists, select

from services.ticketing.domain.bigrams import number_form
from services.ticketing.domain.kind import kinds
from services.ticketing.models import buildings, communities, people, relations, tickets, units
from services.ticketing.people.repository import people_reach
from services.ticketing.places import service as places
from services.ticketing.tickets import lists
from shared.auth import Principal
from shared.db.tx import Tx
from shared.http.schemas import Text
from shared.masking import mask_name, mask_phone


@dataclass(frozen=True, slots=True)
class Loaded:
    """A thing as search shows it: people masked."""

    kind: str
    id: UUID
    number: str | None
    title: str
    at: datetime
    community_id: UUID | None = None
    unit_id: UUID | None = None
    phone: str | None = None
    ticket_kind: str | None = None
    state: str | None = None
    state_name: Text | None = None

    @property
    def number_form(self) -> str:
        """The number as numbers are compared; empty where there is none."""
        return number_form(self.number or "")


def _ticket(row: Row[Any]) -> Loaded:
    state = kinds()[row.kind].state(row.state)
    return Loaded(
        "ticket",
        row.id,
        row.number,
        row.summary,
        row.received_at,
        row.community_id,
        row.unit_id,
        ticket_kind=row.kind,
        state=row.state,
        state_name=Text(zh=state.zh, en=state.en),
    )


def _unit(row: Row[Any]) -> Loaded:
    return Loaded("unit", row.id, row.number, row.number, row.created_at, row.community_id, row.id)


def _building(row: Row[Any]) -> Loaded:
    return Loaded("building", row.id, None, row.name, row.created_at, row.community_id)


def _community(row: Row[Any]) -> Loaded:
    return Loaded("community", row.id, None, row.name, row.created_at, row.id)


def _person(row: Row[Any]) -> Loaded:
    name = mask_name(row.name) or ""
    return Loaded("person", row.id, None, name, row.created_at, phone=mask_phone(row.phone))


_Reach = Callable[[Tx, Principal], Awaitable[list[ColumnElement[bool]]]]


def _at_once(reach: Callable[[Tx, Principal], list[ColumnElement[bool]]]) -> _Reach:
    async def found(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
        return reach(tx, who)

    return found


_LOADERS: Final[Mapping[str, tuple[Table, _Reach, Callable[[Row[Any]], Loaded]]]] = {
    "ticket": (tickets, lists.reach, _ticket),
    "unit": (units, _at_once(places.unit_reach), _unit),
    "building": (buildings, _at_once(places.building_reach), _building),
    "community": (communities, _at_once(places.community_reach), _community),
    "person": (people, _at_once(people_reach), _person),
}


def _in_community(tx: Tx, kind: str, table: Table, community_id: UUID) -> ColumnElement[bool]:
    if kind == "person":
        return exists().where(
            relations.c.org_id == tx.org_id,
            relations.c.person_id == people.c.id,
            relations.c.community_id == community_id,
        )
    column: ColumnElement[Any] = table.c.id if kind == "community" else table.c.community_id
    return column == community_id


async def load(
    tx: Tx, who: Principal, hits: Sequence[tuple[UUID, str]], community_id: UUID | None
) -> dict[UUID, Loaded]:
    """Those of the hits that the caller may see, in that community where one is named."""
    found: dict[UUID, Loaded] = {}
    for kind in sorted({kind for _, kind in hits}):
        table, reach, make = _LOADERS[kind]
        ids = sorted(id for id, k in hits if k == kind)
        wanted = select(table).where(table.c.org_id == tx.org_id, table.c.id.in_(ids), *await reach(tx, who))
        if community_id is not None:
            wanted = wanted.where(_in_community(tx, kind, table, community_id))
        if kind == "person":
            wanted = wanted.where(people.c.erased_at.is_(None))
        found |= {row.id: make(row) for row in await tx.rows(wanted)}
    return found
