"""Statements behind rates and ageing: sums that the domain puts into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.billing.domain.collection import PAID
from services.billing.domain.rates import Sums
from shared.db.tx import Tx

_SUMS = """
WITH b AS MATERIALIZED (
    SELECT b.id, b.unit_id, b.payer_id, b.amount_fen, o.open_fen FROM {s}.bills b
    JOIN {s}.bill_balances o ON o.org_id = b.org_id AND o.id = b.id
    WHERE b.org_id = $1 AND b.community_id = $2 AND b.fee_kind = ANY($3) AND b.due_date >= $4 AND b.due_date < $5
), money AS (
    SELECT a.bill_id, sum(a.amount_fen) FILTER (WHERE a.{on} < $6) AS before,
        sum(a.amount_fen) FILTER (WHERE a.{on} >= $6 AND a.{on} < $7) AS within,
        sum(a.amount_fen) FILTER (WHERE a.{on} >= $7) AS later
    FROM {s}.allocations a WHERE a.org_id = $1 AND a.community_id = $2 AND a.fee_kind = ANY($3)
        AND a.due_date >= $4 AND a.due_date < $5 GROUP BY 1
), let_go AS (
    SELECT c.bill_id, sum(c.amount_fen) FILTER (WHERE c.kind = 'credit') AS credited,
        sum(c.amount_fen) FILTER (WHERE c.kind = 'waiver' AND c.applied_at < $8) AS waived_before,
        sum(c.amount_fen) FILTER (WHERE c.kind = 'waiver' AND c.applied_at >= $8) AS waived
    FROM {s}.credits c WHERE c.org_id = $1 AND c.community_id = $2 AND c.state = 'applied' GROUP BY 1
), households AS (
    SELECT count(*) AS bills, sum(b.amount_fen) AS billed, sum(coalesce(k.credited, 0)) AS credited,
        sum(coalesce(k.waived_before, 0)) AS waived_before, sum(coalesce(k.waived, 0)) AS waived,
        sum(coalesce(m.before, 0)) AS before, sum(coalesce(m.within, 0)) AS within,
        sum(coalesce(m.later, 0)) AS later, sum(b.open_fen) AS open
    FROM b LEFT JOIN money m ON m.bill_id = b.id LEFT JOIN let_go k ON k.bill_id = b.id
    GROUP BY b.unit_id, b.payer_id
)
SELECT coalesce(sum(bills), 0)::bigint, coalesce(sum(billed), 0)::bigint, coalesce(sum(credited), 0)::bigint,
    coalesce(sum(waived_before), 0)::bigint, coalesce(sum(waived), 0)::bigint, coalesce(sum(before), 0)::bigint,
    coalesce(sum(within), 0)::bigint, coalesce(sum(later), 0)::bigint,
    count(*) FILTER (WHERE billed > credited)::bigint,
    count(*) FILTER (WHERE billed > credited AND before + within >= billed - credited)::bigint,
    coalesce(sum(open), 0)::bigint
