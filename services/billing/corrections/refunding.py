"""Giving back what a payment left as prepayment: asked by one person, decided by another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.corrections import repository, service
from services.billing.domain import payment_corrections as rules
from services.billing.errors import NoSuchUnit, PaymentInvalid
from services.billing.ledger import repository as ledger
from services.billing.models import refunds
from services.billing.payment_errors import (
    NoSuchRefund,
    RefundAboveOpen,
    RefundDecided,
    RefundNotYours,
)
from services.billing.payments import service as payments
from services.billing.payments.asked import yuan
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate
from shared.http.schemas import MoneyModel
from shared.ids import uuid7


async def ask(tx: Tx, who: Principal, payment_id: UUID, amount: MoneyModel, reason: str) -> Row[Any]:
    """Ask for a refund. Nothing is booked until somebody else approves it.

    Raises:
        NoSuchPayment, PaymentCorrected: see `service.held`. PaymentInvalid: no amount above zero, or not in CNY.
        RefundAboveOpen: more than still stands beside the bills.
    """
    row, community = await service.held(tx, who, payment_id)
    fen = amount.money().fen
    if fen <= 0 or amount.currency != "CNY":
        zh, en = "退款金额应大于零，币种为人民币。", "The amount must be above zero, in CNY."
        raise PaymentInvalid(fields=[FieldError("amount", zh, en)])
    beside = await repository.prepaid(tx, payment_id)
    if beside is None or beside[1] < fen:
        raise RefundAboveOpen(open=yuan(0 if beside is None else beside[1]))
    refund_id = uuid7()
    told = {"payment_id": payment_id, "amount_fen": fen, "reason": reason}
    place = {"community_id": community.id, "unit_id": row.unit_id}
    await repository.add_refund(tx, {"id": refund_id, **told, **place, "state": rules.ASKED, "asked_by": who.sub})
    tx.audit("refund.asked", "refund", refund_id, after={"payment_id": str(payment_id), "amount_fen": fen})
    return await get(tx, who, refund_id)


async def get(tx: Tx, who: Principal, refund_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A refund within the caller's scope. Raises NoSuchRefund."""
    row = await repository.refund(tx, refund_id, lock=lock)
    if row is None:
        raise NoSuchRefund()
    try:
        await access.unit_community(tx, who, row.unit_id)
    except NoSuchUnit:
        raise NoSuchRefund() from None
    return row


async def decide(
    tx: Tx, who: Principal, refund_id: UUID, *, approve: bool, reason: str, version: int | None
) -> Row[Any]:
    """Approve (and book) or refuse a refund.

    Raises:
        NoSuchRefund: outside the caller's scope. LostUpdate: it changed since it was read. RefundDecided: before.
        RefundNotYours: whoever asked does not decide; from 50,000 yuan on only the general manager.
        RefundAboveOpen, PaymentCorrected: the money was used or undone meanwhile.
    """
    # The payment first, then the refund: in the order in which asking takes them.
    seen = await get(tx, who, refund_id)
    if approve and seen.state == rules.ASKED:
        await service.held(tx, who, seen.payment_id)
    row = await get(tx, who, refund_id, lock=True)
    if version is not None and version != row.version:
        raise LostUpdate()
    if row.state != rules.ASKED:
        raise RefundDecided()
    try:
        rules.may_decide(row.asked_by, who.sub, who.roles, row.amount_fen)
    except rules.NotYours as problem:
        raise RefundNotYours() from problem
    if approve:
        await _book(tx, who, row)
    state = rules.APPROVED if approve else rules.REFUSED
    await repository.decide(tx, row, state=state, decided_by=who.sub, decision=reason)
    tx.audit(f"refund.{state}", "refund", row.id, before={"state": row.state}, after={"amount_fen": row.amount_fen})
    return await get(tx, who, refund_id)


async def _book(tx: Tx, who: Principal, row: Row[Any]) -> None:
    payment = (await payments.get(tx, who, row.payment_id)).payment
    accounts = await ledger.lock_accounts(tx, row.community_id, [row.unit_id])
    beside = await repository.prepaid(tx, row.payment_id)
    if beside is None or beside[1] < row.amount_fen:
        raise RefundAboveOpen(open=yuan(0 if beside is None else beside[1]))
    await ledger.use_prepayments(tx, [(beside[0], row.amount_fen)])
    accounts[row.unit_id].prepaid_fen -= row.amount_fen
    today = tx.now.astimezone(await access.zone(tx, row.community_id)).date()
    postings = rules.refund(row.unit_id, payment.method, row.amount_fen)
    await ledger.post(tx, row.community_id, today, [("refund", row.id, postings)])
    await ledger.save_accounts(tx, accounts.values())


async def page(tx: Tx, who: Principal, state: str | None, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Refunds within the caller's scope, the latest asked first."""
    c = refunds.c
    conditions = access.within_reach(tx, who, c.unit_id, c.community_id)
    if state is not None:
        conditions.append(c.state == state)
    return await repository.page(tx, conditions, before, limit)
