"""Statements on paid service slips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, update

from services.billing.models import bill_balances, bills, service_slips
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

s = service_slips.c


async def get(tx: Tx, slip_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A slip, if it was charged; ``lock`` holds it until the commit."""
    wanted = select(service_slips).where(s.org_id == tx.org_id, s.id == slip_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def put(tx: Tx, row: Row[Any] | None, values: Mapping[str, Any]) -> int:
    """Store a slip, or what it is charged for now; returns its version."""
    version = 1 if row is None else row.version + 1
    stamp = {"version": version, "updated_at": tx.now, "voided_at": None}
    if row is None:
        await insert_rows(tx, service_slips, [{"created_at": tx.now, **stamp, **values}])
    else:
        await tx.execute(update(service_slips).where(s.org_id == tx.org_id, s.id == row.id).values({**values, **stamp}))
    return version


async def void(tx: Tx, row: Row[Any]) -> None:
    """What a locked slip was charged for was taken back."""
    await tx.execute(
        update(service_slips)
        .where(s.org_id == tx.org_id, s.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, voided_at=tx.now)
    )


async def left(tx: Tx, bill_id: UUID) -> int:
    """The fen of a bill that are not credited yet."""
    row = (
        await tx.execute(
            select(bills.c.amount_fen, bill_balances.c.credited_fen)
            .select_from(
                bills.join(
                    bill_balances, (bill_balances.c.org_id == bills.c.org_id) & (bill_balances.c.id == bills.c.id)
                )
            )
            .where(bills.c.org_id == tx.org_id, bills.c.id == bill_id)
        )
    ).one()
    return int(row.amount_fen - row.credited_fen)


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Slips, the latest posted first."""
    wanted = select(service_slips).where(s.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(s.id < before)
    return await tx.rows(wanted.order_by(s.id.desc()).limit(limit))
