"""Crediting an issued bill: asked for, approved where somebody else has to agree, then booked in one go.

Money that had paid more than is left of the bill leaves it, and stands beside the unit's bills as the prepayment it
would have been; open bills take it at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access, residents
from services.billing.bills.issue import SUPPLEMENTARY, Single, issue, line
from services.billing.credits import repository
from services.billing.credits.schemas import CreditIn, SupplementIn
from services.billing.domain import corrections as rules
from services.billing.domain import ledger as entries
from services.billing.domain.corrections import APPLIED, PENDING, REFUSED, WAIVER, Balance
from services.billing.errors import CreditInvalid, CreditTooMuch, NoSuchBill, NoSuchCredit, NoSuchUnit
from services.billing.ledger import repository as ledger
from services.billing.ledger.service import announce, use_prepayments
from services.billing.models import credits
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.http.schemas import MoneyModel
from shared.ids import uuid7
from shared.money import Money


def positive(amount: MoneyModel) -> int:
    """An amount of more than nothing in fen.

    Raises:
        CreditInvalid: anything else.
    """
    fen = amount.money().fen
    if fen <= 0 or amount.currency != "CNY":
        raise CreditInvalid(fields=[FieldError("amount", "应为大于零的人民币金额。", "More than nothing, in CNY.")])
    return fen


async def _bill(tx: Tx, who: Principal, bill_id: UUID) -> tuple[Row[Any], access.Community]:
    """A bill within the caller's reach, its unit's account locked.

    Raises:
        NoSuchBill: unknown, or outside it.
    """
    row = await repository.bill(tx, bill_id)
    if row is None:
        raise NoSuchBill()
    try:
        community = await access.unit_community(tx, who, row.unit_id)
    except NoSuchUnit:
        raise NoSuchBill() from None
    await ledger.lock_accounts(tx, row.community_id, [row.unit_id])
    row = await repository.bill(tx, bill_id)
    assert row is not None  # bills are never deleted
    return row, community


async def ask(tx: Tx, who: Principal, body: CreditIn) -> tuple[Row[Any], bool]:
    """Store a credit; small corrections are booked at once, the others wait. True: it needs an approval.

    Raises:
        NoSuchBill: outside the caller's reach.
        CreditInvalid: no amount.
        CreditTooMuch: more than is left of the bill (409).
    """
    amount = positive(body.amount)
    bill, community = await _bill(tx, who, body.bill_id)
    balance = Balance(bill.amount_fen, bill.open_fen, bill.credited_fen)
    _fits(amount, balance)
    waits = rules.needs_approval(body.kind, amount, balance)
    day = tx.now.astimezone(community.zone)
    credit_id = await repository.add(
        tx,
        {
            "number": f"C{day:%Y%m}-{await tx.quick_number(f'credit.{day:%Y-%m}'):06d}",
            "kind": body.kind,
            "bill_id": bill.id,
            "community_id": bill.community_id,
            "unit_id": bill.unit_id,
            "amount_fen": amount,
            "reason": body.reason,
            "state": PENDING,
            "effective_on": body.effective_on or bill.due_date,
            "applied_at": None,
        },
    )
    tx.audit("credit.asked", "credit", credit_id, after=body.model_dump(mode="json"))
    if not waits:
        await apply(tx, credit_id)
    return await found(tx, credit_id), waits


async def correct(tx: Tx, bill_id: UUID, amount_fen: int, reason: str) -> None:
    """Credit a bill that the system itself computed anew: nobody asked for it, so nobody has to agree.

    Raises:
        CreditTooMuch: more than is left of the bill.
    """
    bill = await repository.bill(tx, bill_id)
    assert bill is not None  # the caller found it
    day = tx.now.astimezone(await access.zone(tx, bill.community_id))
    values = {
        "number": f"C{day:%Y%m}-{await tx.quick_number(f'credit.{day:%Y-%m}'):06d}",
        "kind": rules.CREDIT,
        "bill_id": bill.id,
        "community_id": bill.community_id,
        "unit_id": bill.unit_id,
        "amount_fen": amount_fen,
        "reason": reason,
        "state": PENDING,
        "effective_on": bill.due_date,
        "applied_at": None,
    }
    await apply(tx, await repository.add(tx, values))


def _fits(amount_fen: int, balance: Balance) -> int:
    try:
        return rules.to_release(amount_fen, balance)
    except rules.TooMuch as much:
        raise CreditTooMuch(left=str(Money(much.left_fen))) from much


async def found(tx: Tx, credit_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A credit. Raises NoSuchCredit."""
    row = await repository.get(tx, credit_id, lock=lock)
    if row is None:
        raise NoSuchCredit()
    return row


