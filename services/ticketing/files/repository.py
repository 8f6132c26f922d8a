"""The statements of files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, and_, func, or_, select, update

from services.ticketing.models import files, people
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

#: What a bundle of somebody's data hangs on: the person. Only whoever asked for it finds it, for a day.
BUNDLE: Final = "person"

#: What a file of an internal note hangs on: the ticket, but the owner does not find it.
INTERNAL: Final = "ticket.internal"

#: What the picture of a signature or a scanned slip hangs on: the ticket, for those who may open signatures.
SIGNATURE: Final = "ticket.signature"


async def insert(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store what a new file is."""
    await insert_rows(tx, files, [row])


async def find(tx: Tx, file_id: UUID) -> Row[Any] | None:
    """A file by id."""
    return await tx.one_or_none(select(files).where(files.c.org_id == tx.org_id, files.c.id == file_id))


async def waiting(tx: Tx, person_id: UUID) -> int:
    """How many files somebody uploaded and attached to nothing."""
    found: int = await tx.scalar(
        select(func.count()).where(
            files.c.org_id == tx.org_id, files.c.uploaded_by == person_id, files.c.state == "waiting"
        )
    )
    return found


async def locked(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    """Files by id, held until the commit, in one order so that two intakes wait for each other and never cross."""
    rows = await tx.rows(
        select(files)
        .where(files.c.org_id == tx.org_id, files.c.id.in_(sorted(ids)))
        .order_by(files.c.id)
        .with_for_update()
    )
    return {row.id: row for row in rows}


async def change(tx: Tx, ids: Sequence[UUID], values: Mapping[str, Any]) -> None:
    """Write new values and the next version of locked files."""
    await tx.execute(
        update(files)
        .where(files.c.org_id == tx.org_id, files.c.id.in_(sorted(ids)))
        .values(**values, version=files.c.version + 1, updated_at=tx.now)
    )


async def uploaded_by(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """What somebody uploaded and is still there."""
    c = files.c
    wanted = select(files).where(c.org_id == tx.org_id, c.uploaded_by == person_id, c.state != "removed")
    return await tx.rows(wanted.order_by(c.id))


async def loose_of(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Files of a person that no case needs: waiting for one, or a bundle of their data, whoever asked for it."""
    c = files.c
    bundle = and_(c.subject_kind == BUNDLE, c.subject_id == person_id)
    waiting = and_(c.state == "waiting", c.uploaded_by == person_id)
    wanted = select(files).where(c.org_id == tx.org_id, c.state != "removed", or_(bundle, waiting))
    return await tx.rows(wanted.order_by(c.id).with_for_update())


async def is_resident(tx: Tx, id: UUID) -> bool:
    """Whether somebody is a person of the register rather than an employee."""
    return await tx.scalar(select(people.c.id).where(people.c.org_id == tx.org_id, people.c.id == id)) is not None


async def count_on(tx: Tx, subject_id: UUID) -> int:
    """How many files hang on a thing."""
    c = files.c
    found: int = await tx.scalar(
        select(func.count()).where(c.org_id == tx.org_id, c.subject_id == subject_id, c.state == "attached")
    )
    return found
