"""Asking for a deposit, and giving it back: never more than is held."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access, residents
from services.billing.bills.issue import DEPOSIT, Single, issue, line, payer_on
from services.billing.cash import taking as cash
from services.billing.deposits import repository
from services.billing.deposits.schemas import DepositIn, ReturnIn
from services.billing.domain import ledger as entries
from services.billing.domain.cash import DEPOSIT as DEPOSIT_RETURNED
from services.billing.errors import DepositInvalid, DepositTooMuch, NoSuchBill, NoSuchUnit
from services.billing.ledger import repository as ledger
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.http.schemas import MoneyModel
from shared.money import Money


def _positive(amount: MoneyModel) -> int:
    fen = amount.money().fen
    if fen <= 0 or amount.currency != "CNY":
        wrong = FieldError("amount", "应为大于零的人民币金额。", "More than nothing, in CNY.")
        raise DepositInvalid(fields=[wrong])
    return fen


async def ask(tx: Tx, who: Principal, body: DepositIn) -> Row[Any]:
    """Issue the bill of a deposit; what is paid on it is held, and no income.

    Raises:
        NoSuchUnit: outside the caller's reach.
        DepositInvalid: no amount.
    """
    community = await access.unit_community(tx, who, body.unit_id)
    amount = _positive(body.amount)
    payer = body.payer_id or await payer_on(tx, body.unit_id, body.due_date)
    text = line(body.purpose, f"Deposit: {body.purpose}", amount)
    single = Single(body.unit_id, payer, "deposit", body.due_date, [text], DEPOSIT, None)
    return await _row(tx, await issue(tx, community, single))


async def _row(tx: Tx, bill_id: UUID) -> Row[Any]:
    row = await repository.get(tx, bill_id)
    if row is None:
        raise NoSuchBill()
    return row


async def get(tx: Tx, who: Principal, bill_id: UUID) -> tuple[Row[Any], access.Community]:
    """A deposit within the caller's reach.

    Raises:
        NoSuchBill: unknown, no deposit, or outside it.
    """
    row = await _row(tx, bill_id)
    try:
        community = await access.unit_community(tx, who, row.unit_id)
    except NoSuchUnit:
        raise NoSuchBill() from None
    if not await residents.is_own(tx, who, row.unit_id, row.issued_at, row.payer_id):
        raise NoSuchBill()
    return row, community


async def give_back(tx: Tx, who: Principal, bill_id: UUID, body: ReturnIn) -> Row[Any]:
    """Book that so much of a deposit went back.

    Raises:
        NoSuchBill: no deposit within the caller's reach.
        DepositInvalid: no amount.
        DepositTooMuch: more than is held (409).
        NoOpenShift, NotEnoughCash: in cash, without an open drawer or with less in it (409).
    """
    amount = _positive(body.amount)
    row, community = await get(tx, who, bill_id)
    await ledger.lock_accounts(tx, community.id, [row.unit_id])
    row = await _row(tx, bill_id)  # again, now that nobody else moves its money
    held = row.paid_fen - int(row.returned_fen)
    if amount > held:
        raise DepositTooMuch(held=str(Money(held)))
    today = tx.now.astimezone(community.zone).date()
    values = {"bill_id": bill_id, "community_id": community.id, "unit_id": row.unit_id, "amount_fen": amount}
    more = {"method": body.method, "reference": body.reference, "returned_on": today}
    return_id = await repository.add_return(tx, {**values, **more})
    if body.method == cash.CASH:
        await cash.give(tx, who, community, row.unit_id, (return_id, DEPOSIT_RETURNED), amount)
    postings = entries.deposit_returned(row.unit_id, bill_id, body.method, amount)
    await ledger.post(tx, community.id, today, [("deposit_returned", return_id, postings)])
    tx.audit("deposit.returned", "bill", bill_id, after={"amount_fen": amount, "method": body.method})
    return await _row(tx, bill_id)
