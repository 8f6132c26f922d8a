"""Beginning and ending relations: the one place that writes them for a single household, with events and audit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import zone_of
from services.ticketing.domain.household_errors import AlreadyBound
from services.ticketing.domain.households import DAY, last_day_before
from services.ticketing.domain.register import relation_powers
from services.ticketing.errors import NoSuchUnit
from services.ticketing.households import repository
from services.ticketing.people.service import RELATION
from services.ticketing.register.bulk import Change, announce, write_changes
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7

#: The source of relations made here; the external id is the relation's own.
SOURCE: Final = "household"


@dataclass(frozen=True, slots=True)
class Home:
    """A unit whose household is being changed; nobody else changes it until the commit."""

    id: UUID
    number: str
    community_id: UUID
    path: Sequence[UUID]
    timezone: str

    def today(self, now: datetime) -> date:
        """The community's calendar day."""
        return now.astimezone(zone_of(self.timezone)).date()


async def locked_home(tx: Tx, who: Principal, unit_id: UUID) -> Home:
    """The unit for a change, if it is within the caller's reach: staff by scope, residents as one of theirs.

    Raises NoSuchUnit.
    """
    row = await repository.lock_unit(tx, unit_id)
    if row is None or not (unit_id in who.units if who.is_resident else who.sees(row.path)):
        raise NoSuchUnit()
    return Home(row.id, row.number, row.community_id, row.path, row.timezone)


@dataclass(frozen=True, slots=True)
class Begin:
    """A relation that is to begin."""

    person_id: UUID
    role: str
    since: date
    until: date | None = None
    powers: Sequence[str] | None = None  # None: the role's own
    granted_by: UUID | None = None


async def begin(tx: Tx, home: Home, wanted: Iterable[Begin]) -> list[UUID]:
    """Bind people to a locked unit; the ids of the new relations.

    Raises AlreadyBound when one of them holds the same role there in that time already: asked twice is bound once.
    """
    wanted = list(wanted)
    there = await repository.relations_of(tx, home.id, from_day=min((w.since for w in wanted), default=None))
    taken = [(row.person_id, row.role, row.since) for row in there if row.until is None or row.until >= row.since]
    rows, made = [], []
    for one in wanted:
        if any(p == one.person_id and r == one.role and (one.until is None or s <= one.until) for p, r, s in taken):
            raise AlreadyBound()
        taken.append((one.person_id, one.role, one.since))
        id = uuid7()
        values: dict[str, Any] = {
            "person_id": one.person_id,
            "unit_id": home.id,
            "community_id": home.community_id,
            "role": one.role,
            "since": one.since,
            "until": one.until,
            "powers": list(relation_powers(one.role, one.powers)),
        }
        rows.append(
            {
                "id": id,
                "version": 1,
                "created_at": tx.now,
                "updated_at": tx.now,
                "source": SOURCE,
                "external_id": str(id),
                "granted_by": one.granted_by,
                **values,
            }
        )
        made.append(Change(id, 1, values, None))
    await repository.insert_relations(tx, rows)
    announce(tx, RELATION, made)
    return [change.id for change in made]


async def finish(tx: Tx, rows: Iterable[Row[Any]], on: date) -> list[UUID]:
    """Let relations of a locked unit be over on a day; the ids of those that still held then.

    One that would have begun on that day or later never holds: its last day lies before its first. Nothing is deleted.
    """
    changes = []
    for row in rows:
        if row.until is not None and row.until < on:
            continue
        until = last_day_before(on, row.since) or row.since - DAY
        before = {name: getattr(row, name) for name in RELATION.columns}
        changes.append(Change(row.id, row.version + 1, {**before, "until": until}, before))
    await write_changes(tx, RELATION, changes)
    announce(tx, RELATION, changes)
    return [change.id for change in changes]
