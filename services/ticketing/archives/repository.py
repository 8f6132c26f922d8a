"""Statements on owner files and their checks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, or_, select, update

from services.ticketing.models import archive_check_items, archive_checks, archives
from services.ticketing.register.repository import paged
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.http.paging import PageQuery

a = archives.c


async def of_units(tx: Tx, unit_ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """The files of these units, by unit."""
    if not unit_ids:
        return {}
    rows = await tx.rows(select(archives).where(a.org_id == tx.org_id, a.unit_id.in_(sorted(unit_ids))))
    return {row.unit_id: row for row in rows}


async def files_checked(
    tx: Tx, community_id: UUID, unit_ids: Collection[UUID], file_ids: Collection[UUID]
) -> Sequence[Row[Any]]:
    """The files of a community named by unit or by themselves, locked in one order."""
    return await tx.rows(
        select(a.id, a.unit_id, a.last_checked_at)
        .where(
            a.org_id == tx.org_id,
            a.community_id == community_id,
            or_(a.unit_id.in_(sorted(unit_ids)), a.id.in_(sorted(file_ids))),
        )
        .order_by(a.id)
        .with_for_update(key_share=True)
    )


async def add_check(tx: Tx, check: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> None:
    """Store a check and what it found."""
    stamped = {"version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, archive_checks, [{**stamped, **check}])
    await insert_rows(tx, archive_check_items, [{"check_id": check["id"], **item} for item in items])


async def note_last_check(
    tx: Tx, check_id: UUID, checked_at: datetime, items: Sequence[Mapping[str, Any]]
) -> None:
    """Let the files know their last check; a check entered late does not replace one made after it (AMB-113)."""
    if not items:
        return
    await tx.execute(
        update(archives)
        .where(
            a.org_id == bindparam("b_org"),
            a.id == bindparam("b_id"),
            or_(a.last_checked_at.is_(None), a.last_checked_at <= bindparam("b_at")),
        )
        .values(
            last_checked_at=bindparam("b_at"),
            last_check_id=bindparam("b_check"),
            last_complete=bindparam("b_complete"),
            last_up_to_date=bindparam("b_fresh"),
            version=a.version + 1,
            updated_at=bindparam("b_now"),
        ),
        [
            {
                "b_org": tx.org_id,
                "b_id": item["file_id"],
                "b_at": checked_at,
                "b_check": check_id,
                "b_complete": item["complete"],
                "b_fresh": item["up_to_date"],
                "b_now": tx.now,
            }
            for item in items
        ],
    )


async def checks(tx: Tx, conditions: Sequence[ColumnElement[bool]], page: PageQuery) -> Sequence[Row[Any]]:
    """Checks that fulfil the conditions, in the order of their making."""
    wanted = select(archive_checks).where(archive_checks.c.org_id == tx.org_id, *conditions)
    return await tx.rows(paged(wanted, archive_checks, page))


async def check_items(tx: Tx, check_id: UUID, page: PageQuery) -> Sequence[Row[Any]]:
    """What a check found, in the order of the files."""
    c = archive_check_items.c
    wanted = select(archive_check_items).where(c.org_id == tx.org_id, c.check_id == check_id)
    if page.after is not None:
        wanted = wanted.where(c.file_id > page.after.uuid("file_id"))
    return await tx.rows(wanted.order_by(c.file_id).limit(page.limit + 1))


async def locked(tx: Tx, file_id: UUID) -> Row[Any] | None:
    """One file, held until the commit."""
    wanted = select(archives).where(a.org_id == tx.org_id, a.id == file_id)
    return await tx.one_or_none(wanted.with_for_update(key_share=True))


async def paper_outdated(tx: Tx, ids: Collection[UUID]) -> None:
    """The paper of these files says no longer what they say; of those that were in line."""
    await tx.execute(
        update(archives)
        .where(a.org_id == tx.org_id, a.id.in_(sorted(ids)), a.paper_in_sync.is_(True))
        .values(paper_in_sync=False, updated_at=tx.now)
    )


async def paper_stamped(tx: Tx, row: Row[Any], place: str) -> None:
    """The paper of a locked file is in line with it."""
    await tx.execute(
        update(archives)
        .where(a.org_id == tx.org_id, a.id == row.id)
        .values(
            paper_place=place,
            paper_version=row.version,
            paper_at=tx.now,
            paper_by=tx.actor_id,
            paper_in_sync=True,
            version=row.version + 1,
            updated_at=tx.now,
        )
    )


async def of_person(tx: Tx, person_id: UUID, *, lock: bool = True) -> Sequence[Row[Any]]:
    """The files that hold a person's fields; ``lock`` holds them until the commit."""
    wanted = select(archives).where(a.org_id == tx.org_id, a.person_id == person_id).order_by(a.id)
    return await tx.rows(wanted.with_for_update(key_share=True) if lock else wanted)


async def blank(tx: Tx, row: Row[Any], fields: Mapping[str, Any], missing: Sequence[str]) -> None:
    """Store what is left of a file after its person was erased."""
    await tx.execute(
        update(archives)
        .where(a.org_id == tx.org_id, a.id == row.id)
        .values(
            fields=dict(fields),
            missing=list(missing),
            paper_in_sync=None if row.paper_in_sync is None else False,
            version=row.version + 1,
            updated_at=tx.now,
        )
    )
