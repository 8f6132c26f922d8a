"""The statements of imports."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, delete, func, select, update

from services.ticketing.models import import_changes, import_faults, imports, metadata
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.tabular import Fault


async def insert(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a new import."""
    await insert_rows(tx, imports, [row])


async def find(tx: Tx, import_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """An import by id; ``lock`` holds it until the commit."""
    wanted = select(imports).where(imports.c.org_id == tx.org_id, imports.c.id == import_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def page(tx: Tx, requested_by: UUID | None, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Imports, the newest first; of one person, or of all."""
    wanted = select(imports).where(imports.c.org_id == tx.org_id)
    if requested_by is not None:
        wanted = wanted.where(imports.c.requested_by == requested_by)
    if after is not None:
        wanted = wanted.where(imports.c.id < after)
    return await tx.rows(wanted.order_by(imports.c.id.desc()).limit(limit))


async def change(tx: Tx, import_id: UUID, values: Mapping[str, Any]) -> None:
    """Write new values and the next version."""
    await tx.execute(
        update(imports)
        .where(imports.c.org_id == tx.org_id, imports.c.id == import_id)
        .values(**values, version=imports.c.version + 1, updated_at=tx.now)
    )


async def add_faults(tx: Tx, import_id: UUID, faults: Sequence[Fault]) -> None:
    """Append errors in the order of the file."""
    rows = [
        {
            "id": uuid7(),
            "import_id": import_id,
            "sheet": fault.sheet[:80],
            "row": fault.row,
            "column": None if fault.column is None else fault.column[:80],
            "cell": fault.cell,
            "zh": fault.zh,
            "en": fault.en,
        }
        for fault in faults
    ]
    await insert_rows(tx, import_faults, rows)


async def faults_page(tx: Tx, import_id: UUID, after: UUID | None, limit: int | None) -> Sequence[Row[Any]]:
    """Errors in the order of the file."""
    c = import_faults.c
    wanted = select(import_faults).where(c.org_id == tx.org_id, c.import_id == import_id)
    if after is not None:
        wanted = wanted.where(c.id > after)
    return await tx.rows(wanted.order_by(c.id).limit(limit))


async def add_changes(tx: Tx, import_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """Remember rows that were made or changed."""
    await insert_rows(tx, import_changes, [{"id": uuid7(), "import_id": import_id, **row} for row in rows])


async def last_changes(tx: Tx, import_id: UUID, limit: int) -> Sequence[Row[Any]]:
    """The changes that were made last and are not undone yet."""
    c = import_changes.c
    return await tx.rows(
        select(import_changes)
        .where(c.org_id == tx.org_id, c.import_id == import_id)
        .order_by(c.id.desc())
        .limit(limit)
    )


async def drop_changes(tx: Tx, ids: Collection[UUID]) -> None:
    """Forget changes that were undone."""
    c = import_changes.c
    await tx.execute(delete(import_changes).where(c.org_id == tx.org_id, c.id.in_(sorted(ids))))


async def forget_person(tx: Tx, person_id: UUID) -> None:
    """What imports remember of an erased person goes."""
    c = import_changes.c
    await tx.execute(delete(import_changes).where(c.org_id == tx.org_id, c.entity_id == person_id))


async def clear(tx: Tx, import_id: UUID) -> None:
    """Errors and changes are past the time they are kept."""
    for table in (import_faults, import_changes):
        await tx.execute(delete(table).where(table.c.org_id == tx.org_id, table.c.import_id == import_id))


async def bad_rows(tx: Tx, import_id: UUID) -> int:
    """How many rows have errors."""
    c = import_faults.c
    found: int = await tx.scalar(
        select(func.count()).select_from(
            select(c.sheet, c.row).where(c.org_id == tx.org_id, c.import_id == import_id).distinct().subquery()
        )
    )
    return found


async def entities(tx: Tx, table: Table, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Rows of the register, locked in one order."""
    rows = await tx.rows(
        select(table)
        .where(table.c.org_id == tx.org_id, table.c.id.in_(sorted(ids)))
        .order_by(table.c.id)
        .with_for_update()
    )
    return {row.id: row for row in rows}


async def remove(tx: Tx, table: Table, ids: Collection[UUID]) -> None:
    """Take rows out of the register again."""
    await tx.execute(delete(table).where(table.c.org_id == tx.org_id, table.c.id.in_(sorted(ids))))


#: Columns by which other tables name a row of the register; a table that is added later is looked at by itself.
_NAMES = {
    "units": ("unit_id",),
    "people": ("person_id", "reporter_id", "signer_id", "merged_into", "used_by", "uploaded_by"),
    "staff": (
        *("person_id", "staff_id", "assignee_id", "handler_id", "recorded_by", "uploaded_by", "asked_by"),
        *("from_id", "to_id"),
    ),
    "relations": ("relation_id", "granted_by"),
    "shifts": ("shift_id",),
    "presences": (),
}
_NOT_LOOKED_AT = {"audit", "outbox", "person_keys", "import_changes"}


async def in_use(tx: Tx, resource: str, ids: Collection[UUID]) -> set[UUID]:
    """Of these rows, those that something else in this service names."""
    used: set[UUID] = set()
    for table in metadata.sorted_tables:
        if table.name in _NOT_LOOKED_AT or "org_id" not in table.c:
            continue
        for name in _NAMES[resource]:
            if name in table.c:
                column = table.c[name]
                wanted = select(column).where(table.c.org_id == tx.org_id, column.in_(sorted(ids)))
                rows = await tx.rows(wanted.distinct())
                used.update(row[0] for row in rows)
    return used


async def changes_of(tx: Tx, entity_id: UUID) -> Sequence[Row[Any]]:
    """What imports remember of a row of the register."""
    c = import_changes.c
    return await tx.rows(
        select(import_changes).where(c.org_id == tx.org_id, c.entity_id == entity_id).order_by(c.id)
    )
