"""Statements of the ledger: lock accounts first, then move money.

They run in every payment, straight on the driver: the compiler's share of a Core statement is a third of
its cost. Each binds ``org_id``; many rows go as one pipelined ``INSERT … VALUES``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.billing.domain.allocation import OpenBill
from services.billing.domain.ledger import Posting
from shared.db.tx import Tx
from shared.ids import uuid7


@dataclass(slots=True)
class Account:
    """A unit's account, locked by this transaction; amounts in fen."""

    id: UUID
    unit_id: UUID
    receivable_fen: int
    prepaid_fen: int


@dataclass(frozen=True, slots=True)
class Bill(OpenBill):
    """An open bill with what an allocation of money to it must know; ``version`` counts its allocations."""

    unit_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Prepayment:
    """Money of a payment that no bill has used yet."""

    id: UUID
    unit_id: UUID
    payment_id: UUID
    value_date: date
    paid_on: date
    open_fen: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """So many fen of a payment for a bill."""

    id: UUID
    payment_id: UUID
    bill: Bill
    value_date: date
    paid_on: date
    amount_fen: int


_LOCK = (
    "SELECT id, unit_id, receivable_fen, prepaid_fen FROM {s}.accounts "
    "WHERE org_id = $1 AND unit_id = ANY($2) ORDER BY unit_id FOR UPDATE"
)


async def lock_accounts(tx: Tx, community_id: UUID, unit_ids: Iterable[UUID]) -> dict[UUID, Account]:
    """The accounts of these units, made where there is none, locked in one order so that none deadlocks."""
    wanted = sorted(set(unit_ids))
    raw = tx.raw
    sql = _LOCK.format(s=tx.schema)
    rows = await raw.fetch(sql, tx.org_id, wanted)
    if len(rows) < len(wanted):
        known = {row["unit_id"] for row in rows}
        await raw.executemany(
            f"INSERT INTO {tx.schema}.accounts (org_id, id, version, created_at, updated_at, unit_id, "
            "community_id, receivable_fen, prepaid_fen) VALUES ($1,$2,1,$3,$3,$4,$5,0,0) "
            "ON CONFLICT (org_id, unit_id) DO NOTHING",
            [(tx.org_id, uuid7(), tx.now, u, community_id) for u in wanted if u not in known],
        )
        rows = await raw.fetch(sql, tx.org_id, wanted)
    return {row["unit_id"]: Account(*row) for row in rows}


_BILLS = (
    "SELECT b.id, b.due_date, b.number, o.open_fen, b.fee_kind, b.unit_id, o.version "
    "FROM {s}.bill_balances o JOIN {s}.bills b ON b.org_id = o.org_id AND b.id = o.id "
    "WHERE o.org_id = $1 AND "
)


async def open_bills(tx: Tx, unit_ids: Sequence[UUID]) -> list[Bill]:
    """The bills of these units with money open on them. Exact only while their accounts are locked."""
    raw = tx.raw
    rows = await raw.fetch(_BILLS.format(s=tx.schema) + "o.unit_id = ANY($2) AND o.open_fen > 0", tx.org_id, unit_ids)
    return [Bill(*row) for row in rows]


async def bills(tx: Tx, community_id: UUID, bill_ids: Sequence[UUID]) -> dict[UUID, Bill]:
    """These bills of a community, paid ones included."""
    raw = tx.raw
    rows = await raw.fetch(
        _BILLS.format(s=tx.schema) + "o.id = ANY($2) AND b.community_id = $3",
        tx.org_id,
        bill_ids,
        community_id,
    )
    return {row["id"]: Bill(*row) for row in rows}


async def open_prepayments(tx: Tx, unit_ids: Sequence[UUID]) -> list[Prepayment]:
    """The prepayments of these units with money left. Exact only while their accounts are locked."""
    raw = tx.raw
    rows = await raw.fetch(
        f"SELECT id, unit_id, payment_id, value_date, paid_on, open_fen FROM {tx.schema}.prepayments "
        "WHERE org_id = $1 AND unit_id = ANY($2) AND open_fen > 0",
        tx.org_id,
        unit_ids,
    )
    return [Prepayment(*row) for row in rows]


async def add_allocations(tx: Tx, community_id: UUID, allocations: Sequence[Allocation]) -> None:
    """Store allocations and take them off the open amounts of their bills."""
    raw = tx.raw
    await raw.executemany(
        f"INSERT INTO {tx.schema}.allocations (org_id, id, payment_id, bill_id, unit_id, community_id, "
        "fee_kind, due_date, value_date, paid_on, amount_fen) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)",
        [
            (
                tx.org_id,
                a.id,
                a.payment_id,
                a.bill.id,
                a.bill.unit_id,
                community_id,
                a.bill.fee_kind,
                a.bill.due_date,
                a.value_date,
                a.paid_on,
                a.amount_fen,
            )
            for a in allocations
        ],
    )
    await raw.executemany(
        f"UPDATE {tx.schema}.bill_balances SET open_fen = open_fen - $3, version = version + 1, "
        "updated_at = $4 WHERE org_id = $1 AND id = $2",
        [(tx.org_id, a.bill.id, a.amount_fen, tx.now) for a in allocations],
    )


async def add_prepayment(tx: Tx, community_id: UUID, prepayment: Prepayment) -> None:
    """Store the rest of a payment beside the bills."""
    raw = tx.raw
    await raw.execute(
        f"INSERT INTO {tx.schema}.prepayments (org_id, id, version, created_at, updated_at, unit_id, "
        "community_id, payment_id, value_date, paid_on, open_fen) VALUES ($1,$2,1,$3,$3,$4,$5,$6,$7,$8,$9)",
        tx.org_id,
        prepayment.id,
        tx.now,
        prepayment.unit_id,
        community_id,
        prepayment.payment_id,
        prepayment.value_date,
        prepayment.paid_on,
        prepayment.open_fen,
    )


async def use_prepayments(tx: Tx, used: Iterable[tuple[UUID, int]]) -> None:
    """Take (prepayment, fen) off what is left of them."""
    raw = tx.raw
    await raw.executemany(
        f"UPDATE {tx.schema}.prepayments SET open_fen = open_fen - $3, version = version + 1, "
        "updated_at = $4 WHERE org_id = $1 AND id = $2",
        [(tx.org_id, prepayment_id, fen, tx.now) for prepayment_id, fen in used],
    )


async def post(
    tx: Tx, community_id: UUID, booked_on: date, acts: Iterable[tuple[str, UUID, Sequence[Posting]]]
) -> None:
    """Store the postings of acts (kind, id, postings that sum to zero), booked on a local date."""
    raw = tx.raw
    await raw.executemany(
        f"INSERT INTO {tx.schema}.postings (org_id, id, act_id, act, ledger, detail, community_id, unit_id, "
        "bill_id, amount_fen, booked_on) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)",
        [
            (
                tx.org_id,
                uuid7(),
                act_id,
                act,
                p.ledger,
                p.detail,
                community_id,
                p.unit_id,
                p.bill_id,
                p.amount_fen,
                booked_on,
            )
            for act, act_id, postings in acts
            for p in postings
        ],
    )


async def save_accounts(tx: Tx, accounts: Iterable[Account]) -> None:
    """Store the sums of locked accounts."""
    raw = tx.raw
    await raw.executemany(
        f"UPDATE {tx.schema}.accounts SET receivable_fen = $3, prepaid_fen = $4, version = version + 1, "
        "updated_at = $5 WHERE org_id = $1 AND id = $2",
        [(tx.org_id, a.id, a.receivable_fen, a.prepaid_fen, tx.now) for a in accounts],
    )
