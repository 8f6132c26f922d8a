"""Rows of the printed lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select

from services.billing.domain.dunning import UNDONE
from services.billing.models import bills, collection_closes, dunning_cases, dunning_steps, ref_communities, ref_units
from shared.db.tx import Tx
from shared.periods import Period

c, s = dunning_cases.c, dunning_steps.c


async def community_name(tx: Tx, community_id: UUID) -> str:
    """What a community is called."""
    r = ref_communities.c
    return str(await tx.scalar(select(r.name).where(r.org_id == tx.org_id, r.id == community_id)))


async def to_do(
    tx: Tx, community_id: UUID, period: str, kind: str, assignee_id: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Undone steps of a month and kind whose household still owes, by unit: whom to call, whom to visit."""
    unit = and_(ref_units.c.org_id == s.org_id, ref_units.c.id == s.unit_id)
    case = and_(c.org_id == s.org_id, c.id == s.case_id)
    wanted = (
        select(
            ref_units.c.number.label("unit"),
            c.amount_fen,
            c.bills,
            c.oldest_due,
            c.reached_at,
            s.attempts,
            s.result,
            s.opens_on,
            s.last_on,
            s.due_at,
        )
        .select_from(dunning_steps.join(dunning_cases, case).outerjoin(ref_units, unit))
        .where(
            s.org_id == tx.org_id,
            s.community_id == community_id,
            s.period == period,
            s.kind == kind,
            # row: E-009, E-010 debtors still unpaid, and not called or visited yet
            s.state.in_(UNDONE),
            c.state == "open",
        )
    )
    if assignee_id is not None:
        wanted = wanted.where(c.assignee_id == assignee_id)
    return await tx.rows(wanted.order_by(ref_units.c.number, s.id).limit(limit))


async def by_window(tx: Tx, plan_id: UUID) -> Sequence[Row[Any]]:
    """A plan's steps by kind and window: how many, and what has become of them."""

    def so_many(state: str) -> Any:
        return func.count().filter(s.state == state).label(state)

    states = ("open", "asked", "done", "missed", "suspended", "cancelled")
    return await tx.rows(
        select(s.kind, s.opens_on, s.last_on, func.count().label("steps"), *map(so_many, states))
        .where(s.org_id == tx.org_id, s.plan_id == plan_id)
        .group_by(s.kind, s.opens_on, s.last_on)
        .order_by(s.opens_on, s.last_on, s.kind)
    )


async def by_assignee(tx: Tx, plan_id: UUID) -> Sequence[Row[Any]]:
    """A plan's households and what they owe by who is responsible."""
    case = and_(c.org_id == s.org_id, c.id == s.case_id)
    cases = (
        select(c.id, c.assignee_id, c.amount_fen)
        .select_from(dunning_steps.join(dunning_cases, case))
        .where(s.org_id == tx.org_id, s.plan_id == plan_id)
        .distinct()
        .subquery()
    )
    return await tx.rows(
        select(cases.c.assignee_id, func.count().label("households"), func.sum(cases.c.amount_fen).label("fen"))
        .group_by(cases.c.assignee_id)
        .order_by(cases.c.assignee_id)
    )


async def kinds_due(tx: Tx, community_id: UUID, period: Period) -> list[str]:
    """The fee kinds of bills due in a period."""
    b = bills.c
    rows = await tx.rows(
        select(b.fee_kind)
        .distinct()
        .where(
            b.org_id == tx.org_id,
            b.community_id == community_id,
            b.due_date >= period.start,
            b.due_date < period.end,
        )
        .order_by(b.fee_kind)
    )
    return [row.fee_kind for row in rows]


async def closes(tx: Tx, community_id: UUID, period: str) -> dict[str, Row[Any]]:
    """What was written down at a quarter's close, by fee kind; the last of several."""
    k = collection_closes.c
    rows = await tx.rows(
        select(k.fee_kind, k.closed_at, k.numerator_fen, k.denominator_fen)
        .where(k.org_id == tx.org_id, k.community_id == community_id, k.period == period)
        .order_by(k.id)
    )
    return {row.fee_kind: row for row in rows}
