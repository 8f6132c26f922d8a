"""Money is booked in one statement: what it paid, what it left beside, both sides of each entry, the units' sums.

A payment is the write that most people wait for; five statements were five trips. The accounts are locked before, so
what is written here is what was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.billing.domain.ledger import Posting
from services.billing.ledger.repository import Account, Allocation, Prepayment
from shared.db.helpers import column
from shared.db.tx import Tx
from shared.ids import uuid7_texts

_BOOK = """
WITH paid AS (
    INSERT INTO {s}.allocations (org_id, id, payment_id, bill_id, unit_id, community_id, fee_kind, due_date, value_date,
        paid_on, amount_fen)
    SELECT $1, d.id::uuid, d.payment::uuid, d.bill::uuid, d.unit::uuid, $3, d.kind, d.due, d.value, d.paid, d.fen
    FROM unnest(string_to_array($5, ','), string_to_array($6, ','), string_to_array($7, ','),
        string_to_array($8, ','), string_to_array($9, ','), string_to_array($10, ',')::date[],
        string_to_array($11, ',')::date[], string_to_array($12, ',')::date[], string_to_array($13, ',')::bigint[])
        AS d(id, payment, bill, unit, kind, due, value, paid, fen)
), owed AS (
    UPDATE {s}.bill_balances o SET open_fen = o.open_fen - d.fen, version = o.version + d.times, updated_at = $2
    FROM (SELECT bill::uuid AS id, sum(fen)::bigint AS fen, count(*)::int AS times
        FROM unnest(string_to_array($7, ','), string_to_array($13, ',')::bigint[]) AS b(bill, fen) GROUP BY 1) d
    WHERE o.org_id = $1 AND o.id = d.id
), beside AS (
    INSERT INTO {s}.prepayments (org_id, id, version, created_at, updated_at, unit_id, community_id, payment_id,
        value_date, paid_on, open_fen)
    SELECT $1, $14, 1, $2, $2, $15, $3, $16, $17, $18, $19 WHERE $14::uuid IS NOT NULL
), posted AS (
    INSERT INTO {s}.postings (org_id, id, act_id, act, ledger, detail, community_id, unit_id, bill_id, amount_fen,
        booked_on)
    SELECT $1, d.id::uuid, $20, $21, d.ledger, d.detail, $3, d.unit::uuid, d.bill::uuid, d.fen, $4
    FROM unnest(string_to_array($22, ','), string_to_array($23, ','), string_to_array($24, ','),
        string_to_array($25, ','), string_to_array($26, ',', ''), string_to_array($27, ',')::bigint[])
        AS d(id, ledger, detail, unit, bill, fen)
)
UPDATE {s}.accounts a SET receivable_fen = d.owed, prepaid_fen = d.prepaid, version = a.version + 1, updated_at = $2
FROM unnest(string_to_array($28, ',')::uuid[], string_to_array($29, ',')::bigint[], string_to_array($30, ',')::bigint[])
    AS d(id, owed, prepaid)
WHERE a.org_id = $1 AND a.id = d.id
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """An act with its postings, which sum to zero, booked on a local date."""

    act: str
    id: UUID
    booked_on: date
    postings: Sequence[Posting]


async def book(
    tx: Tx,
    community_id: UUID,
    entry: Entry,
    allocations: Sequence[Allocation],
    rest: Prepayment | None,
    accounts: Iterable[Account],
) -> None:
    """Store an entry with the allocations and the prepayment behind it, and the new sums of its locked accounts."""
    postings, touched = entry.postings, list(accounts)
    await tx.raw.execute(
        _BOOK.format(s=tx.schema),
        tx.org_id,
        tx.now,
        community_id,
        entry.booked_on,
        column(a.id for a in allocations),
        column(a.payment_id for a in allocations),
        column(a.bill.id for a in allocations),
        column(a.bill.unit_id for a in allocations),
        column(a.bill.fee_kind for a in allocations),
        column(a.bill.due_date for a in allocations),
        column(a.value_date for a in allocations),
        column(a.paid_on for a in allocations),
        column(a.amount_fen for a in allocations),
        *((None,) * 6 if rest is None else _rest(rest)),
        entry.id,
        entry.act,
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


def _rest(rest: Prepayment) -> tuple[object, ...]:
    return rest.id, rest.unit_id, rest.payment_id, rest.value_date, rest.paid_on, rest.open_fen
