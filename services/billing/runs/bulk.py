"""How a run stores a chunk of bills: set-based SQL, one value per column, so that a row costs the database's time only.

Bound to one organisation by its own predicate and run under the job role, as bulk work is here. Ids, times and numbers
come from the application all the same, the ids as text. What a bill causes (postings, event, audit entry) is written in
the statement that writes the bill, from the same row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing.domain.charging import Line
from services.billing.domain.ledger import charged_to
from services.billing.domain.runs import Draft
from services.billing.domain.vocabulary import RECEIVABLE
from services.billing.ledger.repository import Account
from shared.db.flush import dumps
from shared.db.helpers import column
from shared.db.tx import Tx
from shared.ids import uuid7_texts

_ACCOUNTS = """
INSERT INTO {s}.accounts AS a (org_id, id, version, created_at, updated_at, unit_id, community_id, receivable_fen,
    prepaid_fen)
SELECT $1, d.id::uuid, 1, $2, $2, d.unit_id, $3, d.fen, 0
FROM unnest(string_to_array($4, ','), $5::uuid[], string_to_array($6, ',')::bigint[]) AS d(id, unit_id, fen)
ON CONFLICT (org_id, unit_id) DO UPDATE SET receivable_fen = a.receivable_fen + excluded.receivable_fen,
    version = a.version + 1, updated_at = excluded.updated_at
RETURNING a.id, a.unit_id, a.receivable_fen, a.prepaid_fen
"""

_BILLS = """
WITH d AS MATERIALIZED (
    SELECT id::uuid, number, unit_id, payer_id, part, fen, owed_id, charged_id, event_id::uuid, audit_id
    FROM unnest(string_to_array($15, ','), string_to_array($16, ','), $17::uuid[], $18::uuid[],
        string_to_array($19, ',')::smallint[], string_to_array($20, ',')::bigint[], string_to_array($21, ','),
        string_to_array($22, ','), string_to_array($23, ','), string_to_array($24, ','))
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
    SELECT $1, p.id::uuid, d.id, 'bill', p.ledger, $7, $3, d.unit_id, d.id, p.fen, $10
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
SELECT $1, audit_id::uuid, $2, $25, 'bill.issued', 'bill', id,
    jsonb_build_object('run_id', $4::uuid, 'amount_fen', fen), $13
FROM d
"""

_LINES = """
INSERT INTO {s}.bill_lines (org_id, id, bill_id, run_id, rule, rule_version, text, quantity, unit, rate, months, share,
    amount_fen)
SELECT $1, d.id::uuid, d.bill_id::uuid, $2, $3, $4, k.text, d.quantity::numeric, k.unit, k.rate::numeric,
    k.months, k.share, d.fen
FROM unnest(string_to_array($5, ','), string_to_array($6, ','), string_to_array($7, ',')::smallint[],
    string_to_array($8, ','), string_to_array($9, ',')::bigint[]) AS d(id, bill_id, kind, quantity, fen)
JOIN unnest($10::jsonb[], $11::text[], $12::text[], $13::integer[], $14::text[]) WITH ORDINALITY
    AS k(text, unit, rate, months, share, place) ON k.place = d.kind
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
        column(uuid7_texts(len(units))),
        units,
        column(owed[unit] for unit in units),
    )
    return {row["unit_id"]: Account(*row) for row in rows if row["prepaid_fen"]}


async def issue(
    tx: Tx, run: Row[Any], version: Row[Any], due: date, today: date, numbers: Sequence[str], drafts: Sequence[Draft]
) -> None:
    """Store the drafts as bills under these numbers, with all that a bill causes."""
    # Ids are drawn when the accounts are locked, so that the events of one bill keep their order.
    ids = uuid7_texts(len(drafts))
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
        column(ids),
        column(numbers),
        [draft.unit_id for draft in drafts],
        [draft.payer_id for draft in drafts],
        column(draft.part for draft in drafts),
        column(draft.amount_fen for draft in drafts),
        column(uuid7_texts(len(drafts))),
        column(uuid7_texts(len(drafts))),
        column(uuid7_texts(len(drafts))),
        column(uuid7_texts(len(drafts))),
        tx.wall,
    )
    kinds = _Kinds()
    lines = [(bill_id, line) for bill_id, draft in zip(ids, drafts, strict=True) for line in draft.lines]
    places = [kinds.place(line) for _, line in lines]
    await tx.raw.execute(
        _LINES.format(s=tx.schema),
        tx.org_id,
        run.id,
        version.rule,
        version.rule_version,
        column(uuid7_texts(len(lines))),
        column(bill_id for bill_id, _ in lines),
        column(places),
        column(line.quantity for _, line in lines),
        column(line.amount_fen for _, line in lines),
        *kinds.columns(),
    )


class _Kinds:
    """What lines say beside quantity and amount: most lines of a chunk say the same, so it is sent once."""

    def __init__(self) -> None:
        self._places: dict[tuple[Any, ...], int] = {}

    def place(self, line: Line) -> int:
        """The line's place among the kinds, from 1."""
        share = line.share
        # Numerator and denominator instead of the fraction, whose hash is a modular power.
        key = (*line.text.values(), line.unit, line.rate, line.months, share.numerator, share.denominator)
        return self._places.setdefault(key, len(self._places) + 1)

    def columns(self) -> list[list[Any]]:
        """Texts as JSON, units of measure, rates, months and shares, in the order of their places."""
        rows = [
            (dumps({"zh": zh, "en": en}), unit, str(rate), months, str(Fraction(above, below)))
            for zh, en, unit, rate, months, above, below in self._places
        ]
        return [list(values) for values in zip(*rows, strict=True)]
