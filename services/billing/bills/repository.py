"""Statements on issued bills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, select

from services.billing.bills.schemas import Wanted
from services.billing.domain.charging import Line
from services.billing.domain.payers import ROLES_THAT_PAY, Relation
from services.billing.domain.vocabulary import OPEN, PAID, PARTLY_PAID
from services.billing.models import allocations, bill_balances, bill_lines, bills, ref_relations
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

_BILL = select(
    bills.c.id,
    bills.c.number,
    bills.c.run_id,
    bills.c.community_id,
    bills.c.unit_id,
    bills.c.payer_id,
    bills.c.standard_id,
    bills.c.fee_kind,
    bills.c.period,
    bills.c.due_date,
    bills.c.amount_fen,
    bills.c.issued_at,
    bills.c.source,
    bills.c.source_id,
    bill_balances.c.open_fen,
    bill_balances.c.credited_fen,
).select_from(
    bills.join(bill_balances, and_(bill_balances.c.org_id == bills.c.org_id, bill_balances.c.id == bills.c.id))
)


def in_state(state: str) -> ColumnElement[bool]:
    """The condition behind a derived state; the definition is ``domain.vocabulary.bill_state``."""
    o = bill_balances.c.open_fen
    left = bills.c.amount_fen - bill_balances.c.credited_fen
    return {
        OPEN: and_(o > 0, o >= left),
        PARTLY_PAID: and_(o > 0, o < left),
        PAID: o <= 0,
    }[state]


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What a caller wants of the list, as conditions."""
    c = bills.c
    found: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (c.community_id, wanted.community_id),
            (c.unit_id, wanted.unit_id),
            (c.payer_id, wanted.payer_id),
            (c.run_id, wanted.run_id),
            (c.period, wanted.period),
            (c.fee_kind, wanted.fee_kind),
        )
        if value is not None
    ]
    if wanted.due_from is not None:
        found.append(c.due_date >= wanted.due_from)
    if wanted.due_to is not None:
        found.append(c.due_date <= wanted.due_to)
    if wanted.state is not None:
        found.append(in_state(wanted.state))
    if wanted.updated_after is not None:
        found.append(bill_balances.c.updated_at >= wanted.updated_after)
    return found


async def get(tx: Tx, bill_id: UUID) -> Row[Any] | None:
    """One bill with what is open on it."""
    return await tx.one_or_none(_BILL.where(bills.c.org_id == tx.org_id, bills.c.id == bill_id))


async def lines(tx: Tx, bill_id: UUID) -> Sequence[Row[Any]]:
    """The lines of a bill, in the order the rule made them."""
    c = bill_lines.c
    return await tx.rows(select(bill_lines).where(c.org_id == tx.org_id, c.bill_id == bill_id).order_by(c.id))


async def paid(tx: Tx, bill_id: UUID) -> Sequence[Row[Any]]:
    """The money on a bill, in the order it came."""
    c = allocations.c
    return await tx.rows(
        select(c.id, c.payment_id, c.amount_fen, c.value_date)
        .where(c.org_id == tx.org_id, c.bill_id == bill_id)
        .order_by(c.id)
    )


async def relations(tx: Tx, unit_id: UUID) -> list[Relation]:
    """Who may pay for a unit, past and future relations included."""
    c = ref_relations.c
    rows = await tx.rows(
        select(c.person_id, c.role, c.since, c.until).where(
            c.org_id == tx.org_id, c.unit_id == unit_id, c.role.in_(ROLES_THAT_PAY)
        )
    )
    return [Relation(row.person_id, row.role, row.since, row.until) for row in rows]


async def add(tx: Tx, values: Mapping[str, Any], lines: Sequence[Line], rule: str) -> None:
    """Store a bill that no run issued, with its lines and its open amount."""
    stamp = {"version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, bills, [{**stamp, "run_id": None, "standard_id": None, "version_id": None, **values}])
    await insert_rows(
        tx,
        bill_lines,
        [
            {
                "id": uuid7(),
                "bill_id": values["id"],
                "run_id": None,
                "rule": rule,
                "rule_version": 1,
                "text": dict(line.text),
                "quantity": line.quantity,
                "unit": line.unit,
                "rate": line.rate,
                "months": line.months,
                "share": str(line.share),
                "amount_fen": line.amount_fen,
            }
            for line in lines
        ],
    )
    balance = {"id": values["id"], "unit_id": values["unit_id"], "open_fen": values["amount_fen"], "credited_fen": 0}
    await insert_rows(tx, bill_balances, [{**stamp, **balance}])


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Bills, the latest issued first."""
    wanted = _BILL.where(bills.c.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(bills.c.id < before)
    return await tx.rows(wanted.order_by(bills.c.id.desc()).limit(limit))
