"""Making payment orders, and taking the provider's word on them.

Callback and question end in `settle`, under the order's lock: whichever comes first books the money, the other
finds it booked. An order knows its amount and its merchant; what a message says is only compared with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row

from services.billing import access, residents
from services.billing.domain import orders as rules
from services.billing.domain.vocabulary import METHODS
from services.billing.errors import DuplicateReference, NoSuchUnit, PaymentInvalid
from services.billing.models import payment_orders
from services.billing.orders import repository
from services.billing.orders.schemas import OrderIn, Wanted
from services.billing.payment_errors import (
    NoPayAccount,
    NoSuchPaymentOrder,
    NothingToPay,
    PaymentOrderInvalid,
    PaymentOrderOver,
)
from services.billing.payments import service as payments
from services.billing.payments.schemas import AllocationIn, PaymentIn
from services.billing.providers._config import Account
from services.billing.providers._said import Word
from shared.auth import Principal
from shared.auth.principal import service_subject
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.http.schemas import MoneyModel
from shared.ids import uuid7

ASK_TIMER = "payment_order.ask"
ASK_JOB = "payment_order.ask"

log = structlog.get_logger(__name__)


def order_of(row: Row[Any]) -> rules.Order:
    """A stored order as the domain judges it."""
    return rules.Order(row.state, row.amount_fen, row.expires_at)


async def make(tx: Tx, who: Principal, body: OrderIn, accounts: Sequence[Account]) -> Row[Any]:
    """A new order. It moves no money.

    Raises:
        NoSuchUnit: not a dwelling of the caller.
        PaymentOrderInvalid: a bill that is not open on the payer's units here, or named twice; amount and bills both;
            no amount.
        NothingToPay: all is paid. NoPayAccount: the community has no account with the provider.
    """
    community = await access.unit_community(tx, who, body.unit_id)
    account = next((a for a in accounts if a.method == body.method and a.serves(tx.org_id, community.id)), None)
    if account is None:
        raise NoPayAccount(method=METHODS[body.method]["zh"])
    stays = await residents.residence(tx, who, residents.PAYS)
    if body.unit_id not in stays:
        raise NoSuchUnit()
    amount, told = await _wanted(tx, who, stays, body, community.id)
    order_id, expires_at = uuid7(), tx.now + rules.TTL
    await repository.add(
        tx,
        {
            "id": order_id,
            "community_id": community.id,
            "unit_id": body.unit_id,
            "payer_id": who.sub if who.is_resident else None,
            "method": body.method,
            "account": account.id,
            "amount_fen": amount,
            "allocations": told,
            "state": rules.CREATED,
            "expires_at": expires_at,
        },
    )
    tx.set_timer(ASK_TIMER, order_id, rules.first_ask(tx.now))
    tx.audit("payment_order.made", "payment_order", order_id, after={"amount_fen": amount, "method": body.method})
    row = await repository.get(tx, order_id)
    assert row is not None  # stored above
    return row


async def _wanted(
    tx: Tx, who: Principal, stays: Mapping[UUID, residents.Stay], body: OrderIn, community_id: UUID
) -> tuple[int, list[dict[str, Any]]]:
    """Fen to pay, and the bills named with what is open on each (empty: the oldest first).

    Bills that are named may be of any of the payer's dwellings in the community: one payment for several units.
    Where a household before them still owes, their money goes to their own bills by name, and to no others.
    """
    units = sorted(stays) if body.bills is not None else [body.unit_id]
    owed = await repository.open_bills(tx, community_id, units)
    own = [row for row in owed if row.payer_id == who.sub or stays[row.unit_id].holds(row.issued_at, row.payer_id)]
    if body.amount is not None:
        wrong = None
        if body.bills is not None:
            wrong = FieldError("amount", "请只填写账单或金额之一。", "Name bills or an amount, not both.")
        elif body.amount.currency != "CNY":
            wrong = FieldError("amount.currency", "只接受人民币 CNY。", "Only CNY is accepted.")
        elif body.amount.money().fen <= 0:
            wrong = FieldError("amount.amount", "金额应大于零。", "The amount must be above zero.")
        if wrong is not None:
            raise PaymentOrderInvalid(fields=[wrong])
        fen = body.amount.money().fen
        return fen, [] if len(own) == len(owed) else _by_name(own, fen)
    open_fen = {row.id: row.open_fen for row in own}
    if body.bills is None:
        if not open_fen:
            raise NothingToPay()
        fen = sum(open_fen.values())
        return fen, [] if len(own) == len(owed) else _by_name(own, fen)
    if len(set(body.bills)) < len(body.bills):
        raise PaymentOrderInvalid(
            fields=[FieldError("bills", "同一账单只能出现一次。", "A bill can be named only once.")]
        )
    wrong_at = [n for n, bill in enumerate(body.bills) if bill not in open_fen]
    if wrong_at:
        zh, en = "您在该小区的房屋没有这张待缴账单。", "No such bill is open on your units here."
        raise PaymentOrderInvalid(fields=[FieldError(f"bills.{n}", zh, en) for n in wrong_at])
    told = [{"bill_id": str(bill), "fen": open_fen[bill]} for bill in body.bills]
    return sum(item["fen"] for item in told), told


def _by_name(own: Sequence[Row[Any]], fen: int) -> list[dict[str, Any]]:
    """The money over their own bills, the oldest first; what is left is paid in advance. Raises NothingToPay."""
    told = []
    for row in own:
        share = min(fen, row.open_fen)
        if share > 0:
            told.append({"bill_id": str(row.id), "fen": share})
            fen -= share
    if not told:  # paid in advance it would go to the debts of others
        raise NothingToPay()
    return told


async def get(tx: Tx, who: Principal, order_id: UUID) -> Row[Any]:
    """An order within the caller's reach. Raises NoSuchPaymentOrder."""
    row = await repository.get(tx, order_id)
    if row is None:
        raise NoSuchPaymentOrder()
    try:
        await access.unit_community(tx, who, row.unit_id)
    except NoSuchUnit:
        raise NoSuchPaymentOrder() from None
    if not await residents.is_own(tx, who, row.unit_id, row.created_at, row.payer_id):
        raise NoSuchPaymentOrder()
    return row


