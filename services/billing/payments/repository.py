"""Statements on payments; what they do to bills and accounts is the ledger's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, select

from services.billing.ledger.repository import Account, Bill
from services.billing.models import (
    allocations,
    bill_balances,
    bills,
    payments,
    prepayments,
    ref_relations,
    ref_units,
)
from services.billing.payments.schemas import Wanted
from shared.db.tx import Tx


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it is stored; amounts in fen."""

    id: UUID
    community_id: UUID
    unit_id: UUID
    payer_id: UUID | None
    method: str
    reference: str | None
    amount_fen: int
    prepaid_fen: int
    value_date: date
    paid_on: date
    digest: str


_REFERENCE = "SELECT id, digest FROM {s}.payments WHERE org_id = $1 AND method = $2 AND reference = $3"


async def by_reference(tx: Tx, method: str, reference: str) -> tuple[UUID, str] | None:
    """Id and digest of the payment that already carries this reference, if any."""
    row = await tx.raw.fetchrow(_REFERENCE.format(s=tx.schema), tx.org_id, method, reference)
    return None if row is None else (row["id"], row["digest"])


@dataclass(frozen=True, slots=True)
class Standing:
    """What a payment meets at its units: the open bills, the payment that has its reference already (id, digest), and
    whether anybody there is dunned. Exact only while the accounts are locked."""

    bills: list[Bill]
    earlier: tuple[UUID, str] | None
    dunned: bool


NOTHING = Standing([], None, dunned=False)

_STANDING = """
SELECT b.id, b.due_date, b.number, o.open_fen, b.fee_kind, b.unit_id, o.version, x.dunned, y.id AS earlier, y.digest
FROM (SELECT EXISTS (SELECT 1 FROM {s}.dunning_cases WHERE org_id = $1 AND unit_id = ANY($2) AND state = 'open')) AS x
    (dunned)
LEFT JOIN {s}.payments y ON y.org_id = $1 AND y.method = $3 AND y.reference = $4
LEFT JOIN {s}.bill_balances o ON o.org_id = $1 AND o.unit_id = ANY($2) AND o.open_fen > 0
LEFT JOIN LATERAL (
    SELECT k.id, k.due_date, k.number, k.fee_kind, k.unit_id FROM {s}.bills k
    WHERE k.org_id = $1 AND k.id = o.id OFFSET 0 -- by its key, whatever the planner believes of a table just filled
) b ON true
"""


async def standing(tx: Tx, unit_ids: Sequence[UUID], method: str, reference: str | None) -> Standing:
    """What a payment meets at these units, whose accounts are locked: one trip, and never one that also locks, for
    a statement sees what was committed before it began."""
    rows = await tx.raw.fetch(_STANDING.format(s=tx.schema), tx.org_id, unit_ids, method, reference)
    first = rows[0]
    earlier = None if first["earlier"] is None else (first["earlier"], first["digest"])
    return Standing([Bill(*row[:7]) for row in rows if row["id"] is not None], earlier, first["dunned"])


_MEETS = "SELECT * FROM {s}.payment_meets($1, $2, $3, $4)"


async def meets(
    tx: Tx, unit_id: UUID, method: str, reference: str | None
) -> tuple[Any, Account | None, Standing]:
    """The community of a unit (``id, path, timezone``; None: no such unit), the unit's account, locked (None: it has
    none yet), and what a payment meets there. One trip for what nearly every payment begins with."""
    rows = await tx.raw.fetch(_MEETS.format(s=tx.schema), tx.org_id, unit_id, method, reference)
    if not rows:
        return None, None, NOTHING
    first = rows[0]
    community, path, timezone, account_id, receivable, prepaid, dunned, earlier, digest = first[:9]
    place = {"id": community, "path": path, "timezone": timezone}
    account = None if account_id is None else Account(account_id, unit_id, receivable, prepaid)
    bills = [Bill(*row[9:]) for row in rows if row[9] is not None]
    return place, account, Standing(bills, None if earlier is None else (earlier, digest), dunned)


