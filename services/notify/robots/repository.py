"""Robots in the database; where each is lies sealed among the accounts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, delete, select

from services.notify.models import accounts, ref_communities, robots
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


def _robots(tx: Tx) -> Select[Any]:
    r, a = robots, accounts
    joined = r.join(a, and_(a.c.org_id == r.c.org_id, a.c.person_id == r.c.id))
    return select(r, a.c.kind, a.c.disabled_at).select_from(joined).where(r.c.org_id == tx.org_id)


async def near(tx: Tx, org_units: Collection[UUID], classes: Collection[str]) -> Sequence[Row[Any]]:
    """Robots of these org units that are told of any of these classes."""
    if not org_units:
        return []
    r = robots
    return await tx.rows(
        _robots(tx)
        .where(
            r.c.org_unit_id.in_(org_units),
            r.c.classes.overlap(list(classes)),
            accounts.c.disabled_at.is_(None),
        )
        .order_by(r.c.id)
    )


async def page(tx: Tx, org_units: Collection[UUID] | None, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` + 1 robots, the oldest first; `org_units` None means all of the organisation."""
    r = robots
    query = _robots(tx).order_by(r.c.id).limit(limit + 1)
    if org_units is not None:
        query = query.where(r.c.org_unit_id.in_(org_units))
    if after is not None:
        query = query.where(r.c.id > after)
    return await tx.rows(query)


async def one(tx: Tx, robot_id: UUID) -> Row[Any] | None:
    """A robot, or None."""
    return await tx.one_or_none(_robots(tx).where(robots.c.id == robot_id))


async def add(tx: Tx, row: dict[str, Any]) -> None:
    """A new robot."""
    await insert_rows(tx, robots, [row])


async def remove(tx: Tx, robot_id: UUID) -> None:
    """Forget a robot and where it is."""
    await tx.execute(delete(accounts).where(accounts.c.org_id == tx.org_id, accounts.c.person_id == robot_id))
    await tx.execute(delete(robots).where(robots.c.org_id == tx.org_id, robots.c.id == robot_id))


async def paths(tx: Tx, org_units: Collection[UUID]) -> list[list[UUID]]:
    """The paths of the communities that lie under any of these org units, the root first, the community last."""
    c = ref_communities
    found = await tx.rows(select(c.c.id, c.c.path).where(c.c.org_id == tx.org_id, c.c.path.overlap(list(org_units))))
    return [[*row.path, row.id] for row in found]
