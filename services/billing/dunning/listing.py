"""Lists and figures of dunning: statements of reading only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from services.billing.domain.dunning_contacts import Month
from services.billing.dunning.schemas import CasesWanted, StepsWanted
from services.billing.models import (
    dunning_cases,
    dunning_holds,
    dunning_plans,
    dunning_policies,
    dunning_steps,
    ref_units,
)
from shared.db.tx import Tx

p, c, s, h = dunning_plans.c, dunning_cases.c, dunning_steps.c, dunning_holds.c
d = dunning_policies.c
Conditions = Sequence[ColumnElement[bool]]


async def plans(
    tx: Tx, reach: Conditions, community_id: UUID | None, period: str | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Plans, in the order of their ids."""
    wanted = select(dunning_plans).where(p.org_id == tx.org_id, *reach)
    for column, value in ((p.community_id, community_id), (p.period, period)):
        if value is not None:
            wanted = wanted.where(column == value)
    if before is not None:
        wanted = wanted.where(p.id < before)
    return await tx.rows(wanted.order_by(p.id.desc()).limit(limit))


def _step_rows() -> Any:
    unit = and_(ref_units.c.org_id == s.org_id, ref_units.c.id == s.unit_id)
    case = and_(c.org_id == s.org_id, c.id == s.case_id)
    own = and_(d.org_id == s.org_id, d.id == s.community_id)
    # A household that paid since is told by its step's state; what it owes now stands on its case.
    return select(
        dunning_steps,
        ref_units.c.number.label("unit_number"),
        c.amount_fen.label("open_fen"),
        c.reached_at,
        c.assignee_id,
        d.params,
    ).select_from(
        dunning_steps.join(dunning_cases, case).outerjoin(ref_units, unit).outerjoin(dunning_policies, own)
    )


def was_missed() -> ColumnElement[bool]:
    """Steps omitted or late (E-014): what was done in its window and only told late is neither."""
    # row: E-014, C-060 omitted or late, and nothing shows that it was done in time
    return and_(or_(s.missed_at.is_not(None), s.on_time.is_(False)), s.on_time.is_not(True))


async def steps(tx: Tx, reach: Conditions, wanted: StepsWanted, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Call lists, visit lists, missed steps: steps with what the household owes now."""
    query = _step_rows().where(s.org_id == tx.org_id, *reach)
    for column, value in (
        (s.community_id, wanted.community_id),
        (s.period, wanted.period),
        (s.kind, wanted.kind),
        (s.state, wanted.state),
        (s.case_id, wanted.case_id),
        (c.assignee_id, wanted.assignee_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.missed is not None:
        query = query.where(was_missed() if wanted.missed else ~was_missed())
    if wanted.updated_after is not None:
        query = query.where(s.updated_at >= wanted.updated_after)
    if after is not None:
        query = query.where(s.id < after)
    return await tx.rows(query.order_by(s.id.desc()).limit(limit))


async def step(tx: Tx, step_id: UUID) -> Row[Any] | None:
    """One step as the lists show it."""
    return await tx.one_or_none(_step_rows().where(s.org_id == tx.org_id, s.id == step_id))


async def cases(tx: Tx, reach: Conditions, wanted: CasesWanted, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Cases with their holds."""
    query = _case_rows().where(c.org_id == tx.org_id, *reach)
    for column, value in (
        (c.community_id, wanted.community_id),
        (c.unit_id, wanted.unit_id),
        (c.state, wanted.state),
        (c.assignee_id, wanted.assignee_id),
        (h.kind, wanted.held),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.updated_after is not None:
        query = query.where(c.updated_at >= wanted.updated_after)
    if before is not None:
        query = query.where(c.id < before)
    return await tx.rows(query.order_by(c.id.desc()).limit(limit))


async def case(tx: Tx, case_id: UUID) -> Row[Any] | None:
    """One case as the lists show it."""
    return await tx.one_or_none(_case_rows().where(c.org_id == tx.org_id, c.id == case_id))


def _case_rows() -> Any:
    unit = and_(ref_units.c.org_id == c.org_id, ref_units.c.id == c.unit_id)
    hold = and_(h.org_id == c.org_id, h.id == c.hold_id)
    own = and_(d.org_id == c.org_id, d.id == c.community_id)
    return select(
        dunning_cases, ref_units.c.number.label("unit_number"), h.kind.label("held"), d.params
    ).select_from(
        dunning_cases.outerjoin(ref_units, unit).outerjoin(dunning_holds, hold).outerjoin(dunning_policies, own)
    )


async def months(tx: Tx, community_id: UUID, period: str, bounds: tuple[datetime, datetime]) -> list[tuple[Month, int]]:
    """The debtors of a month by what was done for them, counted: at most 32 rows, however many debtors."""
    raw = tx.raw
    rows = await raw.fetch(
        "SELECT done, missed, suspended, gone, contact, count(*)::int AS debtors FROM ("
        "SELECT s.case_id, bool_or(s.on_time IS TRUE) AS done, "
        "bool_or((s.missed_at IS NOT NULL OR s.on_time IS FALSE) AND s.on_time IS NOT TRUE) AS missed, "
        "bool_or(s.state = 'suspended') AS suspended, bool_and(s.state = 'cancelled') AS gone, "
        f"EXISTS (SELECT 1 FROM {tx.schema}.dunning_contacts k WHERE k.org_id = $1 AND k.case_id = s.case_id "
        "AND k.at >= $4 AND k.at < $5) AS contact "
        f"FROM {tx.schema}.dunning_steps s WHERE s.org_id = $1 AND s.community_id = $2 AND s.period = $3 "
        "AND s.kind IN ('sms', 'call', 'visit') GROUP BY s.case_id) m GROUP BY 1, 2, 3, 4, 5",
        tx.org_id,
        community_id,
        period,
        *bounds,
    )
    return [
        (Month(row["done"], row["missed"], row["suspended"], row["gone"], row["contact"]), row["debtors"])
        for row in rows
    ]


async def states(tx: Tx, community_id: UUID, period: str) -> Sequence[Row[Any]]:
    """Steps of a month by kind and state, and how many of each were missed or late."""
    return await tx.rows(
        select(s.kind, s.state, func.count().label("steps"), func.count().filter(was_missed()).label("missed"))
        .where(s.org_id == tx.org_id, s.community_id == community_id, s.period == period)
        .group_by(s.kind, s.state)
        .order_by(s.kind, s.state)
    )


async def held(tx: Tx, community_id: UUID) -> dict[str, int]:
    """Open cases by the hold they are under."""
    rows = await tx.rows(
        select(h.kind, func.count().label("cases"))
        .where(h.org_id == tx.org_id, h.community_id == community_id, h.state == "active")
        .group_by(h.kind)
    )
    return {row.kind: row.cases for row in rows}


async def by_due(tx: Tx, community_id: UUID) -> list[tuple[date, int, int]]:
    """Open debt by the oldest due date of its household: (due, households, fen)."""
    rows = await tx.rows(
        select(c.oldest_due, func.count().label("households"), func.sum(c.amount_fen).label("fen"))
        .where(c.org_id == tx.org_id, c.community_id == community_id, c.state == "open")
        .group_by(c.oldest_due)
    )
    return [(row.oldest_due, row.households, int(row.fen)) for row in rows]