async def units_of_payer(tx: Tx, community_id: UUID, payer_id: UUID, on: date) -> list[UUID]:
    """The payer's units in a community, by number: those with open bills in their name, and those they are
    payer or owner of on a day."""
    billed = (
        select(bills.c.unit_id)
        .select_from(
            bills.join(
                bill_balances,
                and_(bill_balances.c.org_id == bills.c.org_id, bill_balances.c.id == bills.c.id),
            )
        )
        .where(
            bills.c.org_id == tx.org_id,
            bills.c.community_id == community_id,
            bills.c.payer_id == payer_id,
            bill_balances.c.open_fen > 0,
        )
    )
    related = select(ref_relations.c.unit_id).where(
        ref_relations.c.org_id == tx.org_id,
        ref_relations.c.person_id == payer_id,
        ref_relations.c.role.in_(("payer", "owner", "co_owner")),
        ref_relations.c.since <= on,
        func.coalesce(ref_relations.c.until, on) >= on,
    )
    rows = await tx.rows(
        select(ref_units.c.id)
        .where(
            ref_units.c.org_id == tx.org_id,
            ref_units.c.community_id == community_id,
            ref_units.c.id.in_(billed.union(related)),
        )
        .order_by(ref_units.c.number, ref_units.c.id)
    )
    return [row.id for row in rows]


async def units_of_bills(tx: Tx, community_id: UUID, bill_ids: Sequence[UUID]) -> list[UUID]:
    """The units these bills of a community are for, in the order of the bills' numbers."""
    rows = await tx.rows(
        select(bills.c.unit_id)
        .where(bills.c.org_id == tx.org_id, bills.c.community_id == community_id, bills.c.id.in_(bill_ids))
        .order_by(bills.c.number)
    )
    return list(dict.fromkeys(row.unit_id for row in rows))


async def get(tx: Tx, payment_id: UUID) -> Row[Any] | None:
    """One payment."""
    return await tx.one_or_none(select(payments).where(payments.c.org_id == tx.org_id, payments.c.id == payment_id))


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What a caller wants of the list, as conditions."""
    c = payments.c
    found: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (c.community_id, wanted.community_id),
            (c.unit_id, wanted.unit_id),
            (c.payer_id, wanted.payer_id),
            (c.method, wanted.method),
            (c.reference, wanted.reference),
        )
        if value is not None
    ]
    if wanted.value_from is not None:
        found.append(c.value_date >= wanted.value_from)
    if wanted.value_to is not None:
        found.append(c.value_date <= wanted.value_to)
    if wanted.updated_after is not None:
        found.append(c.updated_at >= wanted.updated_after)
    return found


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Payments, the latest received first."""
    wanted = select(payments).where(payments.c.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(payments.c.id < before)
    return await tx.rows(wanted.order_by(payments.c.id.desc()).limit(limit))


async def details(tx: Tx, payment_ids: Sequence[UUID]) -> tuple[dict[UUID, list[Row[Any]]], dict[UUID, int]]:
    """Allocations (oldest first) and fen still prepaid of many payments: two queries for a whole page."""
    made: dict[UUID, list[Row[Any]]] = {payment_id: [] for payment_id in payment_ids}
    for row in await tx.rows(
        select(allocations.c.id, allocations.c.payment_id, allocations.c.bill_id, allocations.c.amount_fen)
        .where(allocations.c.org_id == tx.org_id, allocations.c.payment_id.in_(payment_ids))
        .order_by(allocations.c.id)
    ):
        made[row.payment_id].append(row)
    left = await tx.rows(
        select(prepayments.c.payment_id, func.sum(prepayments.c.open_fen).label("open_fen"))
        .where(prepayments.c.org_id == tx.org_id, prepayments.c.payment_id.in_(payment_ids))
        .group_by(prepayments.c.payment_id)
    )
    return made, {row.payment_id: int(row.open_fen) for row in left}
