"""Reversing and moving a payment.

The payment's row is locked first, then the accounts it touched, as booking does with the accounts alone: a billing
run that uses its prepayment meanwhile comes before or after, never in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.cash import taking as cash
from services.billing.corrections import repository
from services.billing.domain import allocation
from services.billing.domain import payment_corrections as rules
from services.billing.errors import NoSuchPayment, NoSuchUnit, PaymentInvalid
from services.billing.ledger import repository as ledger
from services.billing.ledger.service import announce, use_prepayments
from services.billing.payment_errors import NotCorrected, PaymentCorrected, ReceiptStands, RefundOnItsWay, SameUnit
from services.billing.payments import service as payments
from services.billing.payments.repository import Payment
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7


async def held(tx: Tx, who: Principal, payment_id: UUID) -> tuple[Row[Any], access.Community]:
    """A locked payment that may still be corrected, with its community.

    Raises:
        NoSuchPayment: unknown, or outside the caller's scope. PaymentCorrected: it was undone before.
    """
    row = await repository.locked_payment(tx, payment_id)
    if row is None:
        raise NoSuchPayment()
    try:
        community = await access.unit_community(tx, who, row.unit_id)
    except NoSuchUnit:
        raise NoSuchPayment() from None
    if await repository.correction_of(tx, payment_id) is not None:
        raise PaymentCorrected()
    return row, community


async def correction(tx: Tx, who: Principal, payment_id: UUID) -> Row[Any]:
    """What became of a payment. Raises NoSuchPayment; NotCorrected while it stands."""
    await payments.get(tx, who, payment_id)
    row = await repository.correction_of(tx, payment_id)
    if row is None:
        raise NotCorrected()
    return row


async def reverse(tx: Tx, who: Principal, payment_id: UUID, reason: str) -> Row[Any]:
    """Undo a payment that never came, or came back: its bills are open again.

    Raises:
        NoSuchPayment, PaymentCorrected: see `held`. ReceiptStands: void its receipt first.
        RefundOnItsWay: money of it is being given back.
    """
    row, community = await held(tx, who, payment_id)
    return await _reverse(tx, row, community, reason)


async def take_back(tx: Tx, payment_id: UUID, reason: str) -> None:
    """Undo a payment that we made ourselves, of an import that is undone. Raises ReceiptStands, RefundOnItsWay."""
    row = await repository.locked_payment(tx, payment_id)
    if row is not None and await repository.correction_of(tx, payment_id) is None:
        await _reverse(tx, row, await access.known(tx, row.community_id), reason)


async def _reverse(tx: Tx, row: Row[Any], community: access.Community, reason: str) -> Row[Any]:
    accounts = await _lock(tx, row, ())
    correction_id, total = await _undo(tx, row, community, accounts, rules.REVERSED)
    await cash.undo(tx, row.id, correction_id, total)
    await _settle(tx, row, community, accounts)
    return await _record(tx, row, correction_id, rules.REVERSED, total, reason, None)


async def move(tx: Tx, who: Principal, payment_id: UUID, unit_id: UUID, reason: str) -> Row[Any]:
    """Book a payment to the unit it belongs to, with the day it was paid; the trace leads both ways.

    Raises:
        NoSuchPayment, PaymentCorrected, ReceiptStands, RefundOnItsWay: as for `reverse`. NoSuchUnit: outside the
        caller's scope. SameUnit: it stands there already. PaymentInvalid: a unit of another community.
    """
    row, community = await held(tx, who, payment_id)
    target = await access.unit_community(tx, who, unit_id)
    if target.id != community.id:
        zh, en = "只能移至同一小区的房屋。", "A payment can only move within its community."
        raise PaymentInvalid(fields=[FieldError("unit_id", zh, en)])
    if unit_id == row.unit_id:
        raise SameUnit()
    accounts = await _lock(tx, row, (unit_id,))
    correction_id, total = await _undo(tx, row, community, accounts, rules.MOVED)
    if not total:
        raise PaymentCorrected()  # all of it was given back: there is nothing to move
    open_bills = await ledger.open_bills(tx, [unit_id])
    shares, rest = allocation.oldest_first(total, open_bills)
    known = {bill.id: bill for bill in open_bills}
    today = tx.now.astimezone(community.zone).date()
    # The bank's reference stays with the first booking: it says where the money came from, the trace where it went.
    payment = Payment(
        *(uuid7(), community.id, unit_id, None, row.method, None),
        *(total, rest, row.value_date, row.paid_on, row.digest),
    )
    await cash.follow(tx, row.id, payment.id, unit_id)
    await payments.book(tx, payment, [(known[s.bill_id], s.amount_fen) for s in shares], accounts, today)
    await _settle(tx, row, community, {unit: a for unit, a in accounts.items() if unit != unit_id})
    return await _record(tx, row, correction_id, rules.MOVED, total, reason, payment.id)


async def _lock(tx: Tx, row: Row[Any], more: tuple[UUID, ...]) -> dict[UUID, ledger.Account]:
    units = {row.unit_id, *more, *await repository.units_of(tx, row.id)}
    return await ledger.lock_accounts(tx, row.community_id, units)


async def _undo(
    tx: Tx, row: Row[Any], community: access.Community, accounts: Mapping[UUID, ledger.Account], kind: str
) -> tuple[UUID, int]:
    """Post the opposite of all that still stands of a payment; the correction's id and the fen taken out."""
    if await repository.has_receipt(tx, row.id):
        raise ReceiptStands()
    if await repository.refunds_on_their_way(tx, row.id):
        raise RefundOnItsWay()
    correction_id, standing = uuid7(), await repository.standing(tx, row.id)
    bills = await ledger.bills(tx, row.community_id, list(standing))
    back = [
        ledger.Allocation(uuid7(), row.id, bills[bill_id], row.value_date, row.paid_on, -fen)
        for bill_id, fen in sorted(standing.items())
    ]
    if back:
        await ledger.add_allocations(tx, row.community_id, back)
        announce(tx, row.community_id, back)
    beside = await repository.prepaid(tx, row.id)
    rest = sum(fen for _, fen in beside)
    if rest:
        await ledger.use_prepayments(tx, beside)
        accounts[row.unit_id].prepaid_fen -= rest
    on_bills = [rules.OnBill(a.bill.unit_id, a.bill.id, a.bill.fee_kind, -a.amount_fen) for a in back]
    for item in on_bills:
        accounts[item.unit_id].receivable_fen += item.fen
    acts = rules.reversal(row.unit_id, row.method, on_bills, row.unit_id, rest)
    today = tx.now.astimezone(community.zone).date()
    await ledger.post(tx, row.community_id, today, [(f"payment_{kind}", correction_id, acts)])
    return correction_id, sum(item.fen for item in on_bills) + rest


async def _settle(tx: Tx, row: Row[Any], community: access.Community, accounts: Mapping[UUID, ledger.Account]) -> None:
    """What is open again is paid by what else the units paid in advance, as after a billing run."""
    today = tx.now.astimezone(community.zone).date()
    await use_prepayments(tx, row.community_id, accounts, today)
    await ledger.save_accounts(tx, accounts.values())


async def _record(
    tx: Tx, row: Row[Any], correction_id: UUID, kind: str, total: int, reason: str, new: UUID | None
) -> Row[Any]:
    await repository.add(
        tx,
        {
            "id": correction_id,
            "payment_id": row.id,
            "kind": kind,
            "amount_fen": total,
            "reason": reason,
            "corrected_by": tx.actor_id,
            "new_payment_id": new,
        },
    )
    told = {"kind": kind, "amount_fen": total, "new_payment_id": None if new is None else str(new)}
    tx.audit("payment.corrected", "payment", row.id, after=told)
    tx.emit(
        "payment.corrected.v1",
        subject=row.id,
        seq=2,
        community_id=row.community_id,
        data={"payment_id": str(row.id), "unit_id": str(row.unit_id), **told},
    )
    found = await repository.correction_of(tx, row.id)
    assert found is not None  # stored above
    return found
