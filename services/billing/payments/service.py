"""Booking a payment: once, to the right bills, with its rest beside them.

Order of work: the unit's account is locked first, so that two payments at once cannot pay one bill; then the reference
is looked up with the open bills, so that a repeat finds the first one; then the domain decides and all is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access, residents
from services.billing.cash.taking import CASH, take
from services.billing.corrections import repository as corrections
from services.billing.domain import allocation as rules
from services.billing.domain import ledger as entries
from services.billing.dunning.stopping import money_came
from services.billing.errors import DuplicateReference, NoSuchPayment, NoSuchUnit, ReversedReference
from services.billing.ledger import repository as ledger
from services.billing.ledger.service import announce
from services.billing.models import payments
from services.billing.payments import booking, repository
from services.billing.payments.asked import REFUSALS, check, digest, invalid, yuan
from services.billing.payments.repository import Payment
from services.billing.payments.schemas import PaymentIn, Wanted
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7


@dataclass(frozen=True, slots=True)
class Paid:
    """Money of a payment on a bill, in fen."""

    id: UUID
    bill_id: UUID
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Booked:
    """A payment with what it paid and what is still prepaid (fen)."""

    payment: Payment
    received_at: datetime
    paid: Sequence[Paid]
    prepaid_open_fen: int


async def _place(
    tx: Tx, who: Principal, body: PaymentIn
) -> tuple[access.Community, ledger.Account | None, repository.Standing]:
    """The community, with the unit proven to lie in it; in the usual case also the unit's account, locked, and what
    the payment meets there."""
    if body.unit_id is None:
        return await access.community(tx, who, body.community_id), None, repository.NOTHING
    account, met = None, repository.NOTHING
    if body.allocations:  # they may touch other units, and accounts are locked in one order
        found = await access.unit_community(tx, who, body.unit_id)
    else:
        row, account, met = await repository.meets(tx, body.unit_id, body.method, body.reference)
        found = access.seen(who, body.unit_id, row)
    if found.id != body.community_id:
        raise invalid("unit_id", "该房屋不属于这个小区。", "The unit is not in this community.")
    return found, account, met


async def _units(tx: Tx, body: PaymentIn) -> list[UUID]:
    """The units whose accounts the payment touches, the one that takes the rest first."""
    units = [body.unit_id] if body.unit_id else []
    if body.allocations:
        units += await repository.units_of_bills(tx, body.community_id, [item.bill_id for item in body.allocations])
    elif body.unit_id is None and body.payer_id is not None:
        units = list(await repository.units_of_payer(tx, body.community_id, body.payer_id, body.value_date))
        if not units:
            raise invalid("payer_id", "此人在该小区没有房屋。", "This person has no unit in the community.")
    if not units:
        raise invalid("allocations.0.bill_id", *REFUSALS["unknown_bill"][1:])
    return list(dict.fromkeys(units))


async def _split(
    tx: Tx, body: PaymentIn, open_bills: Sequence[ledger.Bill], amount: int
) -> tuple[list[tuple[ledger.Bill, int]], int]:
    """Which bills get how much, and the rest; accounts are locked."""
    if not body.allocations:
        shares, rest = rules.oldest_first(amount, open_bills)
        known = {bill.id: bill for bill in open_bills}
        return [(known[share.bill_id], share.amount_fen) for share in shares], rest
    known = await ledger.bills(tx, body.community_id, [item.bill_id for item in body.allocations])
    told = [rules.Told(item.bill_id, item.amount.money().fen) for item in body.allocations]
    try:
        shares, rest = rules.as_told(amount, told, known)
    except rules.Refused as refused:
        if refused.index is None:
            raise invalid(
                "allocations",
                f"各账单金额合计超过缴费金额（{yuan(amount)}元）。",
                f"The allocations add up to more than the payment ({yuan(amount)} yuan).",
            ) from refused
        name, zh, en = REFUSALS[refused.reason]
        path = f"allocations.{refused.index}.{name}"
        left = yuan(refused.open_fen)
        raise invalid(path, zh.format(open=left), en.format(open=left)) from refused
    return [(known[share.bill_id], share.amount_fen) for share in shares], rest


async def _first(tx: Tx, found: tuple[UUID, str], asked: str, reference: str) -> Booked:
    """The payment that was booked first under a reference, if this one says the same."""
    payment_id, stored = found
    if stored != asked:
        raise DuplicateReference(reference=reference, payment_id=str(payment_id))
    if not await stands(tx, payment_id):
        raise ReversedReference(reference=reference, payment_id=str(payment_id))
    return (await _loaded(tx, [await _row(tx, payment_id)]))[0]


async def stands(tx: Tx, payment_id: UUID) -> bool:
    """Whether a payment is in the books, where it was booked or where it was moved to; False when it was reversed."""
    while (correction := await corrections.correction_of(tx, payment_id)) is not None:
        if correction.new_payment_id is None:
            return False
        payment_id = correction.new_payment_id
    return True


async def is_that_money(tx: Tx, payment_id: UUID, amount_fen: int) -> bool:
    """Whether a payment that has a provider's or bank's reference already is the money they speak of: as much, and
    still in the books. Otherwise taking it for theirs would lose theirs."""
    return (await _row(tx, payment_id)).amount_fen == amount_fen and await stands(tx, payment_id)


async def _row(tx: Tx, payment_id: UUID) -> Row[Any]:
    row = await repository.get(tx, payment_id)
    if row is None:
        raise NoSuchPayment()
    return row


async def _loaded(tx: Tx, rows: Sequence[Row[Any]]) -> list[Booked]:
    """Payments with what they paid so far."""
    made, left = await repository.details(tx, [row.id for row in rows])
    return [
        Booked(
            Payment(
                row.id,
                row.community_id,
                row.unit_id,
                row.payer_id,
                row.method,
                row.reference,
                row.amount_fen,
                row.prepaid_fen,
                row.value_date,
                row.paid_on,
                row.digest,
            ),
            row.created_at,
            [Paid(item.id, item.bill_id, item.amount_fen) for item in made[row.id]],
            left.get(row.id, 0),
        )
        for row in rows
    ]


async def receive(tx: Tx, who: Principal, body: PaymentIn) -> Booked:
    """Book a payment; the same one again (same method, reference and content) is the first one.

    Raises:
        NoSuchCommunity, NoSuchUnit: outside the caller's scope.
        PaymentInvalid: a field is wrong, or an allocation asks more than is open (422 with its path).
        DuplicateReference: the reference belongs to another payment (409, names it). ReversedReference: to this very
            one, which was reversed (409).
        NoOpenShift: cash, where drawers are opened by hand and the caller's is not (409).
    """
    community, account, met = await _place(tx, who, body)
    today = tx.now.astimezone(community.zone).date()
    amount, paid_on = check(body, today)
    if account is not None:
        units, accounts = [account.unit_id], {account.unit_id: account}
    else:
        units = await _units(tx, body)
        accounts = await ledger.lock_accounts(tx, community.id, units)
        met = await repository.standing(tx, units, body.method, body.reference)
    asked = digest(body)
    if body.reference is not None and met.earlier is not None:
        return await _first(tx, met.earlier, asked, body.reference)
    paid, rest = await _split(tx, body, met.bills, amount)

    payment = Payment(
        uuid7(),
        community.id,
        units[0],
        body.payer_id,
        body.method,
        body.reference,
        amount,
        rest,
        body.value_date,
        paid_on,
        asked,
    )
    # A drawer and a dunning case go on from what was booked; otherwise nothing here does.
    last = payment.method != CASH and not met.dunned
    made = await book(tx, payment, paid, accounts, today, dunned=met.dunned, last=last)
    if made is None:
        assert body.reference is not None  # nothing else can be taken
        found = await repository.by_reference(tx, body.method, body.reference)
        assert found is not None  # the booking met it
        return await _first(tx, found, asked, body.reference)
    if payment.method == CASH:
        await take(tx, who, community, payment.unit_id, payment.id, amount)
    return Booked(payment, tx.now, made, rest)


async def book(
    tx: Tx,
    payment: Payment,
    paid: Sequence[tuple[ledger.Bill, int]],
    accounts: dict[UUID, ledger.Account],
    today: date,
    *,
    dunned: bool = True,
    last: bool = False,
) -> list[Paid] | None:
    """Store a payment and what it causes: allocations, prepayment, postings, sums, events, audit.

    None, and nothing done: another payment with its reference was booked meanwhile. ``dunned``: whether any of the
    units may have an open dunning case. ``last``: see :func:`booking.book`.
    """
    allocations = [
        ledger.Allocation(uuid7(), payment.id, bill, payment.value_date, payment.paid_on, fen) for bill, fen in paid
    ]
    postings = entries.payment_received(
        payment.unit_id,
        payment.method,
        payment.amount_fen,
        [(bill.unit_id, bill.id, bill.fee_kind, fen) for bill, fen in paid],
        payment.prepaid_fen,
    )
    for bill, fen in paid:
        accounts[bill.unit_id].receivable_fen -= fen
    accounts[payment.unit_id].prepaid_fen += payment.prepaid_fen
    touched = [accounts[unit] for unit in dict.fromkeys((payment.unit_id, *(bill.unit_id for bill, _ in paid)))]
    if not await booking.book(tx, payment, today, postings, allocations, touched, last=last):
        return None
    tx.audit("payment.received", "payment", payment.id, after={"amount_fen": payment.amount_fen})
    tx.emit(
        "payment.received.v1",
        subject=payment.id,
        seq=1,
        community_id=payment.community_id,
        data={
            "payment_id": str(payment.id),
            "unit_id": str(payment.unit_id),
            "payer_id": str(payment.payer_id) if payment.payer_id else None,
            "amount_fen": payment.amount_fen,
            "value_date": payment.value_date.isoformat(),
            "method": payment.method,
            "prepaid_fen": payment.prepaid_fen,
        },
    )
    announce(tx, payment.community_id, allocations)
    if dunned:
        await money_came(tx, [bill.unit_id for bill, _ in paid], today)
    return [Paid(a.id, a.bill.id, a.amount_fen) for a in allocations]


async def get(tx: Tx, who: Principal, payment_id: UUID) -> Booked:
    """One payment within the caller's reach.

    Raises:
        NoSuchPayment: unknown, or outside it.
    """
    row = await _row(tx, payment_id)
    try:
        await access.unit_community(tx, who, row.unit_id)
    except NoSuchUnit:
        raise NoSuchPayment() from None
    if not await residents.is_own(tx, who, row.unit_id, row.created_at, row.payer_id):
        raise NoSuchPayment()
    return (await _loaded(tx, [row]))[0]


async def page(tx: Tx, who: Principal, wanted: Wanted, before: UUID | None, limit: int) -> list[Booked]:
    """Payments within the caller's reach, the latest received first."""
    c = payments.c
    reach = access.within_reach(tx, who, c.unit_id, c.community_id)
    reach += await residents.own_time(tx, who, c.unit_id, c.created_at, c.payer_id)
    conditions = [*reach, *repository.conditions(wanted)]
    return await _loaded(tx, await repository.page(tx, conditions, before, limit))