async def page(tx: Tx, who: Principal, wanted: Wanted, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Orders within the caller's reach, the latest made first."""
    c = payment_orders.c
    reach = access.within_reach(tx, who, c.unit_id, c.community_id)
    reach += await residents.own_time(tx, who, c.unit_id, c.created_at, c.payer_id)
    conditions = [*reach, *repository.conditions(wanted)]
    return await repository.page(tx, conditions, before, limit)


async def startable(tx: Tx, who: Principal, order_id: UUID) -> Row[Any]:
    """An order whose payer may be sent to the provider. Raises NoSuchPaymentOrder, PaymentOrderOver."""
    row = await get(tx, who, order_id)
    if not rules.may_start(order_of(row), tx.now):
        raise PaymentOrderOver()
    return row


async def started(tx: Tx, order_id: UUID) -> None:
    """Note that the payer was sent to the provider; whatever happened meanwhile stays."""
    row = await repository.get(tx, order_id, lock=True)
    if row is not None and row.state == rules.CREATED:
        await repository.change(tx, row, state=rules.STARTED)


async def ask_now(tx: Tx, who: Principal, order_id: UUID) -> Row[Any]:
    """Have the provider asked at once. Raises NoSuchPaymentOrder."""
    row = await get(tx, who, order_id)
    if row.state not in (rules.PAID, rules.DIFFERS):
        tx.enqueue(ASK_JOB, {"order_id": str(order_id)})
    return row


async def heard(tx: Tx, account: Account, word: Word) -> str:
    """Take a callback's word, once however often it is delivered; the verdict.

    Raises:
        NoSuchPaymentOrder: no order of this organisation and account.
    """
    row = await _of_account(tx, account, word.order_id)
    order = order_of(row)
    verdict = rules.judge(order, word.said)
    entry = {
        "account": account.id,
        "notification": word.notification or f"{word.order_id.hex}:{word.said.state}",
        "order_id": row.id,
        "trade": word.trade,
        "said": word.said.state,
        "amount_fen": word.said.amount_fen,
        "verdict": verdict,
    }
    if not await repository.first_delivery(tx, entry):
        return rules.KEEP
    await _settle(tx, row, word, verdict)
    return verdict


async def answered(tx: Tx, account: Account, order_id: UUID, word: Word | None) -> str:
    """Take the answer to a question (``None``: there was none), and plan the next question where one is due."""
    row = await _of_account(tx, account, order_id)
    order = order_of(row)
    verdict = rules.judge(order, None if word is None else word.said)
    if word is not None and verdict != rules.KEEP:
        await _settle(tx, row, word, verdict)
    elif row.state in (rules.CREATED, rules.STARTED, rules.UNKNOWN):
        state = rules.UNKNOWN if verdict == rules.SILENT and rules.over(order, tx.now) else row.state
        if state != row.state:
            log.error("payment_order.unknown", order=str(row.id), account=account.id)
            tx.audit("payment_order.unknown", "payment_order", row.id, before={"state": row.state})
        await repository.change(tx, row, asked=row.asked + 1, state=state)
        tx.set_timer(ASK_TIMER, row.id, rules.next_ask(order, row.asked + 1, tx.now))
    return verdict


async def _of_account(tx: Tx, account: Account, order_id: UUID) -> Row[Any]:
    row = await repository.get(tx, order_id, lock=True)
    if row is None or row.account != account.id or not account.serves(tx.org_id, row.community_id):
        raise NoSuchPaymentOrder()
    return row


async def _settle(tx: Tx, row: Row[Any], word: Word, verdict: str) -> None:
    if verdict == rules.BOOK:
        await _book(tx, row, word)
    elif verdict == rules.DIFFER:
        await _differs(tx, row, word)
    elif verdict == rules.CLOSE:
        await repository.change(tx, row, state=rules.CLOSED, trade=word.trade or row.trade)
        tx.cancel_timer(ASK_TIMER, row.id)
        tx.audit("payment_order.closed", "payment_order", row.id, before={"state": row.state})


async def _differs(tx: Tx, row: Row[Any], word: Word) -> None:
    """Money came in otherwise than ordered: nothing is booked by itself, a person looks."""
    log.error("payment_order.differs", order=str(row.id), ordered=row.amount_fen, said=word.said.amount_fen)
    await repository.change(tx, row, state=rules.DIFFERS, trade=word.trade, said_fen=word.said.amount_fen)
    tx.cancel_timer(ASK_TIMER, row.id)
    tx.audit("payment_order.differs", "payment_order", row.id, after={"said_fen": word.said.amount_fen})


async def _book(tx: Tx, row: Row[Any], word: Word) -> None:
    """Book the money, to the bills that were named while they are still open for it, else the oldest first."""
    us = Principal(sub=service_subject("billing"), org=tx.org_id, kind="service", service="billing")
    zone = await access.zone(tx, row.community_id)
    today = tx.now.astimezone(zone).date()
    paid_on = min((word.paid_at or tx.now).astimezone(zone).date(), today)
    body = PaymentIn(
        community_id=row.community_id,
        unit_id=row.unit_id,
        payer_id=row.payer_id,
        method=row.method,
        amount=MoneyModel.of_fen(row.amount_fen),
        value_date=paid_on,
        reference=word.trade or row.id.hex,
        allocations=[
            AllocationIn(bill_id=item["bill_id"], amount=MoneyModel.of_fen(item["fen"])) for item in row.allocations
        ]
        or None,
    )
    try:
        try:
            async with tx.savepoint():
                payment = (await payments.receive(tx, us, body)).payment
        except PaymentInvalid:
            # Somebody else paid a named bill meanwhile. The money is here all the same and must be counted.
            payment = (await payments.receive(tx, us, body.model_copy(update={"allocations": None}))).payment
    except DuplicateReference as known:
        # Staff booked this very trade by hand: it is that payment, if it is the same money and still stands.
        known_id = UUID(known.values["payment_id"])
        if not await payments.is_that_money(tx, known_id, row.amount_fen):
            await _differs(tx, row, word)
            return
        payment = (await payments.get(tx, us, known_id)).payment
    await repository.change(tx, row, state=rules.PAID, trade=word.trade, payment_id=payment.id)
    tx.cancel_timer(ASK_TIMER, row.id)
    tx.audit("payment_order.paid", "payment_order", row.id, after={"payment_id": str(payment.id)})
