"""Asking for a refund, what an approval sets aside, paying it out by hand, and giving it up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.cash import taking as cash
from services.billing.corrections import repository as corrections
from services.billing.corrections.service import held
from services.billing.domain import refunds as rules
from services.billing.domain.cash import REFUND
from services.billing.errors import NoSuchUnit, PaymentInvalid
from services.billing.ledger import repository as ledger
from services.billing.ledger.service import use_prepayments
from services.billing.models import refunds
from services.billing.payment_errors import (
    NoSuchRefund,
    PaymentCorrected,
    RefundAboveOpen,
    RefundByFinance,
    RefundNotNow,
    RefundNoTrade,
)
from services.billing.payments.asked import yuan
from services.billing.refunds import repository
from services.billing.refunds.schemas import PayIn, RefundIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate
from shared.ids import uuid7

SEND_JOB, ASK_JOB, ASK_TIMER = "refund.send", "refund.ask", "refund.ask"
BY_HAND = frozenset({"cash", "bank_transfer"})
"""Ways that a person records; the others go through a provider."""


async def ask(tx: Tx, who: Principal, payment_id: UUID, body: RefundIn) -> Row[Any]:
    """Store a refund that waits for its approval. Nothing is booked until somebody else approves it.

    Raises:
        NoSuchPayment, PaymentCorrected: see `held`. PaymentInvalid: no amount above zero, or not in CNY.
        RefundAboveOpen: more than still stands beside the bills. RefundNoTrade: it did not come through a provider.
    """
    row, community = await held(tx, who, payment_id)
    fen = body.amount.money().fen
    if fen <= 0 or body.amount.currency != "CNY":
        zh, en = "退款金额应大于零，币种为人民币。", "The amount must be above zero, in CNY."
        raise PaymentInvalid(fields=[FieldError("amount", zh, en)])
    beside = sum(rest for _, rest in await corrections.prepaid(tx, payment_id))
    if beside < fen:
        raise RefundAboveOpen(open=yuan(beside))
    order = await repository.order_of(tx, payment_id) if body.method in (None, "original") else None
    if order is None and body.method == "original":
        raise RefundNoTrade()
    usual = "cash" if row.method == "cash" else "bank_transfer"
    refund_id = uuid7()
    values = {
        "id": refund_id,
        "payment_id": payment_id,
        "community_id": community.id,
        "unit_id": row.unit_id,
        "amount_fen": fen,
        "reason": body.reason,
        "state": rules.ASKED,
        "asked_by": who.sub,
        "method": order.method if order is not None else body.method or usual,
        "order_id": None if order is None else order.id,
        "account": None if order is None else order.account,
    }
    await repository.add(tx, values)
    tx.audit("refund.asked", "refund", refund_id, after={"payment_id": str(payment_id), "amount_fen": fen})
    return await get(tx, who, refund_id)


async def get(tx: Tx, who: Principal, refund_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A refund within the caller's scope. Raises NoSuchRefund."""
    row = await repository.get(tx, refund_id, lock=lock)
    if row is None:
        raise NoSuchRefund()
    try:
        await access.unit_community(tx, who, row.unit_id)
    except NoSuchUnit:
        raise NoSuchRefund() from None
    return row