async def apply(tx: Tx, credit_id: UUID) -> None:
    """Book a pending credit: the bill is owed less, and money it no longer needs is released.

    Raises:
        CreditTooMuch: less is left of the bill than when it was asked for (409).
    """
    credit = await found(tx, credit_id, lock=True)
    if credit.state != PENDING:
        return
    accounts = await ledger.lock_accounts(tx, credit.community_id, [credit.unit_id])
    account = accounts[credit.unit_id]
    bill = await repository.bill(tx, credit.bill_id)
    assert bill is not None  # a foreign key of the credit
    today = tx.now.astimezone(await access.zone(tx, credit.community_id)).date()
    amount = credit.amount_fen
    freed = _fits(amount, Balance(bill.amount_fen, bill.open_fen, bill.credited_fen))
    if freed:
        await _release(tx, bill, freed, today)
        account.receivable_fen += freed
        account.prepaid_fen += freed
    await repository.take_off(tx, bill.id, amount)
    account.receivable_fen -= amount
    waived = credit.kind == WAIVER
    postings = entries.bill_credited(bill.unit_id, bill.id, bill.fee_kind, amount, waived=waived)
    await ledger.post(tx, credit.community_id, today, [(credit.kind, credit.id, postings)])
    await repository.decide(tx, credit.id, APPLIED)
    tx.audit("credit.applied", "credit", credit.id, after={"bill_id": str(bill.id), "amount_fen": amount})
    after = await repository.bill(tx, bill.id)
    assert after is not None  # read above
    tx.emit(
        "bill.credited.v1",
        subject=bill.id,
        seq=after.version,
        community_id=credit.community_id,
        data={
            "credit_id": str(credit.id),
            "number": credit.number,
            "kind": credit.kind,
            "bill_id": str(bill.id),
            "unit_id": str(bill.unit_id),
            "fee_kind": bill.fee_kind,
            "due_date": bill.due_date.isoformat(),
            "amount_fen": amount,
            "effective_on": credit.effective_on.isoformat(),
        },
    )
    if freed:
        await use_prepayments(tx, credit.community_id, accounts, today)
    await ledger.save_accounts(tx, accounts.values())


async def _release(tx: Tx, row: Row[Any], amount_fen: int, today: date) -> None:
    """Take money off a bill, the latest payment first, and put it beside the unit's bills."""
    paid = {item.payment_id: item for item in await repository.paid(tx, row.id)}
    bill = ledger.Bill(row.id, row.due_date, row.number, row.open_fen, row.fee_kind, row.unit_id, row.version)
    allocations = []
    acts = []
    for payment_id, fen in rules.release(amount_fen, [(key, int(item.fen)) for key, item in paid.items()]):
        item = paid[payment_id]
        undone = ledger.Allocation(uuid7(), payment_id, bill, item.value_date, item.paid_on, -fen)
        allocations.append(undone)
        acts.append(("released", undone.id, entries.money_released(row.unit_id, row.id, row.fee_kind, fen)))
        rest = ledger.Prepayment(uuid7(), row.unit_id, payment_id, item.value_date, item.paid_on, fen)
        await ledger.add_prepayment(tx, row.community_id, rest)
    await ledger.add_allocations(tx, row.community_id, allocations)
    await ledger.post(tx, row.community_id, today, acts)
    announce(tx, row.community_id, allocations)


async def refuse(tx: Tx, credit_id: UUID) -> None:
    """A credit was refused, or nobody decided in time."""
    await repository.decide(tx, credit_id, REFUSED)


async def supplement(tx: Tx, who: Principal, body: SupplementIn) -> UUID:
    """Issue what a bill of before was too low by, to the same payer; returns the new bill's id.

    Raises:
        NoSuchBill: outside the caller's reach.
        CreditInvalid: no amount.
    """
    amount = positive(body.amount)
    bill, community = await _bill(tx, who, body.bill_id)
    text = line(f"补充账单 {bill.number}：{body.reason}", f"Supplement to {bill.number}: {body.reason}", amount)
    single = Single(bill.unit_id, bill.payer_id, bill.fee_kind, body.due_date, [text], SUPPLEMENTARY, bill.id)
    return await issue(tx, community, single)


async def page(
    tx: Tx,
    who: Principal,
    bill_id: UUID | None,
    state: str | None,
    before: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Credits within the caller's reach, the latest first."""
    c = credits.c
    conditions = access.within_reach(tx, who, c.unit_id, c.community_id)
    conditions += await residents.own_bills(tx, who, c.bill_id)
    conditions += [c.bill_id == bill_id] if bill_id else []
    conditions += [c.state == state] if state else []
    return await repository.page(tx, conditions, before, limit)
