"""How a run stores a chunk of bills: set-based SQL, one array per column, so that a row costs the database's time only.

Bound to one organisation by its own predicate and run under the job role, as bulk work is here. Ids, times and numbers
come from the application all the same. What a bill causes (postings, event, audit entry) is written in the statement
that writes the bill, from the same row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing.domain.ledger import charged_to
from services.billing.domain.runs import Draft
from services.billing.domain.vocabulary import RECEIVABLE
from services.billing.ledger.repository import Account
from shared.db.flush import dumps
from shared.db.tx import Tx
from shared.ids import uuid7s

_ACCOUNTS = """
INSERT INTO {s}.accounts AS a (org_id, id, version, created_at, updated_at, unit_id, community_id, receivable_fen,
    prepaid_fen)
SELECT $1, d.id, 1, $2, $2, d.unit_id, $3, d.fen, 0
FROM unnest($4::uuid[], $5::uuid[], $6::bigint[]) AS d(id, unit_id, fen)
ON CONFLICT (org_id, unit_id) DO UPDATE SET receivable_fen = a.receivable_fen + excluded.receivable_fen,
    version = a.version + 1, updated_at = excluded.updated_at
RETURNING a.id, a.unit_id, a.receivable_fen, a.prepaid_fen
"""

_BILLS = """
WITH d AS MATERIALIZED (
    SELECT * FROM unnest($15::uuid[], $16::text[], $17::uuid[], $18::uuid[], $19::smallint[], $20::bigint[],
        $21::uuid[], $22::uuid[], $23::uuid[], $24::uuid[])
    AS d(id, number, unit_id, payer_id, part, fen, owed_id, charged_id, event_id, audit_id)
), stored AS (
    INSERT INTO {s}.bills (org_id, id, version, created_at, updated_at, number, run_id, community_id, unit_id, payer_id,
        standard_id, version_id, part, source, source_id, fee_kind, period, due_date, amount_fen, issued_at)
    SELECT $1, id, 1, $2, $2, number, $4, $3, unit_id, payer_id, $5, $6, part, NULL, NULL, $7, $8, $9, fen, $2 FROM d
), opened AS (
    INSERT INTO {s}.bill_balances (org_id, id, version, created_at, updated_at, unit_id, open_fen, credited_fen)
    SELECT $1, id, 1, $2, $2, unit_id, fen, 0 FROM d
), posted AS (
    INSERT INTO {s}.postings (org_id, id, act_id, act, ledger, detail, community_id, unit_id, bill_id, amount_fen,
        booked_on)
    SELECT $1, p.id, d.id, 'bill', p.ledger, $7, $3, d.unit_id, d.id, p.fen, $10
    FROM d CROSS JOIN LATERAL (VALUES (d.owed_id, $11::text, d.fen), (d.charged_id, $12::text, -d.fen))
        AS p(id, ledger, fen)
), told AS (
    INSERT INTO {s}.outbox (org_id, id, type, subject, seq, community_id, occurred_at, recorded_at, actor_id, trace_id,
        data)
    SELECT $1, event_id, 'bill.issued.v1', id, 1, $3, $2, $2, NULL, $13, jsonb_build_object('bill_id', id,
        'number', number, 'unit_id', unit_id, 'payer_id', payer_id, 'fee_kind', $7::text, 'period', $8::text,
        'due_date', $9::date, 'amount_fen', fen, 'standard', $14::text)
    FROM d
), fed AS (
    INSERT INTO {s}.feed (org_id, id) SELECT $1, event_id FROM d
)
INSERT INTO {s}.audit (org_id, id, at, recorded_at, action, entity, entity_id, after, request_id)
SELECT $1, audit_id, $2, $25, 'bill.issued', 'bill', id,
    jsonb_build_object('run_id', $4::uuid, 'amount_fen', fen), $13
FROM d
"""

_LINES = """
INSERT INTO {s}.bill_lines (org_id, id, bill_id, run_id, rule, rule_version, text, quantity, unit, rate, months, share,
    amount_fen)
SELECT $1, d.id, d.bill_id, $2, $3, $4, d.text, d.quantity, d.unit, d.rate, d.months, d.share, d.fen
FROM unnest($5::uuid[], $6::uuid[], $7::jsonb[], $8::numeric[], $9::text[], $10::numeric[], $11::integer[],
    $12::text[], $13::bigint[]) AS d(id, bill_id, text, quantity, unit, rate, months, share, fen)
"""


async def owe(tx: Tx, community_id: UUID, drafts: Sequence[Draft]) -> dict[UUID, Account]:
    """Add the drafts to what their units owe, and lock these accounts in one order; returns those with prepayments.

    Accounts are made where there is none. Nobody else moves money of the units until this transaction ends.
    """
    owed: Counter[UUID] = Counter()
    for draft in drafts:
        owed[draft.unit_id] += draft.amount_fen
    units = sorted(owed)
    rows = await tx.raw.fetch(
        _ACCOUNTS.format(s=tx.schema),
        tx.org_id,
        tx.now,
        community_id,
        uuid7s(len(units)),
        units,
        [owed[unit] for unit in units],
    )
    return {row["unit_id"]: Account(*row) for row in rows if row["prepaid_fen"]}


async def issue(
    tx: Tx, run: Row[Any], version: Row[Any], due: date, today: date, numbers: Sequence[str], drafts: Sequence[Draft]
) -> None:
    """Store the drafts as bills under these numbers, with all that a bill causes."""
    # Ids are drawn when the accounts are locked, so that the events of one bill keep their order.
    ids = uuid7s(len(drafts))
    await tx.raw.execute(
        _BILLS.format(s=tx.schema),
        tx.org_id,
        tx.now,
        run.community_id,
        run.id,
        run.standard_id,
        run.version_id,
        version.fee_kind,
        run.period,
        due,
        today,
        RECEIVABLE,
        charged_to(version.fee_kind),
        tx.request_id,
        version.code,
        ids,
        numbers,
        [draft.unit_id for draft in drafts],
        [draft.payer_id for draft in drafts],
        [draft.part for draft in drafts],
        [draft.amount_fen for draft in drafts],
        uuid7s(len(drafts)),
        uuid7s(len(drafts)),
        uuid7s(len(drafts)),
        uuid7s(len(drafts)),
        tx.wall,
    )
    lines = [(bill_id, line) for bill_id, draft in zip(ids, drafts, strict=True) for line in draft.lines]
    texts = _Texts()
    await tx.raw.execute(
        _LINES.format(s=tx.schema),
        tx.org_id,
        run.id,
        version.rule,
        version.rule_version,
        uuid7s(len(lines)),
        [bill_id for bill_id, _ in lines],
        [texts.of(line.text) for _, line in lines],
        [line.quantity for _, line in lines],
        [line.unit for _, line in lines],
        [line.rate for _, line in lines],
        [line.months for _, line in lines],
        [str(line.share) for _, line in lines],
        [line.amount_fen for _, line in lines],
    )


class _Texts:
    """The JSON of lines' texts: most lines of a run say the same."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], str] = {}

    def of(self, text: Mapping[str, str]) -> str:
        """The text as the driver wants it."""
        key = tuple(text.values())
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = dumps(dict(text))
        return found