async def approve(tx: Tx, refund_id: UUID) -> None:
    """Set the money aside, and send it back where a provider does it.

    Raises:
        RefundAboveOpen, PaymentCorrected: the money was used or undone meanwhile (409).
    """
    # The payment first, then the refund, then the account: in the order in which asking and undoing take them.
    seen = await repository.get(tx, refund_id)
    assert seen is not None  # refunds are never deleted
    await corrections.locked_payment(tx, seen.payment_id)
    row = await repository.get(tx, refund_id, lock=True)
    assert row is not None
    if row.state != rules.ASKED:
        return
    if await corrections.correction_of(tx, row.payment_id) is not None:
        raise PaymentCorrected()
    accounts = await ledger.lock_accounts(tx, row.community_id, [row.unit_id])
    beside = await corrections.prepaid(tx, row.payment_id)
    if sum(fen for _, fen in beside) < row.amount_fen:
        raise RefundAboveOpen(open=yuan(sum(fen for _, fen in beside)))
    left, used = row.amount_fen, []
    for prepayment, fen in beside:
        used.append((prepayment, min(left, fen)))
        left -= min(left, fen)
    await ledger.use_prepayments(tx, [(prepayment, fen) for prepayment, fen in used if fen])
    accounts[row.unit_id].prepaid_fen -= row.amount_fen
    acts = rules.set_aside(row.unit_id, row.amount_fen)
    await ledger.post(tx, row.community_id, await _today(tx, row), [("refund_approved", row.id, acts)])
    await ledger.save_accounts(tx, accounts.values())
    decided = {"decided_by": tx.actor_id, "decided_at": tx.now}
    await repository.change(tx, row, state=rules.APPROVED, **decided)
    _told_aside(tx, row, row.amount_fen)
    tx.audit("refund.approved", "refund", row.id, after={"amount_fen": row.amount_fen, "method": row.method})
    if row.method not in BY_HAND:
        tx.enqueue(SEND_JOB, {"refund_id": str(row.id)})


async def refuse(tx: Tx, refund_id: UUID) -> None:
    """A refund was refused, or nobody decided in time."""
    row = await repository.get(tx, refund_id, lock=True)
    if row is not None and row.state == rules.ASKED:
        await repository.change(tx, row, state=rules.REFUSED, decided_by=tx.actor_id, decided_at=tx.now)
        tx.audit("refund.refused", "refund", row.id, after={"amount_fen": row.amount_fen})


async def pay(tx: Tx, who: Principal, refund_id: UUID, body: PayIn, version: int | None) -> Row[Any]:
    """Record that an approved refund went out: in cash out of the caller's drawer, or by bank.

    Raises:
        NoSuchRefund, LostUpdate. RefundNotNow: not approved, or the provider's to pay back. RefundByFinance: by bank.
        PaymentInvalid: no bank number, or a day of the future. NoOpenShift, NotEnoughCash: see there.
    """
    row, community = await _held(tx, who, refund_id, version)
    by_hand = row.state == rules.APPROVED and row.method in BY_HAND
    # What a provider could not do, or did otherwise, finance settles by bank and says so.
    method = row.method if by_hand else "bank_transfer"
    if not by_hand and row.state != rules.DIFFERS:
        raise RefundNotNow(state=row.state)
    today = tx.now.astimezone(community.zone).date()
    paid_on = body.paid_on or today
    if method == "cash":
        act = (row.id, REFUND)
        paid_on = today
        await cash.give(tx, who, community, row.unit_id, act, row.amount_fen)
    else:
        if "finance" not in who.roles:
            raise RefundByFinance()
        wrong = []
        if not body.reference:
            zh, en = "请填写银行流水号。", "Give the bank's number."
            wrong.append(FieldError("reference", zh, en))
        if paid_on > today:
            wrong.append(FieldError("paid_on", "付款日期不能晚于今天。", "Not later than today."))
        if wrong:
            raise PaymentInvalid(fields=wrong)
    await paid(tx, row, method, paid_on, reference=body.reference)
    return await get(tx, who, refund_id)


async def paid(tx: Tx, row: Row[Any], method: str, paid_on: date, **values: Any) -> None:
    """Book that a locked refund went out."""
    acts = rules.paid_out(row.unit_id, method, row.amount_fen)
    await ledger.post(tx, row.community_id, await _today(tx, row), [("refund_paid", uuid7(), acts)])
    told = {"method": method, "paid_on": paid_on, "paid_by": tx.actor_id, **values}
    await repository.change(tx, row, state=rules.PAID, **told)
    tx.cancel_timer(ASK_TIMER, row.id)
    tx.audit("refund.paid", "refund", row.id, before={"state": row.state}, after={"method": method})
    tx.emit(
        "payment.refunded.v1",
        subject=row.id,
        seq=row.version + 1,
        community_id=row.community_id,
        data={
            "refund_id": str(row.id),
            "payment_id": str(row.payment_id),
            "unit_id": str(row.unit_id),
            "amount_fen": row.amount_fen,
            "method": method,
            "paid_on": paid_on.isoformat(),
        },
    )


