"""Cash through the drawer of whoever moves it: what payments, refunds and deposits call in their own transaction.

The account is locked before, the shift here: whoever closes a drawer waits for the payment that is going into it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.cash import repository
from services.billing.cash_errors import NoOpenShift, NotEnoughCash
from services.billing.domain import cash as rules
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.money import Money

CASH = "cash"
MIDNIGHT, SETTLE_DUE = "cash_shift.midnight", "cash_shift.settle_due"


async def policy_of(tx: Tx, community_id: UUID) -> tuple[int, bool]:
    """Days to settle in, and whether a drawer must be opened by hand, of a community."""
    row = await repository.policy(tx, community_id)
    return (rules.SETTLE_DAYS, False) if row is None else (row.settle_days, row.opening_by_hand)


async def open_drawer(
    tx: Tx,
    cashier: UUID,
    community: access.Community,
    float_fen: int,
    *,
    by_first_cash: bool = False,
    carried_fen: int = 0,
    due: datetime | None = None,
) -> UUID | None:
    """Open a shift with its timers; None when this cashier has one open here."""
    today = tx.now.astimezone(community.zone).date()
    days, _ = await policy_of(tx, community.id)
    # What is carried over from an earlier shift keeps its own, earlier end.
    due = min(rules.settle_due(today, days, community.zone), due or datetime.max.replace(tzinfo=UTC))
    shift_id = uuid7()
    number = f"SB{today:%Y%m%d}-{await tx.quick_number(f'cash_shift.{today:%Y%m%d}'):04d}"
    made = await repository.add(
        tx,
        {
            "id": shift_id,
            "community_id": community.id,
            "cashier_id": cashier,
            "number": number,
            "opened_at": tx.now,
            "opened_on": today,
            "by_first_cash": by_first_cash,
            "float_fen": float_fen,
            "carried_fen": carried_fen,
            "settle_due_at": due,
        },
    )
    if not made:
        return None
    tx.set_timer(MIDNIGHT, shift_id, rules.next_midnight(tx.now, community.zone))
    # row: B-076 the clock of the cash runs from the day it is taken
    tx.set_timer(SETTLE_DUE, shift_id, due)
    tx.audit("cash_shift.opened", "cash_shift", shift_id, after={"number": number, "float_fen": float_fen})
    told = {"shift_id": str(shift_id), "number": number, "cashier_id": str(cashier), "float_fen": float_fen}
    data = {**told, "settle_due_at": due.isoformat()}
    tx.emit("cash_shift.opened.v1", subject=shift_id, seq=1, community_id=community.id, data=data)
    return shift_id


async def take(tx: Tx, who: Principal, community: access.Community, unit_id: UUID, payment_id: UUID, fen: int) -> None:
    """Cash of a payment goes into the caller's drawer; the first cash opens it, unless the community wants it counted.

    Raises:
        NoOpenShift: drawers are opened by hand here, and this one is not.
    """
    row = await repository.open_of(tx, community.id, who.sub)
    if row is None:
        _, by_hand = await policy_of(tx, community.id)
        if by_hand:
            raise NoOpenShift()
        await open_drawer(tx, who.sub, community, 0, by_first_cash=True)
        row = await repository.open_of(tx, community.id, who.sub)
        assert row is not None  # opened just now, by this or by another payment of the same cashier
    await _entry(tx, row, payment_id, unit_id, rules.PAYMENT, fen)


async def give(
    tx: Tx, who: Principal, community: access.Community, unit_id: UUID, act: tuple[UUID, str], fen: int
) -> None:
    """Cash goes out of the caller's drawer.

    Raises:
        NoOpenShift: there is none. NotEnoughCash: it holds less.
    """
    row = await repository.open_of(tx, community.id, who.sub, alone=True)
    if row is None:
        raise NoOpenShift()
    moved = (await repository.moved(tx, [row.id])).get(row.id, 0)
    there = rules.Drawer(row.float_fen, row.carried_fen, moved).expected_fen
    if there < fen:
        raise NotEnoughCash(there=str(Money(there)))
    await _entry(tx, row, act[0], unit_id, act[1], -fen)


async def undo(tx: Tx, payment_id: UUID, correction_id: UUID, fen: int) -> None:
    """A cash payment is reversed: it never was in the drawer it was booked to. A closed drawer shows it beside."""
    found = await repository.entry(tx, payment_id)
    if found is not None and fen:
        row = await repository.kept(tx, found.shift_id)
        await _entry(tx, row, correction_id, found.unit_id, rules.REVERSED, -fen)


async def follow(tx: Tx, payment_id: UUID, new_payment_id: UUID, unit_id: UUID) -> None:
    """A cash payment moved to another unit: its cash stays where it is."""
    found = await repository.entry(tx, payment_id)
    if found is not None:
        row = await repository.kept(tx, found.shift_id)
        await _entry(tx, row, new_payment_id, unit_id, rules.MOVED, 0)


async def _entry(tx: Tx, shift: Row[Any], act_id: UUID, unit_id: UUID, kind: str, fen: int) -> None:
    values = {"act_id": act_id, "shift_id": shift.id, "community_id": shift.community_id, "unit_id": unit_id}
    after = shift.state != rules.OPEN
    await repository.add_entry(tx, {**values, "kind": kind, "amount_fen": fen, "after_close": after})