FROM households
"""


async def sums(
    tx: Tx,
    community_id: UUID,
    fee_kinds: Sequence[str],
    due: tuple[date, date],
    money: tuple[date, date],
    begins: datetime,
    cash_basis: str,
) -> Sums:
    """What the books say of bills due in ``due``, with money split by the period ``money``, which begins at
    ``begins``."""
    on = "paid_on" if cash_basis == PAID else "value_date"
    row = await tx.raw.fetchrow(
        _SUMS.format(s=tx.schema, on=on), tx.org_id, community_id, list(fee_kinds), *due, *money, begins
    )
    return Sums(*row)


async def receivable(tx: Tx, community_id: UUID, fee_kinds: Sequence[str], due: tuple[date, date]) -> int:
    """What the ledger says is owed on the bills due in a window (fen): the sum of their receivable postings."""
    found: int = await tx.raw.fetchval(
        f"SELECT coalesce(sum(p.amount_fen), 0)::bigint FROM {tx.schema}.bills b "
        f"JOIN {tx.schema}.postings p ON p.org_id = b.org_id AND p.unit_id = b.unit_id AND p.ledger = 'receivable' "
        "AND p.bill_id = b.id WHERE b.org_id = $1 AND b.community_id = $2 AND b.fee_kind = ANY($3) "
        "AND b.due_date >= $4 AND b.due_date < $5",
        tx.org_id,
        community_id,
        list(fee_kinds),
        *due,
    )
    return found


async def papers(tx: Tx, community_id: UUID, bounds: tuple[datetime, datetime]) -> tuple[int, int, int, int]:
    """Slips in time, slips, notices in time, notices, of those whose run or day ends in ``bounds``."""
    slips = await tx.raw.fetchrow(
        f"SELECT count(*) FILTER (WHERE posted_at < run_at), count(*) FROM {tx.schema}.service_slips "
        "WHERE org_id = $1 AND community_id = $2 AND run_at >= $3 AND run_at < $4 AND voided_at IS NULL",
        tx.org_id,
        community_id,
        *bounds,
    )
    notices = await tx.raw.fetchrow(
        f"SELECT count(*) FILTER (WHERE delivered_at < due_at), count(*) FROM {tx.schema}.dunning_notices "
        "WHERE org_id = $1 AND community_id = $2 AND due_at > $3 AND due_at <= $4",
        tx.org_id,
        community_id,
        *bounds,
    )
    return slips[0], slips[1], notices[0], notices[1]


@dataclass(frozen=True, slots=True)
class Aged:
    """What is owed in one bucket; the bucket by its place, None of all together."""

    place: int | None
    households: int
    bills: int
    amount_fen: int


_NOW = (
    "SELECT b.unit_id, b.payer_id, b.due_date, o.open_fen AS fen FROM {s}.bill_balances o "
    "JOIN {s}.bills b ON b.org_id = o.org_id AND b.id = o.id WHERE o.org_id = $1 AND b.community_id = $2 "
    "AND b.fee_kind = ANY($3) AND o.open_fen > 0 AND $5::date IS NULL"
)
_THEN = (
    "SELECT b.unit_id, b.payer_id, b.due_date, p.fen FROM (SELECT bill_id, sum(amount_fen) AS fen "
    "FROM {s}.postings WHERE org_id = $1 AND community_id = $2 AND ledger = 'receivable' AND booked_on <= $5 "
    "GROUP BY bill_id HAVING sum(amount_fen) <> 0) p JOIN {s}.bills b ON b.org_id = $1 AND b.id = p.bill_id "
    "WHERE b.fee_kind = ANY($3)"
)


async def aged(
    tx: Tx, community_id: UUID, fee_kinds: Sequence[str], lines: Sequence[date], booked_by: date | None
) -> list[Aged]:
    """What is owed by the place of its bucket: now, or as the ledger stood at the end of ``booked_by``."""
    source = (_NOW if booked_by is None else _THEN).format(s=tx.schema)
    rows = await tx.raw.fetch(
        "SELECT place, count(DISTINCT (unit_id, payer_id))::bigint, count(*)::bigint, sum(fen)::bigint FROM ("
        "SELECT unit_id, payer_id, fen, "
        "(SELECT count(*) FROM unnest($4::date[]) AS l(line) WHERE due_date <= line)::int "
        f"AS place FROM ({source}) owed) aged GROUP BY GROUPING SETS ((place), ())",
        tx.org_id,
        community_id,
        list(fee_kinds),
        list(lines),
        booked_by,
    )
    return [Aged(row[0], row[1], row[2], row[3] or 0) for row in rows]


# Bills that were overdue by the end of the day, or stood in the books then: what moved them since is news to whoever
# asks of that day.
_SINCE = """
SELECT p.id, p.act, p.act_id, p.bill_id, p.unit_id, p.amount_fen, p.booked_on, b.fee_kind, b.due_date
  FROM {s}.bills b
  JOIN {s}.postings p ON p.org_id = b.org_id AND p.unit_id = b.unit_id AND p.ledger = 'receivable' AND p.bill_id = b.id
 WHERE b.org_id = $1 AND b.community_id = $2 AND b.fee_kind = ANY($3) AND p.booked_on > $4 AND p.id > $5
   AND (b.due_date <= $4 OR EXISTS (
        SELECT 1 FROM {s}.postings q WHERE q.org_id = $1 AND q.unit_id = p.unit_id AND q.ledger = 'receivable'
           AND q.bill_id = p.bill_id AND q.booked_on <= $4))
 ORDER BY p.id LIMIT $6
"""


async def booked_since(
    tx: Tx, community_id: UUID, fee_kinds: Sequence[str], day: date, after: UUID | None, limit: int
) -> Sequence[Any]:
    """The receivable postings booked after a day on bills that its arrears were made of, in the order of booking."""
    rows = await tx.raw.fetch(
        _SINCE.format(s=tx.schema), tx.org_id, community_id, list(fee_kinds), day, after or UUID(int=0), limit
    )
    return list(rows)
