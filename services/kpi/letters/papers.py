"""Statements on what belongs to a letter: signatures, amendments, records, copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update

from services.kpi.models import (
    letter_amendments,
    letter_copies,
    letter_records,
    letter_signatures,
    letters,
    scorecard_heads,
)
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


async def sign(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a signature; the key keeps a second one at the same place out."""
    await insert_rows(tx, letter_signatures, [row])


async def signatures(tx: Tx, letter_id: UUID, paper: str | None = None) -> Sequence[Row[Any]]:
    """The signatures on a letter's papers, or on one."""
    c = letter_signatures.c
    query = select(letter_signatures).where(c.org_id == tx.org_id, c.letter_id == letter_id)
    if paper is not None:
        query = query.where(c.paper == paper)
    return await tx.rows(query.order_by(c.paper, c.place))


async def amendments(tx: Tx, letter_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Amendments of letters, in the order in which they take effect."""
    c = letter_amendments.c
    return await tx.rows(
        select(letter_amendments)
        .where(c.org_id == tx.org_id, c.letter_id.in_(list(letter_ids)))
        .order_by(c.letter_id, c.effective_on, c.number)
    )


async def amend(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store an amendment."""
    await insert_rows(tx, letter_amendments, [row])


async def next_amendment(tx: Tx, letter_id: UUID) -> int:
    """The number of the next amendment; the letter's row is locked."""
    c = letter_amendments.c
    last = await tx.scalar(select(func.max(c.number)).where(c.org_id == tx.org_id, c.letter_id == letter_id))
    return int(last or 0) + 1


async def put_in_force(tx: Tx, amendment_id: UUID) -> None:
    """An amendment that everybody has signed."""
    c = letter_amendments.c
    await tx.execute(
        update(letter_amendments)
        .where(c.org_id == tx.org_id, c.id == amendment_id)
        .values(state="effective", version=c.version + 1, updated_at=tx.now)
    )


async def record(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a record beside a letter."""
    await insert_rows(tx, letter_records, [row])


async def records(tx: Tx, letter_id: UUID) -> Sequence[Row[Any]]:
    """The records beside a letter, the oldest first."""
    c = letter_records.c
    return await tx.rows(
        select(letter_records).where(c.org_id == tx.org_id, c.letter_id == letter_id).order_by(c.id)
    )


async def register_copies(tx: Tx, letter_id: UUID, found: Sequence[Mapping[str, Any]]) -> None:
    """Open the copy register of a letter."""
    await insert_rows(tx, letter_copies, [{"letter_id": letter_id, **copy} for copy in found])


async def copies(tx: Tx, letter_id: UUID) -> Sequence[Row[Any]]:
    """The copy register of a letter."""
    c = letter_copies.c
    return await tx.rows(
        select(letter_copies).where(c.org_id == tx.org_id, c.letter_id == letter_id).order_by(c.number)
    )


async def hand_over(tx: Tx, letter_id: UUID, number: int, on: date, by: UUID) -> bool:
    """Note who handed a copy over and when; False where there is no such copy."""
    c = letter_copies.c
    done = await tx.execute(
        update(letter_copies)
        .where(c.org_id == tx.org_id, c.letter_id == letter_id, c.number == number)
        .values(handed_on=on, handed_by=by)
    )
    return bool(done.rowcount)


async def change(tx: Tx, letter: Row[Any], values: Mapping[str, Any]) -> None:
    """Store a step of a letter."""
    c = letters.c
    await tx.execute(
        update(letters)
        .where(c.org_id == tx.org_id, c.id == letter.id)
        .values(version=letter.version + 1, updated_at=tx.now, **values)
    )


async def closed_periods(tx: Tx, letter_id: UUID) -> Sequence[str]:
    """The periods of a letter that have a scorecard."""
    c = scorecard_heads.c
    rows = await tx.rows(select(c.period).where(c.org_id == tx.org_id, c.letter_id == letter_id))
    return [row.period for row in rows]
