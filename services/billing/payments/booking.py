"""A payment is booked in one statement: itself, what it paid, what it left beside, both sides of its entry, the units'
sums.

It is the write that most people wait for; six statements were six trips. The accounts are locked before, so what is
written here is what was read. A payment whose reference is taken writes nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from services.billing.domain.ledger import Posting
from services.billing.ledger.repository import Account, Allocation
from services.billing.payments.repository import Payment
from shared.db.helpers import column
from shared.db.tx import Tx
from shared.ids import uuid7, uuid7_texts

_BOOK = """
WITH money AS (
    INSERT INTO {s}.payments (org_id, id, version, created_at, updated_at, community_id, unit_id, payer_id, method,
        reference, amount_fen, prepaid_fen, value_date, paid_on, digest)
    VALUES ($1, $5, 1, $2, $2, $3, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    ON CONFLICT (org_id, method, reference) DO NOTHING RETURNING id
), paid AS (
    INSERT INTO {s}.allocations (org_id, id, payment_id, bill_id, unit_id, community_id, fee_kind, due_date, value_date,
        paid_on, amount_fen)
    SELECT $1, d.id::uuid, money.id, d.bill::uuid, d.unit::uuid, $3, d.kind, d.due, $12, $13, d.fen
    FROM money, unnest(string_to_array($15, ','), string_to_array($16, ','), string_to_array($17, ','),
        string_to_array($18, ','), string_to_array($19, ',')::date[], string_to_array($20, ',')::bigint[])
        AS d(id, bill, unit, kind, due, fen)
), owed AS (
    UPDATE {s}.bill_balances o SET open_fen = o.open_fen - d.fen, version = o.version + 1, updated_at = $2
    FROM money, unnest(string_to_array($16, ',')::uuid[], string_to_array($20, ',')::bigint[]) AS d(id, fen)
    WHERE o.org_id = $1 AND o.id = d.id
), beside AS (
    INSERT INTO {s}.prepayments (org_id, id, version, created_at, updated_at, unit_id, community_id, payment_id,
        value_date, paid_on, open_fen)
    SELECT $1, $21, 1, $2, $2, $6, $3, money.id, $12, $13, $11 FROM money WHERE $21::uuid IS NOT NULL
), posted AS (
    INSERT INTO {s}.postings (org_id, id, act_id, act, ledger, detail, community_id, unit_id, bill_id, amount_fen,
        booked_on)
    SELECT $1, d.id::uuid, money.id, 'payment', d.ledger, d.detail, $3, d.unit::uuid, d.bill::uuid, d.fen, $4
    FROM money, unnest(string_to_array($22, ','), string_to_array($23, ','), string_to_array($24, ','),
        string_to_array($25, ','), string_to_array($26, ',', ''), string_to_array($27, ',')::bigint[])
        AS d(id, ledger, detail, unit, bill, fen)
)
UPDATE {s}.accounts a SET receivable_fen = d.owed, prepaid_fen = d.prepaid, version = a.version + 1, updated_at = $2
FROM money, unnest(string_to_array($28, ',')::uuid[], string_to_array($29, ',')::bigint[],
    string_to_array($30, ',')::bigint[]) AS d(id, owed, prepaid)
WHERE a.org_id = $1 AND a.id = d.id
"""


async def book(
    tx: Tx,
    payment: Payment,
    booked_on: date,
    postings: Sequence[Posting],
    allocations: Sequence[Allocation],
    accounts: Iterable[Account],
) -> bool:
    """Store a payment, its postings (which sum to zero), allocations (one a bill) and rest, and the new sums of its
    locked accounts. False when another payment with its reference was stored meanwhile: then nothing is."""
    touched = list(accounts)
    tag = await tx.raw.execute(
        _BOOK.format(s=tx.schema),
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
        column(a.id for a in allocations),
        column(a.bill.id for a in allocations),
        column(a.bill.unit_id for a in allocations),
        column(a.bill.fee_kind for a in allocations),
        column(a.bill.due_date for a in allocations),
        column(a.amount_fen for a in allocations),
        uuid7() if payment.prepaid_fen else None,
        column(uuid7_texts(len(postings))),
        column(p.ledger for p in postings),
        column(p.detail for p in postings),
        column(p.unit_id for p in postings),
        column(p.bill_id for p in postings),
        column(p.amount_fen for p in postings),
        column(a.id for a in touched),
        column(a.receivable_fen for a in touched),
        column(a.prepaid_fen for a in touched),
    )
    return bool(tag != "UPDATE 0")
