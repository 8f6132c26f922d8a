"""Statements on billing runs and what they issue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from services.billing.domain.payers import ROLES_THAT_PAY, Relation
from services.billing.domain.runs import Unit
from services.billing.domain.vocabulary import RUN_QUEUED, RUN_RUNNING
from services.billing.models import (
    bill_lines,
    billing_runs,
    bills,
)
from services.billing.runs.schemas import Wanted
from shared.db.tx import Tx
from shared.ids import uuid7

r = billing_runs.c
_BEFORE_ALL = UUID(int=0)


async def add(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store a new run; returns its id."""
    run_id = uuid7()
    await tx.execute(
        insert(billing_runs).values(
            org_id=tx.org_id,
            id=run_id,
            version=1,
            created_at=tx.now,
            updated_at=tx.now,
            units=0,
            billed=0,
            skipped={},
            bills_fen=0,
            prepaid_used_fen=0,
            **values,
        )
    )
    return run_id


async def get(tx: Tx, run_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """One run, locked if it will be moved on."""
    wanted = select(billing_runs).where(r.org_id == tx.org_id, r.id == run_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def unfinished(tx: Tx, standard_id: UUID, period: str) -> UUID | None:
    """The run of that standard and period that has not come to its end, if there is one."""
    found: UUID | None = await tx.scalar(
        select(r.id)
        .where(
            r.org_id == tx.org_id,
            r.standard_id == standard_id,
            r.period == period,
            r.state.in_((RUN_QUEUED, RUN_RUNNING)),
        )
        .order_by(r.id)
        .limit(1)
    )
    return found


async def move_on(tx: Tx, run_id: UUID, values: Mapping[str, Any]) -> None:
    """Record a run's progress."""
    await tx.execute(
        update(billing_runs)
        .where(r.org_id == tx.org_id, r.id == run_id)
        .values(updated_at=tx.now, version=r.version + 1, **values)
    )


async def page(
    tx: Tx, reach: Sequence[ColumnElement[bool]], wanted: Wanted, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Runs, the latest first."""
    query = select(billing_runs).where(r.org_id == tx.org_id, *reach)
    for column, value in (
        (r.community_id, wanted.community_id),
        (r.period, wanted.period),
        (r.state, wanted.state),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.updated_after is not None:
        query = query.where(r.updated_at >= wanted.updated_after)
    if before is not None:
        query = query.where(r.id < before)
    return await tx.rows(query.order_by(r.id.desc()).limit(limit))


async def next_units(tx: Tx, community_id: UUID, after: UUID | None, limit: int) -> list[Unit]:
    """The next units of a community in the order of their ids, which is the order a run walks them."""
    rows = await tx.raw.fetch(
        f"SELECT id, number, area, use, sold_on FROM {tx.schema}.ref_units WHERE org_id = $1 AND community_id = $2 "
        "AND id > $3 ORDER BY id LIMIT $4",
        tx.org_id,
        community_id,
        after or _BEFORE_ALL,
        limit,
    )
    return [Unit(*row) for row in rows]


async def relations(tx: Tx, unit_ids: Sequence[UUID]) -> dict[UUID, list[Relation]]:
    """Who may pay for these units, past and future relations included."""
    found: dict[UUID, list[Relation]] = {}
    for unit_id, *said in await tx.raw.fetch(
        f"SELECT unit_id, person_id, role, since, until FROM {tx.schema}.ref_relations "
        "WHERE org_id = $1 AND unit_id = ANY($2) AND role = ANY($3)",
        tx.org_id,
        unit_ids,
        ROLES_THAT_PAY,
    ):
        found.setdefault(unit_id, []).append(Relation(*said))
    return found


async def billed_units(tx: Tx, standard_id: UUID, period: str, unit_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these units already have their bill of the standard for the period."""
    rows = await tx.raw.fetch(
        f"SELECT unit_id FROM {tx.schema}.bills WHERE org_id = $1 AND standard_id = $2 AND period = $3 "
        "AND unit_id = ANY($4)",
        tx.org_id,
        standard_id,
        period,
        unit_ids,
    )
    return frozenset(row["unit_id"] for row in rows)


async def sums(tx: Tx, run_id: UUID) -> tuple[int, int, int]:
    """What a run stored: units billed, the sum of their bills and the sum of their lines, both in fen."""
    stored = await tx.one_or_none(
        select(
            func.count(bills.c.unit_id.distinct()).label("units"),
            func.coalesce(func.sum(bills.c.amount_fen), 0).label("fen"),
        ).where(bills.c.org_id == tx.org_id, bills.c.run_id == run_id)
    )
    assert stored is not None  # an aggregate has one row
    lines = await tx.scalar(
        select(func.coalesce(func.sum(bill_lines.c.amount_fen), 0)).where(
            bill_lines.c.org_id == tx.org_id, bill_lines.c.run_id == run_id
        )
    )
    return int(stored.units), int(stored.fen), int(lines)