async def give_up(tx: Tx, who: Principal, refund_id: UUID, reason: str, version: int | None) -> Row[Any]:
    """An approved refund is not paid out: its money stands beside the bills again, and pays what is open.

    Raises:
        NoSuchRefund, LostUpdate. RefundNotNow: it is at the provider, which may have paid it, or over.
        RefundByFinance: what a provider says otherwise is finance's to judge.
    """
    row, _ = await _held(tx, who, refund_id, version)
    if row.state == rules.DIFFERS and "finance" not in who.roles:
        raise RefundByFinance()
    if row.state not in (rules.APPROVED, rules.DIFFERS) or (row.state == rules.APPROVED and row.method not in BY_HAND):
        raise RefundNotNow(state=row.state)
    await back(tx, row, rules.GIVEN_UP, reason)
    return await get(tx, who, refund_id)


async def back(tx: Tx, row: Row[Any], state: str, trouble: str) -> None:
    """Book that a locked refund will not be paid out."""
    accounts = await ledger.lock_accounts(tx, row.community_id, [row.unit_id])
    payment = await corrections.locked_payment(tx, row.payment_id)
    assert payment is not None  # a foreign key of the refund
    rest = ledger.Prepayment(uuid7(), row.unit_id, row.payment_id, payment.value_date, payment.paid_on, row.amount_fen)
    await ledger.add_prepayment(tx, row.community_id, rest)
    accounts[row.unit_id].prepaid_fen += row.amount_fen
    today = await _today(tx, row)
    acts = rules.taken_back(row.unit_id, row.amount_fen)
    await ledger.post(tx, row.community_id, today, [("refund_over", uuid7(), acts)])
    await use_prepayments(tx, row.community_id, accounts, today)
    await ledger.save_accounts(tx, accounts.values())
    await repository.change(tx, row, state=state, trouble=trouble)
    _told_aside(tx, row, -row.amount_fen)
    tx.cancel_timer(ASK_TIMER, row.id)
    tx.audit(f"refund.{state}", "refund", row.id, before={"state": row.state}, after={"trouble": trouble})


def _told_aside(tx: Tx, row: Row[Any], fen: int) -> None:
    data = {"refund_id": str(row.id), "payment_id": str(row.payment_id), "unit_id": str(row.unit_id)}
    seq, place = row.version + 1, row.community_id
    tx.emit("refund.set_aside.v1", subject=row.id, seq=seq, community_id=place, data={**data, "amount_fen": fen})


async def _held(tx: Tx, who: Principal, refund_id: UUID, version: int | None) -> tuple[Row[Any], access.Community]:
    seen = await get(tx, who, refund_id)
    await corrections.locked_payment(tx, seen.payment_id)
    row = await get(tx, who, refund_id, lock=True)
    if version is not None and version != row.version:
        raise LostUpdate()
    return row, await access.unit_community(tx, who, row.unit_id)


async def _today(tx: Tx, row: Row[Any]) -> date:
    return tx.now.astimezone(await access.zone(tx, row.community_id)).date()


async def page(
    tx: Tx, who: Principal, state: str | None, payment_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Refunds within the caller's scope, the latest asked first."""
    c = refunds.c
    conditions = access.within_reach(tx, who, c.unit_id, c.community_id)
    conditions += [c.state == state] if state is not None else []
    conditions += [c.payment_id == payment_id] if payment_id is not None else []
    return await repository.page(tx, conditions, before, limit)
