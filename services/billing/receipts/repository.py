"""Statements on receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, select, update

from services.billing.models import allocations, bills, payments, receipts, ref_communities, ref_units
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


@dataclass(frozen=True, slots=True)
class Place:
    """What a receipt calls the place of a payment."""

    organisation: str
    community: str
    unit: str


async def place(tx: Tx, unit_id: UUID) -> Place:
    """The names of a unit that is known to exist."""
    row = await tx.one_or_none(
        select(ref_communities.c.name, ref_units.c.number)
        .select_from(
            ref_units.join(
                ref_communities,
                and_(
                    ref_communities.c.org_id == ref_units.c.org_id,
                    ref_communities.c.id == ref_units.c.community_id,
                ),
            )
        )
        .where(ref_units.c.org_id == tx.org_id, ref_units.c.id == unit_id)
    )
    assert row is not None  # the caller was shown the payment through this unit
    name = await tx.raw.fetchval(f"SELECT name FROM {tx.schema}.organisations WHERE id = $1", tx.org_id)
    return Place(name or "", row.name, row.number)


async def community_names(tx: Tx, community_id: UUID) -> tuple[str, str]:
    """What the organisation and a community that is known to exist are called."""
    c = ref_communities.c
    name = await tx.scalar(select(c.name).where(c.org_id == tx.org_id, c.id == community_id))
    organisation = await tx.raw.fetchval(f"SELECT name FROM {tx.schema}.organisations WHERE id = $1", tx.org_id)
    return organisation or "", str(name)


async def payer_of(tx: Tx, payment_id: UUID) -> UUID | None:
    """Who paid, where it is known."""
    c = payments.c
    found: UUID | None = await tx.scalar(select(c.payer_id).where(c.org_id == tx.org_id, c.id == payment_id))
    return found


async def paid_bills(tx: Tx, payment_id: UUID) -> Sequence[Row[Any]]:
    """The bills that a payment pays now, with their fen, the oldest due first."""
    return await tx.rows(
        select(bills.c.number, bills.c.period, bills.c.fee_kind, func.sum(allocations.c.amount_fen).label("fen"))
        .select_from(
            allocations.join(bills, and_(bills.c.org_id == allocations.c.org_id, bills.c.id == allocations.c.bill_id))
        )
        .where(
            allocations.c.org_id == tx.org_id,
            bills.c.org_id == tx.org_id,
            allocations.c.payment_id == payment_id,
        )
        .group_by(bills.c.number, bills.c.period, bills.c.fee_kind, bills.c.due_date)
        .having(func.sum(allocations.c.amount_fen) > 0)
        .order_by(bills.c.due_date, bills.c.number)
    )


async def valid_of(tx: Tx, payment_id: UUID) -> Row[Any] | None:
    """The valid receipt of a payment."""
    c = receipts.c
    return await tx.one_or_none(
        select(receipts).where(c.org_id == tx.org_id, c.payment_id == payment_id, c.voided_at.is_(None))
    )


async def add(tx: Tx, values: Mapping[str, Any]) -> None:
    """Store a receipt."""
    fixed = {"version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, receipts, [{**fixed, **values}])


async def get(tx: Tx, receipt_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A receipt; ``lock`` holds it until the commit."""
    wanted = select(receipts).where(receipts.c.org_id == tx.org_id, receipts.c.id == receipt_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def void(tx: Tx, row: Row[Any], reason: str) -> None:
    """Mark a locked receipt as void."""
    c = receipts.c
    told = {"voided_at": tx.now, "voided_by": tx.actor_id, "void_reason": reason}
    await tx.execute(
        update(receipts)
        .where(c.org_id == tx.org_id, c.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, **told)
    )


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Receipts, the latest issued first."""
    wanted = select(receipts).where(receipts.c.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(receipts.c.id < before)
    return await tx.rows(wanted.order_by(receipts.c.id.desc()).limit(limit))
