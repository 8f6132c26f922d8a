"""The work of imports: chunk by chunk, each in a short transaction of its own, resumed where it stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Row

from services.ticketing.files.tasks import REMOVE, store_of
from services.ticketing.imports import parsing, repository
from services.ticketing.imports.parsing import Parsed
from services.ticketing.imports.resources import RESOURCES, Resource
from services.ticketing.imports.service import EXPIRE, RUN, UNDO, key
from services.ticketing.imports.undoing import undo
from services.ticketing.register.schemas import BulkOut
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import AppError, Permanent, Retryable
from shared.files.errors import FileGone, StorageMissing
from shared.runtime import Job, Runtime, Timer
from shared.tabular import Fault
from shared.tabular.columns import CellInvalid

CHUNK: Final = 500
#: How often the bad rows of a chunk are looked at again for errors that others hid.
_ROUNDS: Final = 3


class _Back(Exception):
    """Leaves a savepoint, so that what was tried in it is undone."""


async def run(rt: Runtime, job: Job) -> None:
    """Import a file. A second run goes on where the first stopped."""
    import_id = UUID(job.payload["import_id"])
    async with rt.db.read(job.org_id) as tx:
        row = await repository.find(tx, import_id)
    if row is None or row.state not in ("waiting", "running", "storing"):
        return
    try:
        data = await store_of(rt).get(key(job.org_id, import_id))
    except StorageMissing as problem:
        raise Retryable("object store away") from problem
    except FileGone as problem:
        raise Permanent("the file of the import is gone") from problem
    resource = RESOURCES[row.resource]
    try:
        if row.mode != "good" and row.state != "storing":
            await _walk(rt, job, row, resource, data, store=False)
            if not await _checked(rt, job.org_id, row):
                return
        await _walk(rt, job, row, resource, data, store=True)
    except AppError as problem:  # the file as a whole, found out only while it was walked
        async with rt.db.tx(job.org_id, actor_id=row.requested_by) as tx:
            told = {"zh": problem.sentence("zh"), "en": problem.sentence("en")}
            await repository.change(tx, import_id, {"state": "refused", "problem": told, "finished_at": tx.now})
        return
    await _finish(rt, job.org_id, row)


async def _checked(rt: Runtime, org_id: UUID, row: Row[Any]) -> bool:
    """Close a check, or go on to storing when there was nothing wrong; whether to go on."""
    async with rt.db.tx(org_id, actor_id=row.requested_by) as tx:
        bad = await repository.bad_rows(tx, row.id)
        if row.mode == "all" and not bad:
            await repository.change(tx, row.id, {"state": "storing", "rows": 0, "stored": 0})
            return True
        state = "done" if row.mode == "check" else "refused"
        await repository.change(tx, row.id, {"state": state, "bad": bad, "finished_at": tx.now})
    return False


async def _finish(rt: Runtime, org_id: UUID, row: Row[Any]) -> None:
    async with rt.db.tx(org_id, actor_id=row.requested_by) as tx:
        bad = await repository.bad_rows(tx, row.id)
        if row.mode == "all" and bad:
            # Somebody changed what rows refer to between check and storing: all or nothing means nothing.
            await repository.change(tx, row.id, {"state": "undoing", "bad": bad})
            tx.enqueue(UNDO, {"import_id": str(row.id), "then": "refused"})
            return
        counts = {"state": "done", "bad": bad, "finished_at": tx.now}
        await repository.change(tx, row.id, counts)
        tx.audit("import.done", "import", row.id, after={"bad": bad})


async def _walk(rt: Runtime, job: Job, row: Row[Any], resource: Resource, data: bytes, *, store: bool) -> None:
    async with rt.db.read(job.org_id) as tx:
        now = await repository.find(tx, row.id)
    assert now is not None
    lines = parsing.rows(data, row.format, resource)
    skipped = await asyncio.to_thread(_skip, lines, now.rows)
    state = "storing" if store else "running"
    while chunk := await asyncio.to_thread(_next, lines):  # the first call reads the whole file
        async with rt.db.tx(job.org_id, actor_id=row.requested_by, request_id=job.request_id) as tx:
            held = await repository.find(tx, row.id, lock=True)
            assert held is not None
            if held.rows != skipped or held.state not in ("waiting", "running", "storing"):
                # A worker whose lease ran out is still at it: come back later and see how far it got.
                raise Retryable("another worker is at this import")
            who = _caller(held)
            answer, faults = await _chunk(tx, who, resource, row.source, row.id, chunk, store=store)
            await repository.add_faults(tx, row.id, faults)
            skipped += len(chunk)
            counts: dict[str, Any] = {"state": state, "rows": skipped}
            if store:
                counts["stored"] = held.stored + answer.accepted
                counts["created"] = held.created + answer.created
                counts["updated"] = held.updated + answer.updated
            await repository.change(tx, row.id, counts)


def _skip(lines: Iterator[Parsed], count: int) -> int:
    return sum(1 for _ in islice(lines, count))


def _next(lines: Iterator[Parsed]) -> list[Parsed]:
    return list(islice(lines, CHUNK))


def _caller(row: Row[Any]) -> Principal:
    """Whoever asked, with what they might do then: an import may not do more than its request."""
    caller = row.caller
    return Principal(
        sub=row.requested_by,
        org=row.org_id,
        roles=frozenset(caller["roles"]),
        units=frozenset(map(UUID, caller["units"])),
        scope=frozenset(caller["scope"]),
    )


async def _chunk(
    tx: Tx, who: Principal, resource: Resource, source: str, import_id: UUID, chunk: Sequence[Parsed], *, store: bool
) -> tuple[BulkOut, list[Fault]]:
    """Store the good rows of a chunk, or only try; every error there is, in the order of the file."""
    faults: dict[int, list[Fault]] = {n: list(parsed.faults) for n, parsed in enumerate(chunk) if parsed.faults}
    clean = [n for n in range(len(chunk)) if n not in faults]
    before = len(tx.pending.audit)
    answer = BulkOut(accepted=0, created=0, updated=0, items=[], errors=[])
    if clean:
        items = [dict(chunk[n].values) for n in clean]
        if store:
            answer = await _bulk(tx, who, resource, source, items)
            await repository.add_changes(tx, import_id, await _changes(tx, resource, before))
        else:
            answer = await _tried(tx, who, resource, source, items)
        for error in answer.errors:
            n = clean[error.index]
            faults.setdefault(n, []).append(chunk[n].fault(error.path, error.message.zh, error.message.en))
    await _deepen(tx, who, resource, source, chunk, faults)
    return answer, [fault for n in sorted(faults) for fault in faults[n]]


async def _bulk(
    tx: Tx, who: Principal, resource: Resource, source: str, items: Sequence[Mapping[str, Any]]
) -> BulkOut:
    return await resource.run(tx, who, resource.bulk.model_validate({"source": source, "items": items}))


async def _tried(
    tx: Tx, who: Principal, resource: Resource, source: str, items: Sequence[Mapping[str, Any]]
) -> BulkOut:
    answer: BulkOut | None = None
    try:
        async with tx.savepoint():
            answer = await _bulk(tx, who, resource, source, items)
            raise _Back
    except _Back:
        assert answer is not None
        return answer


async def _deepen(
    tx: Tx,
    who: Principal,
    resource: Resource,
    source: str,
    chunk: Sequence[Parsed],
    faults: dict[int, list[Fault]],
) -> None:
    """Find the errors that a row's first error hid, so that nobody corrects a file cell by cell.

    The wrong cells are replaced by something that reads well, and the row is tried again, for nothing.
    """
    left = list(faults)
    for _ in range(_ROUNDS):
        if not left:
            return
        answer = await _tried(tx, who, resource, source, [_patched(resource, chunk[n], faults[n]) for n in left])
        again = []
        for error in answer.errors:
            n = left[error.index]
            fault = chunk[n].fault(error.path, error.message.zh, error.message.en)
            if fault.column is not None and fault.column not in {f.column for f in faults[n]}:
                faults[n].append(fault)
                again.append(n)
        left = sorted(set(again))


def _patched(resource: Resource, parsed: Parsed, faults: Sequence[Fault]) -> dict[str, Any]:
    wrong = {fault.column for fault in faults}
    values = dict(parsed.values)
    for column in resource.table.columns:
        heading = parsed.headings.get(column.key)
        if heading is None or heading[1] not in wrong:
            continue
        values.pop(column.key, None)
        if column.key == "external_id":
            values["external_id"] = uuid4().hex
        elif column.required:
            try:
                values[column.key] = column.read(column.example)
            except CellInvalid:
                values[column.key] = column.example
    return values


async def _changes(tx: Tx, resource: Resource, begin: int) -> list[dict[str, Any]]:
    """What the bulk import changed, as its own audit entries tell: row, version after, columns before."""
    entries = [entry for entry in tx.pending.audit[begin:] if entry["entity"] == resource.entity.name]
    rows = await repository.entities(tx, resource.entity.table, {entry["entity_id"] for entry in entries})
    found = []
    for entry in entries:
        created = entry["action"].endswith(".created")
        before = {**(entry["before"] or {}), **((entry["personal"] or {}).get("before") or {})}
        found.append(
            {
                "entity_id": entry["entity_id"],
                "version": rows[entry["entity_id"]].version,
                "before": None if created else before,
            }
        )
    return found


async def run_undo(rt: Runtime, job: Job) -> None:
    """Put back what an import changed; a second run goes on where the first stopped."""
    await undo(rt, job)


async def fire_expire(tx: Tx, timer: Timer) -> None:
    """Thirty days have passed: errors, changes and the file go; the counts stay."""
    row = await repository.find(tx, timer.subject_id, lock=True)
    if row is not None:
        await repository.clear(tx, row.id)
        tx.enqueue(REMOVE, {"keys": [key(tx.org_id, row.id)]})


TIMERS = {EXPIRE: fire_expire}
JOBS = {RUN: run, UNDO: run_undo}
