"""The statements of sampling plans and of the lots drawn under them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, insert, select, update

from services.ticketing.models import communities, org_units, revisit_draws, revisit_plans, tickets
from services.ticketing.register.repository import paged
from shared.db.tx import Tx
from shared.http.paging import PageQuery

p = revisit_plans.c
d = revisit_draws.c


async def org_unit_path(tx: Tx, org_unit_id: UUID, *, lock: bool = False) -> Sequence[UUID] | None:
    """The org units from the organisation down to this one, or None; locked, plans of one org unit queue on it."""
    wanted = select(org_units.c.path).where(org_units.c.org_id == tx.org_id, org_units.c.id == org_unit_id)
    path: Sequence[UUID] | None = await tx.scalar(wanted.with_for_update() if lock else wanted)
    return path


async def in_force(tx: Tx, kind: str, org_unit_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Plans in force of a kind at any of these org units."""
    return await tx.rows(
        select(revisit_plans).where(
            p.org_id == tx.org_id, p.kind == kind, p.org_unit_id.in_(sorted(org_unit_ids)), p.ended_at.is_(None)
        )
    )


async def path_of_community(tx: Tx, community_id: UUID) -> Sequence[UUID]:
    """The org units above a community, from the organisation down."""
    path: Sequence[UUID] | None = await tx.scalar(
        select(communities.c.path).where(communities.c.org_id == tx.org_id, communities.c.id == community_id)
    )
    return path or ()


async def one(tx: Tx, plan_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A plan with the path of its org unit."""
    wanted = (
        select(revisit_plans, org_units.c.path)
        .select_from(
            revisit_plans.join(org_units, and_(org_units.c.org_id == p.org_id, org_units.c.id == p.org_unit_id))
        )
        .where(p.org_id == tx.org_id, p.id == plan_id)
    )
    return await tx.one_or_none(wanted.with_for_update(of=revisit_plans) if lock else wanted)


async def page(tx: Tx, conditions: Sequence[ColumnElement[bool]], query: PageQuery) -> Sequence[Row[Any]]:
    """Plans in the order of their making."""
    joined = revisit_plans.join(org_units, and_(org_units.c.org_id == p.org_id, org_units.c.id == p.org_unit_id))
    wanted = select(revisit_plans).select_from(joined).where(p.org_id == tx.org_id, *conditions)
    return await tx.rows(paged(wanted, revisit_plans, query))


async def add(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a new plan."""
    await tx.execute(
        insert(revisit_plans).values(
            org_id=tx.org_id, version=1, created_at=tx.now, updated_at=tx.now, ended_at=None, **row
        )
    )


async def end(tx: Tx, plan_id: UUID) -> None:
    """Let a plan end now."""
    await tx.execute(
        update(revisit_plans)
        .where(p.org_id == tx.org_id, p.id == plan_id, p.ended_at.is_(None))
        .values(ended_at=tx.now, version=p.version + 1, updated_at=tx.now)
    )


async def drawn_before(tx: Tx, ticket_id: UUID) -> bool:
    """Whether an earlier completion of the ticket was drawn."""
    found = await tx.scalar(select(d.round).where(d.org_id == tx.org_id, d.ticket_id == ticket_id, d.sampled).limit(1))
    return found is not None


async def add_draw(tx: Tx, row: Mapping[str, Any]) -> None:
    """Keep the lot of a completion."""
    await tx.execute(insert(revisit_draws).values(org_id=tx.org_id, drawn_at=tx.now, **row))


async def counts(tx: Tx, plan_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """By plan: completions seen, and how many of them were followed up."""
    if not plan_ids:
        return {}
    rows = await tx.rows(
        select(d.plan_id, func.count().label("seen"), func.count().filter(d.sampled).label("sampled"))
        .where(d.org_id == tx.org_id, d.plan_id.in_(sorted(plan_ids)))
        .group_by(d.plan_id)
    )
    return {row.plan_id: (row.seen, row.sampled) for row in rows}


async def draws(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], after: tuple[UUID, int] | None, limit: int
) -> Sequence[Row[Any]]:
    """Lots with the number of their ticket, by ticket and round."""
    joined = revisit_draws.join(tickets, and_(tickets.c.org_id == d.org_id, tickets.c.id == d.ticket_id))
    wanted = select(revisit_draws, tickets.c.number).select_from(joined).where(d.org_id == tx.org_id, *conditions)
    if after is not None:
        ticket_id, round = after
        wanted = wanted.where((d.ticket_id > ticket_id) | ((d.ticket_id == ticket_id) & (d.round > round)))
    return await tx.rows(wanted.order_by(d.ticket_id, d.round).limit(limit))
