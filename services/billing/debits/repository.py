"""Statements on mandates, runs of collections and their lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.billing.domain.debits import ACCEPTED, ACTIVE, DECLINED, ENDED
from services.billing.models import (
    bill_balances,
    bills,
    debit_claims,
    debit_lines,
    debit_mandates,
    debit_runs,
    ref_relations,
    ref_units,
)
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

m, r, ln, k = debit_mandates.c, debit_runs.c, debit_lines.c, debit_claims.c


async def add_mandate(tx: Tx, values: Mapping[str, Any]) -> bool:
    """Store a mandate; False when this payer has one for the unit."""
    fixed = {"org_id": tx.org_id, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    made = await tx.execute(insert(debit_mandates).values({**fixed, **values}).on_conflict_do_nothing())
    return made.rowcount == 1


async def mandate(tx: Tx, mandate_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A mandate; ``lock`` holds it until the commit."""
    wanted = select(debit_mandates).where(m.org_id == tx.org_id, m.id == mandate_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def end(tx: Tx, row: Row[Any], **values: Any) -> None:
    """End a locked mandate. Its account stays sealed for what is with the bank."""
    await tx.execute(
        update(debit_mandates)
        .where(m.org_id == tx.org_id, m.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, state=ENDED, **values)
    )


async def of_persons(tx: Tx, person_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """All mandates of these people, held until the commit."""
    wanted = select(debit_mandates).where(m.org_id == tx.org_id, m.payer_id.in_(person_ids))
    return await tx.rows(wanted.order_by(m.id).with_for_update())


async def rename(tx: Tx, row: Row[Any], payer_id: UUID, sealed: bytes | None) -> None:
    """A locked mandate is another person's, its account sealed under their key."""
    await tx.execute(
        update(debit_mandates)
        .where(m.org_id == tx.org_id, m.id == row.id)
        .values(version=m.version + 1, updated_at=tx.now, payer_id=payer_id, sealed=sealed)
    )


async def end_of_person(tx: Tx, person_id: UUID, on: date) -> None:
    """End all mandates of a person who was erased, and forget their accounts."""
    await tx.execute(
        update(debit_mandates)
        .where(m.org_id == tx.org_id, m.payer_id == person_id)
        .values(
            version=m.version + 1,
            updated_at=tx.now,
            state=ENDED,
            ended_on=func.coalesce(m.ended_on, on),
            sealed=None,
            account_mask=None,
            note=None,
        )
    )


async def mandates_page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Mandates, the latest first."""
    wanted = select(debit_mandates).where(m.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(m.id < before)
    return await tx.rows(wanted.order_by(m.id.desc()).limit(limit))


async def to_handle(tx: Tx, community_id: UUID, on: date, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Units with a payer on a day who has neither a mandate nor declined one, by unit."""
    p, u = ref_relations.c, ref_units.c
    handled = (
        select(m.id)
        .where(
            m.org_id == tx.org_id,
            m.unit_id == p.unit_id,
            m.payer_id == p.person_id,
            m.state.in_((ACTIVE, DECLINED)),
        )
        .exists()
    )
    other = ref_relations.alias("other")
    # An owner is asked only where nobody else pays for the unit.
    pays = (
        select(other.c.id)
        .where(
            other.c.org_id == tx.org_id,
            other.c.unit_id == p.unit_id,
            other.c.role == "payer",
            other.c.since <= on,
            or_(other.c.until.is_(None), other.c.until >= on),
        )
        .exists()
    )
    wanted = (
        select(u.id.label("unit_id"), u.number.label("unit"), p.person_id.label("payer_id"), p.since, p.id)
        .select_from(ref_relations.join(ref_units, (u.org_id == p.org_id) & (u.id == p.unit_id)))
        .where(
            p.org_id == tx.org_id,
            u.community_id == community_id,
            or_(p.role == "payer", and_(p.role == "owner", ~pays)),
            p.since <= on,
            or_(p.until.is_(None), p.until >= on),
            ~handled,
        )
    )
    if after is not None:
        wanted = wanted.where(p.id > after)
    return await tx.rows(wanted.order_by(p.id).limit(limit))


async def collectable(tx: Tx, community_id: UUID, until: date) -> Sequence[Row[Any]]:
    """Open bills, due by a day, of units whose payer has a mandate and that are not with the bank, by unit and age."""
    b, o = bills.c, bill_balances.c
    claimed = select(k.bill_id).where(k.org_id == tx.org_id, k.bill_id == b.id).exists()
    return await tx.rows(
        select(
            m.id.label("mandate_id"),
            m.number.label("mandate"),
            m.unit_id,
            m.fee_kinds,
            b.id.label("bill_id"),
            b.fee_kind,
            o.open_fen,
        )
        .select_from(
            debit_mandates.join(bills, (b.org_id == m.org_id) & (b.unit_id == m.unit_id)).join(
                bill_balances, (o.org_id == b.org_id) & (o.id == b.id)
            )
        )
        .where(
            m.org_id == tx.org_id,
            m.community_id == community_id,
            m.state == ACTIVE,
            m.sealed.is_not(None),
            m.since <= until,
            or_(b.payer_id.is_(None), b.payer_id == m.payer_id),
            b.due_date <= until,
            o.open_fen > 0,
            ~claimed,
        )
        .order_by(m.number, b.due_date, b.number)
    )


async def add_run(
    tx: Tx, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], claims: Sequence[Mapping[str, Any]]
) -> None:
    """Store a run with its lines, and the bills it takes to the bank. Raises the driver's unique violation when one
    of them is there already."""
    fixed = {"version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, debit_runs, [{**fixed, **values}])
    await insert_rows(tx, debit_lines, lines)
    await insert_rows(tx, debit_claims, claims)


async def run(tx: Tx, run_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A run; ``lock`` holds it until the commit."""
    wanted = select(debit_runs).where(r.org_id == tx.org_id, r.id == run_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def change_run(tx: Tx, row: Row[Any], **values: Any) -> None:
    """Change a locked run."""
    await tx.execute(
        update(debit_runs)
        .where(r.org_id == tx.org_id, r.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, **values)
    )


async def runs_page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Runs, the latest first."""
    wanted = select(debit_runs).where(r.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(r.id < before)
    return await tx.rows(wanted.order_by(r.id.desc()).limit(limit))


async def lines(tx: Tx, run_id: UUID, after: int = 0, limit: int | None = None) -> Sequence[Row[Any]]:
    """The lines of a run in order, with what its file says of the mandate."""
    wanted = (
        select(debit_lines, m.number.label("mandate"), m.bank, m.payer_id, m.sealed)
        .select_from(debit_lines.join(debit_mandates, (m.org_id == ln.org_id) & (m.id == ln.mandate_id)))
        .where(ln.org_id == tx.org_id, ln.run_id == run_id, ln.line > after)
        .order_by(ln.line)
    )
    return await tx.rows(wanted if limit is None else wanted.limit(limit))


async def answer(tx: Tx, run_id: UUID, line: int, **values: Any) -> None:
    """Note what became of a line."""
    await tx.execute(
        update(debit_lines).where(ln.org_id == tx.org_id, ln.run_id == run_id, ln.line == line).values(**values)
    )


async def release(tx: Tx, run_id: UUID, line: int) -> None:
    """The bills of a line are not with the bank any more."""
    await tx.execute(delete(debit_claims).where(k.org_id == tx.org_id, k.run_id == run_id, k.line == line))


async def to_book(tx: Tx, run_id: UUID, limit: int) -> Sequence[Row[Any]]:
    """Accepted lines whose money is not booked yet."""
    wanted = select(debit_lines).where(ln.org_id == tx.org_id, ln.run_id == run_id, ln.state == ACCEPTED)
    return await tx.rows(wanted.order_by(ln.line).limit(limit).with_for_update())
