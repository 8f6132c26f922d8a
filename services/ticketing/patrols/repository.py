"""The statements of patrols, of the duty to make them, and of the days judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from services.ticketing.models import communities, patrol_days, patrol_duties, patrols
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

p, q, d = patrols.c, patrol_duties.c, patrol_days.c


async def add(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a new patrol."""
    await insert_rows(tx, patrols, [{"version": 1, "created_at": tx.now, "updated_at": tx.now, **row}])


async def one(
    tx: Tx, id: UUID, conditions: Sequence[ColumnElement[bool]] = (), *, lock: bool = False
) -> Row[Any] | None:
    """A patrol by its id, if it fulfils the conditions of the caller's reach."""
    wanted = select(patrols).where(p.org_id == tx.org_id, p.id == id, *conditions)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write new values and the next version of a locked patrol."""
    await tx.execute(
        update(patrols)
        .where(p.org_id == tx.org_id, p.id == row.id)
        .values(**values, version=row.version + 1, updated_at=tx.now)
    )


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Patrols, the newest record first."""
    wanted = select(patrols).where(p.org_id == tx.org_id, *conditions)
    if after is not None:
        wanted = wanted.where(p.id < after)
    return await tx.rows(wanted.order_by(p.id.desc()).limit(limit))


async def walked(tx: Tx, community_id: UUID, day: date) -> bool:
    """Whether somebody walked the whole park on a day."""
    found = await tx.scalar(
        select(literal(1))
        .where(p.org_id == tx.org_id, p.community_id == community_id, p.day == day, p.whole)
        .limit(1)
    )
    return found is not None


async def set_duty(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store the duty of a community, or change it."""
    first = {"version": 1, "created_at": tx.now, "updated_at": tx.now}
    told = {name: row[name] for name in ("since", "until", "review_hours")}
    await tx.execute(
        insert(patrol_duties)
        .values(org_id=tx.org_id, **first, **row)
        .on_conflict_do_update(
            index_elements=["org_id", "community_id"],
            set_={**told, "version": patrol_duties.c.version + 1, "updated_at": tx.now},
        )
    )


async def duty(
    tx: Tx, *, id: UUID | None = None, community_id: UUID | None = None, lock: bool = False
) -> Row[Any] | None:
    """A duty with the place it is about, by its id or its community's."""
    wanted = (
        select(patrol_duties, communities.c.path, communities.c.timezone)
        .select_from(
            patrol_duties.join(
                communities, and_(communities.c.org_id == q.org_id, communities.c.id == q.community_id)
            )
        )
        .where(q.org_id == tx.org_id, q.id == id if id is not None else q.community_id == community_id)
    )
    return await tx.one_or_none(wanted.with_for_update(of=patrol_duties) if lock else wanted)


async def duties(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Duties in the order of their making."""
    wanted = select(patrol_duties).where(q.org_id == tx.org_id, *conditions)
    if after is not None:
        wanted = wanted.where(q.id > after)
    return await tx.rows(wanted.order_by(q.id).limit(limit))


async def told(tx: Tx, duty: Row[Any]) -> int:
    """Count a duty's version on, for one more thing that is told of it."""
    await tx.execute(
        update(patrol_duties)
        .where(q.org_id == tx.org_id, q.id == duty.id)
        .values(version=duty.version + 1, updated_at=tx.now)
    )
    return int(duty.version) + 1


async def judged(tx: Tx, community_id: UUID, day: date) -> Row[Any] | None:
    """What a day came to, if it was judged."""
    return await tx.one_or_none(
        select(patrol_days)
        .where(d.org_id == tx.org_id, d.community_id == community_id, d.day == day)
        .with_for_update()
    )


async def judge(tx: Tx, community_id: UUID, day: date, done: bool) -> None:
    """Write what a day came to; said again it is said anew."""
    values = {"done": done, "judged_at": tx.now}
    await tx.execute(
        insert(patrol_days)
        .values(org_id=tx.org_id, community_id=community_id, day=day, **values)
        .on_conflict_do_update(index_elements=["org_id", "community_id", "day"], set_=values)
    )


async def days(tx: Tx, conditions: Sequence[ColumnElement[bool]], first: date, last: date) -> Sequence[Row[Any]]:
    """Days judged, by day and community."""
    return await tx.rows(
        select(patrol_days)
        .where(d.org_id == tx.org_id, d.day >= first, d.day <= last, *conditions)
        .order_by(d.day, d.community_id)
        .limit(10_000)
    )
