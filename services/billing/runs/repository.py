"""Statements on billing runs and what they issue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from services.billing.domain.payers import ROLES_THAT_PAY, Relation
from services.billing.domain.runs import Draft, Unit
from services.billing.domain.vocabulary import RUN_QUEUED, RUN_RUNNING
from services.billing.models import (
    bill_balances,
    bill_lines,
    billing_runs,
    bills,
    ref_relations,
    ref_units,
)
from services.billing.runs.schemas import Wanted
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

r = billing_runs.c


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
    u = ref_units.c
    query = select(u.id, u.number, u.area, u.use, u.sold_on).where(
        u.org_id == tx.org_id, u.community_id == community_id
    )
    if after is not None:
        query = query.where(u.id > after)
    rows = await tx.rows(query.order_by(u.id).limit(limit))
    return [Unit(row.id, row.number, row.area, row.use, row.sold_on) for row in rows]


async def relations(tx: Tx, unit_ids: Sequence[UUID]) -> dict[UUID, list[Relation]]:
    """Who may pay for these units, past and future relations included."""
    c = ref_relations.c
    found: dict[UUID, list[Relation]] = {}
    for row in await tx.rows(
        select(c.unit_id, c.person_id, c.role, c.since, c.until).where(
            c.org_id == tx.org_id, c.unit_id.in_(unit_ids), c.role.in_(ROLES_THAT_PAY)
        )
    ):
        found.setdefault(row.unit_id, []).append(Relation(row.person_id, row.role, row.since, row.until))
    return found


async def billed_units(tx: Tx, standard_id: UUID, period: str, unit_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these units already have their bill of the standard for the period."""
    c = bills.c
    rows = await tx.rows(
        select(c.unit_id).where(
            c.org_id == tx.org_id,
            c.standard_id == standard_id,
            c.period == period,
            c.unit_id.in_(unit_ids),
        )
    )
    return frozenset(row.unit_id for row in rows)


async def issue(tx: Tx, run: Row[Any], version: Row[Any], due: date, drafts: Sequence[tuple[UUID, str, Draft]]) -> None:
    """Store bills (id, number, draft) with their lines and open amounts, each table in one go."""
    stamp = {"version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(
        tx,
        bills,
        [
            {
                **stamp,
                "id": bill_id,
                "number": number,
                "run_id": run.id,
                "community_id": run.community_id,
                "unit_id": draft.unit_id,
                "payer_id": draft.payer_id,
                "standard_id": run.standard_id,
                "version_id": run.version_id,
                "part": draft.part,
                "source": None,
                "source_id": None,
                "fee_kind": version.fee_kind,
                "period": run.period,
                "due_date": due,
                "amount_fen": draft.amount_fen,
                "issued_at": tx.now,
            }
            for bill_id, number, draft in drafts
        ],
    )
    await insert_rows(
        tx,
        bill_lines,
        [
            {
                "id": uuid7(),
                "bill_id": bill_id,
                "run_id": run.id,
                "rule": version.rule,
                "rule_version": version.rule_version,
                "text": dict(line.text),
                "quantity": Decimal(line.quantity),
                "unit": line.unit,
                "rate": line.rate,
                "months": line.months,
                "share": str(line.share),
                "amount_fen": line.amount_fen,
            }
            for bill_id, _, draft in drafts
            for line in draft.lines
        ],
    )
    await insert_rows(
        tx,
        bill_balances,
        [
            {**stamp, "id": bill_id, "unit_id": draft.unit_id, "open_fen": draft.amount_fen, "credited_fen": 0}
            for bill_id, _, draft in drafts
        ],
    )


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
