"""Statements on assignments, and on what staff hold through them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select, update

from services.ticketing.domain.staffing import Holding
from services.ticketing.models import assignments, org_units, staff
from services.ticketing.register.repository import paged
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.http.paging import PageQuery
from shared.ids import uuid7

c = assignments.c
_WITH_PATH = select(assignments, org_units.c.path).select_from(
    assignments.join(org_units, and_(org_units.c.org_id == c.org_id, org_units.c.id == c.org_unit_id))
)


def holding_at(at: datetime) -> ColumnElement[bool]:
    """The condition that a decided assignment holds at an instant."""
    return and_(c.state == "decided", c.since <= at, or_(c.until.is_(None), c.until > at))


async def lock_staff(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Members of staff, locked in one order: whoever changes what somebody holds or works waits here."""
    rows = await tx.rows(
        select(staff)
        .where(staff.c.org_id == tx.org_id, staff.c.id.in_(sorted(set(ids))))
        .order_by(staff.c.id)
        .with_for_update(key_share=True)
    )
    return {row.id: row for row in rows}


async def staff_row(tx: Tx, id: UUID) -> Row[Any] | None:
    """One member of staff."""
    return await tx.one_or_none(select(staff).where(staff.c.org_id == tx.org_id, staff.c.id == id))


async def update_staff(tx: Tx, id: UUID, values: Mapping[str, Any]) -> None:
    """Write columns of a locked member of staff."""
    await tx.execute(
        update(staff).where(staff.c.org_id == tx.org_id, staff.c.id == id).values(**values, updated_at=tx.now)
    )


async def org_unit(tx: Tx, id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """An org unit's ``id, path, name``; ``lock`` queues those who hand out what only one may hold there."""
    o = org_units.c
    wanted = select(o.id, o.path, o.name).where(o.org_id == tx.org_id, o.id == id)
    return await tx.one_or_none(wanted.with_for_update(key_share=True) if lock else wanted)


async def all_within(tx: Tx, org_unit_ids: Collection[UUID], who: Principal) -> bool:
    """Whether all of these org units are within the caller's reach."""
    o = org_units.c
    rows = await tx.rows(select(o.path).where(o.org_id == tx.org_id, o.id.in_(sorted(set(org_unit_ids)))))
    return all(who.sees(row.path) for row in rows)


async def holdings(tx: Tx, person_ids: Collection[UUID]) -> dict[UUID, list[Holding]]:
    """Decided assignments of these people, past and future ones too; without those who never had one."""
    if not person_ids:
        return {}
    rows = await tx.rows(
        select(c.person_id, c.kind, c.code, c.org_unit_id, c.since, c.until)
        .where(c.org_id == tx.org_id, c.person_id.in_(sorted(set(person_ids))), c.state == "decided")
        .order_by(c.id)
    )
    found: dict[UUID, list[Holding]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(
            Holding(row.kind, row.code, row.org_unit_id, row.since, row.until)
        )
    return found


async def same_duty(
    tx: Tx, kind: str, code: str, org_unit_id: UUID, *, person_id: UUID | None = None
) -> Sequence[Row[Any]]:
    """Decided assignments of a duty in an org unit itself, of one person or of all, that have not ended."""
    where = [c.org_id == tx.org_id, c.kind == kind, c.code == code, c.org_unit_id == org_unit_id]
    where += [c.state == "decided", or_(c.until.is_(None), c.until > tx.now)]
    if person_id is not None:
        where.append(c.person_id == person_id)
    return await tx.rows(select(assignments).where(*where).order_by(c.id))


async def insert(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store an assignment; its id."""
    id = uuid7()
    stamped = {"id": id, "version": 1, "created_at": tx.now, "updated_at": tx.now, "made_by": tx.actor_id}
    await insert_rows(tx, assignments, [{**stamped, **values}])
    return id


async def find(tx: Tx, id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """An assignment with its org unit's ``path``."""
    wanted = _WITH_PATH.where(c.org_id == tx.org_id, c.id == id)
    return await tx.one_or_none(wanted.with_for_update(of=assignments) if lock else wanted)


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write columns of a locked assignment."""
    await tx.execute(
        update(assignments)
        .where(c.org_id == tx.org_id, c.id == row.id)
        .values(**values, version=row.version + 1, updated_at=tx.now)
    )


async def end_all(tx: Tx, person_id: UUID, at: datetime, *, org_unit_id: UUID | None = None) -> int:
    """End whatever somebody holds (or holds in one org unit) at an instant; how many that were.

    What would begin later never does; proposals fall away.
    """
    where = [c.org_id == tx.org_id, c.person_id == person_id]
    if org_unit_id is not None:
        where.append(c.org_unit_id == org_unit_id)
    bump = {"version": c.version + 1, "updated_at": tx.now, "ended_by": tx.actor_id}
    open_ended = or_(c.until.is_(None), c.until > at)
    ended = await tx.rows(
        update(assignments)
        .where(*where, c.state == "decided", c.since < at, open_ended)
        .values(until=at, **bump)
        .returning(c.id)
    )
    never = await tx.rows(
        update(assignments)
        .where(*where, c.state == "decided", c.since >= at, open_ended)
        .values(until=c.since, **bump)
        .returning(c.id)
    )
    await tx.execute(update(assignments).where(*where, c.state == "proposed").values(state="refused", **bump))
    return len(ended) + len(never)


async def page(tx: Tx, conditions: Sequence[ColumnElement[bool]], page: PageQuery) -> Sequence[Row[Any]]:
    """Assignments with their paths, in the order of their making."""
    return await tx.rows(paged(_WITH_PATH.where(c.org_id == tx.org_id, *conditions), assignments, page))


async def holders(
    tx: Tx, path: Sequence[UUID], at: datetime, kind: str, code: str
) -> Sequence[Row[Any]]:
    """Who holds a duty for something under this path at an instant: in its own org unit first, then further up."""
    rows = await tx.rows(
        _WITH_PATH.where(
            c.org_id == tx.org_id, c.kind == kind, c.code == code, c.org_unit_id.in_(list(path)), holding_at(at)
        )
    )
    return sorted(rows, key=lambda row: (-len(row.path), row.since, row.id))


async def holds(
    tx: Tx, person_id: UUID, path: Sequence[UUID], at: datetime, kind: str, code: str
) -> bool:
    """Whether somebody holds a duty for something under this path at an instant."""
    return any(row.person_id == person_id for row in await holders(tx, path, at, kind, code))
