"""Statements on limits, calendars, notices and the plans made of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, and_, any_, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.ticketing.models import (
    calendar_notices,
    clock_plans,
    communities,
    org_units,
    ticket_clocks,
    tickets,
)
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7


async def plan_content(tx: Tx, plan_id: UUID) -> Mapping[str, Any]:
    """What a plan consists of. A plan that a row names is there: both are written in one transaction."""
    found: Mapping[str, Any] = await tx.scalar(
        select(clock_plans.c.content).where(clock_plans.c.org_id == tx.org_id, clock_plans.c.id == plan_id)
    )
    return found


async def keep_plan(tx: Tx, plan_id: UUID, content: Mapping[str, Any]) -> None:
    """Store a plan unless it is there."""
    values = {"org_id": tx.org_id, "id": plan_id, "content": content, "made_at": tx.now}
    await tx.execute(pg_insert(clock_plans).values(**values).on_conflict_do_nothing())


async def path_of(tx: Tx, org_unit_id: UUID) -> list[UUID] | None:
    """The org units from the root down to this one."""
    c = org_units.c
    path: list[UUID] | None = await tx.scalar(select(c.path).where(c.org_id == tx.org_id, c.id == org_unit_id))
    return path


async def add_version(
    tx: Tx, table: Table, org_unit_id: UUID, valid_from: date, content: Mapping[str, Any], note: str | None
) -> Row[Any]:
    """Append the next version of an org unit's calendar or policy; the tree is locked."""
    c = table.c
    last = await tx.scalar(
        select(func.max(c.revision)).where(c.org_id == tx.org_id, c.org_unit_id == org_unit_id)
    )
    row_id = uuid7()
    values = {
        "id": row_id,
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "org_unit_id": org_unit_id,
        "revision": (last or 0) + 1,
        "valid_from": valid_from,
        "content": content,
        "note": note,
        "set_by": tx.actor_id,
    }
    await insert_rows(tx, table, [values])
    row = await tx.one_or_none(select(table).where(c.org_id == tx.org_id, c.id == row_id))
    assert row is not None
    return row


async def versions(
    tx: Tx, table: Table, conditions: Sequence[ColumnElement[bool]], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Versions with their org units' paths, the newest first."""
    joined = table.join(
        org_units, and_(org_units.c.org_id == table.c.org_id, org_units.c.id == table.c.org_unit_id)
    )
    wanted = select(table, org_units.c.path).select_from(joined).where(table.c.org_id == tx.org_id, *conditions)
    if after is not None:
        wanted = wanted.where(table.c.id < after)
    return await tx.rows(wanted.order_by(table.c.id.desc()).limit(limit))


async def all_versions(tx: Tx, table: Table) -> Sequence[Row[Any]]:
    """All versions of the organisation, in the order in which the later one of an org unit holds."""
    c = table.c
    return await tx.rows(
        select(c.org_unit_id, c.valid_from, c.content)
        .where(c.org_id == tx.org_id)
        .order_by(c.valid_from, c.revision)
    )


async def add_notice(tx: Tx, year: int, days: Mapping[str, Any]) -> Row[Any]:
    """Append the next version of a year's notice."""
    c = calendar_notices.c
    last = await tx.scalar(select(func.max(c.revision)).where(c.org_id == tx.org_id, c.year == year))
    row_id = uuid7()
    stamps = {"version": 1, "created_at": tx.now, "updated_at": tx.now, "set_by": tx.actor_id}
    row = {"id": row_id, "year": year, "revision": (last or 0) + 1, "days": days, **stamps}
    await insert_rows(tx, calendar_notices, [row])
    found = await tx.one_or_none(select(calendar_notices).where(c.org_id == tx.org_id, c.id == row_id))
    assert found is not None
    return found


async def notices(tx: Tx) -> Sequence[Row[Any]]:
    """All imported notices, the one that holds last within its year."""
    c = calendar_notices.c
    return await tx.rows(
        select(calendar_notices).where(c.org_id == tx.org_id).order_by(c.year, c.revision)
    )


async def lock_communities(
    tx: Tx, *, below: UUID | None = None, ids: Collection[UUID] | None = None
) -> Sequence[Row[Any]]:
    """Communities whose plan is to be found anew, held until the commit."""
    c = communities.c
    conditions: list[ColumnElement[bool]] = []
    if below is not None:
        conditions.append(literal(below) == any_(c.path))
    if ids is not None:
        conditions.append(c.id.in_(sorted(ids)))
    return await tx.rows(
        select(c.id, c.path, c.timezone, c.clock_plan_id)
        .where(c.org_id == tx.org_id, *conditions)
        .order_by(c.id)
        .with_for_update(key_share=True)
    )


async def set_plan(tx: Tx, community_ids: Collection[UUID], plan_id: UUID | None, since: datetime) -> None:
    """Name the plan of communities. Their versions stay: what others copy of them has not changed."""
    await tx.execute(
        update(communities)
        .where(communities.c.org_id == tx.org_id, communities.c.id.in_(sorted(community_ids)))
        .values(clock_plan_id=plan_id, clock_plan_since=since)
    )


async def zones_below(tx: Tx, org_unit_id: UUID) -> list[str]:
    """The time zones of the communities at or below an org unit."""
    c = communities.c
    rows = await tx.rows(
        select(c.timezone).distinct().where(c.org_id == tx.org_id, literal(org_unit_id) == any_(c.path))
    )
    return [row.timezone for row in rows]


async def community(tx: Tx, community_id: UUID) -> Row[Any] | None:
    """A community's path, zone and plan."""
    c = communities.c
    return await tx.one_or_none(
        select(c.id, c.path, c.timezone, c.clock_plan_id, c.clock_plan_since).where(
            c.org_id == tx.org_id, c.id == community_id
        )
    )


async def to_replan(tx: Tx, community_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
    """Tickets of a community with a running clock of another plan than the community's, by id."""
    k, t, c = ticket_clocks.c, tickets.c, communities.c
    wanted = (
        select(t.id)
        .distinct()
        .select_from(
            tickets.join(ticket_clocks, and_(k.org_id == t.org_id, k.ticket_id == t.id)).join(
                communities, and_(c.org_id == t.org_id, c.id == t.community_id)
            )
        )
        .where(
            t.org_id == tx.org_id,
            t.community_id == community_id,
            k.state == "running",
            k.plan_id.is_distinct_from(c.clock_plan_id),
        )
    )
    if after is not None:
        wanted = wanted.where(t.id > after)
    return [row.id for row in await tx.rows(wanted.order_by(t.id).limit(limit))]
