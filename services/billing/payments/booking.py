"""A payment is booked in one statement: itself, what it paid, what it left beside, both sides of its entry, the units'
sums.

It is the write that most people wait for; six statements were six trips. The accounts are locked before, so what is
written here is what was read. A payment whose reference is taken writes nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain
from typing import Any

from services.billing.domain.ledger import Posting
from services.billing.ledger.repository import Account, Allocation
from services.billing.payments.repository import Payment
from shared.db.helpers import column
from shared.db.tx import Tx
from shared.ids import uuid7, uuid7_texts

_MONEY = """money AS (
    INSERT INTO {s}.payments (org_id, id, version, created_at, updated_at, community_id, unit_id, payer_id, method,
        reference, amount_fen, prepaid_fen, value_date, paid_on, digest)
    VALUES ($1, $5, 1, $2, $2, $3, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    {taken} RETURNING id
){paid}{beside}, posted AS (
    INSERT INTO {s}.postings (org_id, id, act_id, act, ledger, detail, community_id, unit_id, bill_id, amount_fen,
        booked_on)
    SELECT $1, d.id, money.id, 'payment', d.ledger, d.detail, $3, d.unit, d.bill, d.fen, $4
    FROM money, {postings} AS d(id, ledger, detail, unit, bill, fen)
)"""
_SUMS = """UPDATE {s}.accounts a
SET receivable_fen = d.owed, prepaid_fen = d.prepaid, version = a.version + 1, updated_at = $2
FROM money, {accounts} AS d(id, owed, prepaid)
WHERE a.org_id = $1 AND a.id = d.id"""
_PAID = """, paid AS (
    INSERT INTO {s}.allocations (org_id, id, payment_id, bill_id, unit_id, community_id, fee_kind, due_date, value_date,
        paid_on, amount_fen)
    SELECT $1, d.id, money.id, d.bill, d.unit, $3, d.kind, d.due, $12, $13, d.fen
    FROM money, {allocations} AS d(id, bill, unit, kind, due, fen)
), owed AS (
    UPDATE {s}.bill_balances o SET open_fen = o.open_fen - d.fen, version = o.version + 1, updated_at = $2
    FROM money, {allocations} AS d(id, bill, unit, kind, due, fen)
    WHERE o.org_id = $1 AND o.id = d.bill
)"""
_BESIDE = """, beside AS (
    INSERT INTO {s}.prepayments (org_id, id, version, created_at, updated_at, unit_id, community_id, payment_id,
        value_date, paid_on, open_fen)
    SELECT $1, {id}, 1, $2, $2, $6, $3, money.id, $12, $13, $11 FROM money
)"""

_ALLOCATION = ("uuid", "uuid", "uuid", "text", "date", "bigint")
_POSTING = ("uuid", "text", "text", "uuid", "uuid", "bigint")
_ACCOUNT = ("uuid", "bigint", "bigint")
#: Values of the payment itself.
_OWN = 14
#: Up to so many bills a payment is written value by value: the planner then knows how few rows there are and goes by
#: their keys, and the server parses no arrays. Each number is a statement to be kept, so beyond it one takes any.
_FEW = 3


@dataclass(frozen=True, slots=True)
class _Shape:
    """Rows of each kind; None of them all: any number, each column as one text."""

    allocations: int
    postings: int
    accounts: int
    few: bool
    prepaid: bool
    last: bool


@cache
def _statement(s: str, shape: _Shape) -> str:
    paid = beside = ""
    at = _OWN + 1
    rows = {}
    for name, types in (("allocations", _ALLOCATION), ("postings", _POSTING), ("accounts", _ACCOUNT)):
        count = getattr(shape, name)
        rows[name] = _values(types, count, at) if shape.few else _columns(types, at)
        at += len(types) * (count if shape.few else 1)
    if shape.allocations:
        paid = _PAID.format(s=s, allocations=rows["allocations"])
    if shape.prepaid:
        beside = _BESIDE.format(s=s, id=f"${at}")
    taken = "" if shape.last else "ON CONFLICT (org_id, method, reference) DO NOTHING"
    money = _MONEY.format(s=s, taken=taken, paid=paid, beside=beside, postings=rows["postings"])
    sums = _SUMS.format(s=s, accounts=rows["accounts"])
    return f"{money}, sums AS ({sums})" if shape.last else f"WITH {money} {sums}"


def _values(types: Sequence[str], count: int, first: int) -> str:
    marks = iter(range(first, first + count * len(types)))
    lines = (", ".join(f"${next(marks)}::{type_}" for type_ in types) for _ in range(count))
    return "(VALUES " + ", ".join(f"({line})" for line in lines) + ")"


def _columns(types: Sequence[str], first: int) -> str:
    # Nothing is written as an empty text, which is no id, but may be what a text says.
    nothing = {"uuid": ", ''"}
    texts = (f"string_to_array(${n}, ','{nothing.get(type_, '')})::{type_}[]" for n, type_ in enumerate(types, first))
    return "unnest(" + ", ".join(texts) + ")"


async def book(
    tx: Tx,
    payment: Payment,
    booked_on: date,
    postings: Sequence[Posting],
    allocations: Sequence[Allocation],
    accounts: Iterable[Account],
    *,
    last: bool = False,
) -> bool:
    """Store a payment, its postings (which sum to zero), allocations (one a bill) and rest, and the new sums of its
    locked accounts. False when another payment with its reference was stored meanwhile: then nothing is.

    ``last``: nothing in this transaction reads it any more, so it is stored together with the events it causes; a
    reference that was taken meanwhile then undoes the transaction, and the request runs again.
    """
    paid = [(a.id, a.bill.id, a.bill.unit_id, a.bill.fee_kind, a.bill.due_date, a.amount_fen) for a in allocations]
    ids = uuid7_texts(len(postings))
    posted = [
        (id, p.ledger, p.detail, p.unit_id, p.bill_id, p.amount_fen) for id, p in zip(ids, postings, strict=True)
    ]
    sums = [(a.id, a.receivable_fen, a.prepaid_fen) for a in accounts]
    few = len(paid) <= _FEW
    counts = (len(paid), len(posted), len(sums)) if few else (1, 1, 1)
    statement = _statement(tx.schema, _Shape(*counts, few, bool(payment.prepaid_fen), last))
    values: list[Any] = [
        tx.org_id,
        tx.now,
        payment.community_id,
        booked_on,
        payment.id,
        payment.unit_id,
        payment.payer_id,
        payment.method,
        payment.reference,
        payment.amount_fen,
        payment.prepaid_fen,
        payment.value_date,
        payment.paid_on,
        payment.digest,
    ]
    for rows in (paid, posted, sums):
        values += chain.from_iterable(rows) if few else (column(cells) for cells in zip(*rows, strict=True))
    if payment.prepaid_fen:
        values.append(uuid7())
    if last:
        tx.carry(statement, values)
        return True
    return bool(await tx.raw.execute(statement, *values) != "UPDATE 0")
