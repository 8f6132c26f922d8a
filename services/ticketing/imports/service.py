"""What a caller asks of imports: a file taken in, its progress, its errors, its undo. The work itself is a job."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing import access
from services.ticketing.errors import ImportNotFinished, ImportNotUndoable, NoSuchImport, NoSuchResource
from services.ticketing.files.tasks import store_of
from services.ticketing.imports import parsing, repository
from services.ticketing.imports.resources import RESOURCES, Resource
from services.ticketing.personal.openings import opened
from services.ticketing.powers import POWERS
from shared.auth import Principal
from shared.auth.powers import require
from shared.db.tx import Tx
from shared.files.examine import safe_name
from shared.files.kinds import FileType
from shared.files.store import key_of
from shared.ids import uuid7
from shared.runtime import Runtime
from shared.tabular import Fault, Line, format_of
from shared.tabular.papers import by_row, corrections
from shared.tabular.reading import Format

RUN: Final = "import.run"
UNDO: Final = "import.undo"
EXPIRE: Final = "import.expire"
KEPT: Final = timedelta(days=30)
_MEDIA: Final[Mapping[Format, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
}


def resource_of(code: str, who: Principal) -> Resource:
    """What a table of this name is. Raises NoSuchResource, PowerMissing."""
    resource = RESOURCES.get(code)
    if resource is None:
        raise NoSuchResource(known=", ".join(RESOURCES))
    require(who, resource.power, POWERS)
    return resource


def key(org_id: UUID, import_id: UUID) -> str:
    """Where an import's file lies."""
    return key_of(org_id, import_id, "table")


async def begin(
    rt: Runtime, who: Principal, resource: Resource, source: str, mode: str, data: bytes, name: str | None
) -> Row[Any]:
    """Keep a file and have the worker import it.

    Raises:
        TableUnreadable, TableBomb, TableTooLarge, HeadingMissing: the file as a whole; nothing is kept then.
        StorageMissing: the object store is away.
    """
    format = await asyncio.to_thread(_look, data, resource)
    import_id = uuid7()
    store = store_of(rt)
    await store.put(key(who.org, import_id), data)
    try:
        async with rt.db.tx(who.org, actor_id=who.sub) as tx:
            await repository.insert(tx, _row(tx, who, import_id, resource, source, mode, data, name, format))
            tx.enqueue(RUN, {"import_id": str(import_id)})
            tx.set_timer(EXPIRE, import_id, tx.now + KEPT)
            told = {"resource": resource.table.code, "mode": mode, "sha256": hashlib.sha256(data).hexdigest()}
            tx.audit("import.requested", "import", import_id, after=told)
            row = await repository.find(tx, import_id)
    except BaseException:
        await store.delete(key(who.org, import_id))
        raise
    assert row is not None
    return row


def _look(data: bytes, resource: Resource) -> Format:
    """Refuse a file that is no table, or has not the headings, before anything is kept."""
    format = format_of(data)
    next(parsing.rows(data, format, resource), None)
    return format


def _row(
    tx: Tx,
    who: Principal,
    import_id: UUID,
    resource: Resource,
    source: str,
    mode: str,
    data: bytes,
    name: str | None,
    format: Format,
) -> dict[str, Any]:
    return {
        "id": import_id,
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "resource": resource.table.code,
        "source": source,
        "mode": mode,
        "state": "waiting",
        "name": safe_name(name, FileType(format, "document", _MEDIA[format], f".{format}")),
        "format": format,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "requested_by": who.sub,
        "caller": {
            "roles": sorted(who.roles),
            "units": sorted(map(str, who.units)),
            "scope": sorted(who.scope),
        },
        "rows": 0,
        "stored": 0,
        "created": 0,
        "updated": 0,
        "bad": 0,
        "kept_until": tx.now + KEPT,
    }


async def find(tx: Tx, who: Principal, import_id: UUID, *, lock: bool = False) -> Row[Any]:
    """An import of the caller's own; whoever sees the whole organisation sees all. Raises NoSuchImport."""
    row = await repository.find(tx, import_id, lock=lock)
    if row is None or (row.requested_by != who.sub and not access.sees_everything(tx, who)):
        raise NoSuchImport()
    require(who, RESOURCES[row.resource].power, POWERS)
    return row


async def page(tx: Tx, who: Principal, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Imports within reach, the newest first."""
    return await repository.page(tx, None if access.sees_everything(tx, who) else who.sub, after, limit)


async def ask_undo(tx: Tx, who: Principal, import_id: UUID) -> Row[Any]:
    """Have the worker put back what an import changed. Raises NoSuchImport, ImportNotUndoable."""
    row = await find(tx, who, import_id, lock=True)
    if row.state != "done" or row.mode == "check" or row.kept_until <= tx.now:
        raise ImportNotUndoable(state=row.state)
    await repository.change(tx, import_id, {"state": "undoing"})
    tx.enqueue(UNDO, {"import_id": str(import_id)})
    tx.audit("import.undo_requested", "import", import_id)
    again = await repository.find(tx, import_id)
    assert again is not None
    return again


async def corrected_file(rt: Runtime, who: Principal, import_id: UUID) -> tuple[str, bytes]:
    """The bad rows of an import as an xlsx to correct and send again; its name and content.

    Raises:
        NoSuchImport: unknown, or somebody else's.
        ImportNotFinished: still at work, or past the time files are kept.
    """
    async with rt.db.tx(who.org, actor_id=who.sub) as tx:
        row = await find(tx, who, import_id)
        if row.state in ("waiting", "running", "storing") or row.kept_until <= tx.now:
            raise ImportNotFinished()
        rows = await repository.faults_page(tx, import_id, None, None)
        if row.resource in ("people", "staff"):
            # Whoever sees the whole organisation finds other people's imports too: names and numbers in full.
            opened(tx, "import.corrections_opened", "import", import_id, person_id=None, reason=row.name)
    faults = [Fault(r.sheet, r.row, r.column, r.cell, r.zh, r.en) for r in rows]
    data = await store_of(rt).get(key(who.org, import_id))
    made = await asyncio.to_thread(_corrections, data, row.format, RESOURCES[row.resource], faults)
    return f"{row.name.rsplit('.', 1)[0]}-更正.xlsx", made


def _corrections(data: bytes, format: Format, resource: Resource, faults: Sequence[Fault]) -> bytes:
    wrong = by_row(faults)
    headings: dict[str, list[str]] = {}
    lines: dict[str, list[tuple[Line, Sequence[Fault]]]] = {}
    for parsed in parsing.rows(data, format, resource):
        found = wrong.get((parsed.sheet, parsed.line.number))
        if found is None:
            continue
        if parsed.sheet not in headings:
            width = 1 + max(index for index, _ in parsed.headings.values())
            texts = [""] * width
            for index, text in parsed.headings.values():
                texts[index] = text
            headings[parsed.sheet] = texts
        lines.setdefault(parsed.sheet, []).append((parsed.line, found))
    empty = [column.heading for column in resource.table.columns]
    return corrections([(name, headings[name], lines[name]) for name in lines] or [(resource.table.zh, empty, [])])
