"""Statements on late fees, and on what they are computed from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update

from services.billing.bills.issue import LATE_FEE
from services.billing.domain.late_fees import Entry, Hold, Less
from services.billing.models import (
    allocations,
    bill_balances,
    bills,
    credits,
    late_fee_entries,
    late_fee_holds,
    opening_rows,
)
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

b, o, a, c = bills.c, bill_balances.c, allocations.c, credits.c
e, h, w = late_fee_entries.c, late_fee_holds.c, opening_rows.c

NOT_CHARGED = ("deposit", "late_fee")
"""Fee kinds without a late fee: what is held for the payer, and late fees themselves (no compound interest)."""


async def next_bills(
    tx: Tx, community_id: UUID, until: date, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """The next bills, by id, that were due before a day and are open, were paid late, or have entries already."""
    paid_late = select(a.id).where(a.org_id == b.org_id, a.bill_id == b.id, a.value_date > b.due_date).exists()
    entered = select(e.id).where(e.org_id == b.org_id, e.bill_id == b.id).exists()
    query = (
        select(
            *(b.id, b.number, b.unit_id, b.payer_id, b.amount_fen),
            # The late fee of an opening balance counts from the cutover: what grew before came in as a row of its own.
            func.greatest(b.due_date, w.cutover_on).label("due_date"),
        )
        .select_from(
            bills.join(bill_balances, and_(o.org_id == b.org_id, o.id == b.id)).outerjoin(
                opening_rows, and_(w.org_id == b.org_id, w.bill_id == b.id)
            )
        )
        .where(
            b.org_id == tx.org_id,
            b.community_id == community_id,
            b.due_date < until,
            b.fee_kind.not_in(NOT_CHARGED),
            or_(o.open_fen > 0, paid_late, entered),
        )
    )
    if after is not None:
        query = query.where(b.id > after)
    return await tx.rows(query.order_by(b.id).limit(limit))


async def less(tx: Tx, bill_ids: Sequence[UUID]) -> dict[UUID, list[Less]]:
    """Money on these bills by value date, and applied credits by the day they count from."""
    found: defaultdict[UUID, list[Less]] = defaultdict(list)
    for row in await tx.rows(
        select(a.bill_id, a.value_date, a.amount_fen).where(a.org_id == tx.org_id, a.bill_id.in_(bill_ids))
    ):
        found[row.bill_id].append(Less(row.value_date, row.amount_fen))
    for row in await tx.rows(
        select(c.bill_id, c.effective_on, c.amount_fen).where(
            c.org_id == tx.org_id, c.bill_id.in_(bill_ids), c.state == "applied"
        )
    ):
        found[row.bill_id].append(Less(row.effective_on, row.amount_fen))
    return found


async def holds(tx: Tx, bill_ids: Sequence[UUID]) -> dict[UUID, list[Hold]]:
    """The disputes about these bills."""
    found: defaultdict[UUID, list[Hold]] = defaultdict(list)
    for row in await tx.rows(
        select(h.bill_id, h.since, h.until).where(h.org_id == tx.org_id, h.bill_id.in_(bill_ids))
    ):
        found[row.bill_id].append(Hold(row.since, row.until))
    return found


async def entered(tx: Tx, bill_ids: Sequence[UUID]) -> dict[UUID, list[Entry]]:
    """The entries of these bills, in the order they were made."""
    found: defaultdict[UUID, list[Entry]] = defaultdict(list)
    for row in await tx.rows(
        select(late_fee_entries).where(e.org_id == tx.org_id, e.bill_id.in_(bill_ids)).order_by(e.id)
    ):
        found[row.bill_id].append(
            Entry(row.principal_fen, row.rate.normalize(), row.first_on, row.last_on, row.amount_fen)
        )
    return found


async def billed(tx: Tx, bill_ids: Sequence[UUID]) -> dict[UUID, list[tuple[UUID, int]]]:
    """The late fee bills of these bills, the latest first, each with what is left of it after credits (fen)."""
    found: defaultdict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    for row in await tx.rows(
        select(b.id, b.source_id, (b.amount_fen - func.coalesce(func.sum(c.amount_fen), 0)).label("fen"))
        .select_from(
            bills.outerjoin(credits, and_(c.org_id == b.org_id, c.bill_id == b.id, c.kind == "credit"))
        )
        .where(b.org_id == tx.org_id, b.source == LATE_FEE, b.source_id.in_(bill_ids))
        .group_by(b.org_id, b.id, b.source_id, b.amount_fen)
        .order_by(b.id.desc())
    ):
        found[row.source_id].append((row.id, int(row.fen)))
    return found


async def add_entries(tx: Tx, community_id: UUID, bill: Row[Any], entries: Sequence[Entry]) -> None:
    """Add entries to a bill's."""
    await insert_rows(
        tx,
        late_fee_entries,
        [
            {
                "id": uuid7(),
                "bill_id": bill.id,
                "community_id": community_id,
                "unit_id": bill.unit_id,
                "principal_fen": entry.principal_fen,
                "rate": entry.rate,
                "first_on": entry.first,
                "last_on": entry.last,
                "days": entry.days,
                "amount_fen": entry.amount_fen,
                "computed_at": tx.now,
            }
            for entry in entries
        ],
    )


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Entries in the order they were made."""
    wanted = select(late_fee_entries).where(e.org_id == tx.org_id, *conditions)
    if after is not None:
        wanted = wanted.where(e.id > after)
    return await tx.rows(wanted.order_by(e.id).limit(limit))


async def add_hold(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store a dispute; returns its id."""
    hold_id = uuid7()
    stamp = {"id": hold_id, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, late_fee_holds, [{**stamp, **values}])
    return hold_id


async def hold(tx: Tx, hold_id: UUID) -> Row[Any] | None:
    """One dispute with the unit of its bill, locked."""
    return await tx.one_or_none(
        select(late_fee_holds, b.unit_id)
        .select_from(late_fee_holds.join(bills, and_(b.org_id == h.org_id, b.id == h.bill_id)))
        .where(h.org_id == tx.org_id, h.id == hold_id)
        .with_for_update(of=late_fee_holds)
    )


async def end_hold(tx: Tx, hold_id: UUID, until: date) -> None:
    """Give a dispute its last day."""
    await tx.execute(
        update(late_fee_holds)
        .where(h.org_id == tx.org_id, h.id == hold_id)
        .values(until=until, updated_at=tx.now, version=h.version + 1)
    )
