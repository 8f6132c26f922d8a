"""Undoing an import: changed rows get back what they were, new rows go, unless somebody needs them by now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Column, Date, DateTime, Numeric, Row, Uuid

from services.ticketing.imports import repository
from services.ticketing.imports.resources import RESOURCES, Resource
from services.ticketing.register.bulk import Change, announce, write_changes
from shared.db.tx import Tx
from shared.runtime import Job, Runtime

CHUNK: Final = 200


async def undo(rt: Runtime, job: Job) -> None:
    """Undo in chunks, the last change first; what was undone is forgotten in the same transaction."""
    import_id = UUID(job.payload["import_id"])
    then = job.payload.get("then", "undone")
    while True:
        async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
            row = await repository.find(tx, import_id, lock=True)
            if row is None or row.state != "undoing":
                return
            tx.actor_id = row.requested_by
            changes = await repository.last_changes(tx, import_id, CHUNK)
            if not changes:
                done = {"state": then, "finished_at": tx.now}
                if then == "refused":
                    done |= {"stored": 0, "created": 0, "updated": 0}
                await repository.change(tx, import_id, done)
                tx.audit(f"import.{then}", "import", import_id, after=row.undo)
                return
            counts = dict(row.undo or {"restored": 0, "removed": 0, "kept": 0})
            for name, number in (await _chunk(tx, RESOURCES[row.resource], changes)).items():
                counts[name] += number
            await repository.drop_changes(tx, [change.id for change in changes])
            await repository.change(tx, import_id, {"undo": counts})


async def _chunk(tx: Tx, resource: Resource, changes: Sequence[Row[Any]]) -> dict[str, int]:
    entity = resource.entity
    found = await repository.entities(tx, entity.table, {change.entity_id for change in changes})
    # A row that moved on since is somebody else's by now.
    mine = [c for c in changes if c.entity_id in found and found[c.entity_id].version == c.version]
    made = {c.entity_id for c in mine if c.before is None}
    used = await repository.in_use(tx, resource.table.code, made) if made else set()
    restored = [
        _restored(resource, found[c.entity_id], c.before) for c in mine if c.before is not None
    ]
    await write_changes(tx, entity, restored)
    announce(tx, entity, restored)
    removed = made - used
    for id in sorted(removed):
        _farewell(tx, resource, found[id])
    if removed:
        await repository.remove(tx, entity.table, removed)
    return {"restored": len(restored), "removed": len(removed), "kept": len(changes) - len(restored) - len(removed)}


def _restored(resource: Resource, row: Row[Any], before: Mapping[str, Any]) -> Change:
    entity = resource.entity
    now = {name: getattr(row, name) for name in entity.columns}
    was = {name: typed(entity.table.c[name], value) for name, value in before.items()}
    return Change(row.id, row.version + 1, {**now, **was}, now)


def _farewell(tx: Tx, resource: Resource, row: Row[Any]) -> None:
    """Tell peers of a row that goes: the same row without effect; of people, that their data is gone."""
    entity = resource.entity
    values = resource.parting({name: getattr(row, name) for name in entity.columns})
    if entity.event is None:
        tx.audit(f"{entity.name}.removed", entity.name, row.id, before={"external_id": row.external_id})
        return
    data, community_id = entity.event(row.id, row.version + 1, values)
    if entity.personal:
        tx.emit("person.erased.v1", subject=row.id, seq=row.version + 1, data={})
    if entity.name != "person":
        seq = row.version + 1
        tx.emit(f"{entity.name}.upserted.v1", subject=row.id, seq=seq, data=data, community_id=community_id)
    tx.audit(f"{entity.name}.removed", entity.name, row.id, before={"external_id": row.external_id})


def typed(column: Column[Any], value: Any) -> Any:
    """A value from JSON as its column wants it."""
    if value is None:
        return None
    kind: Any = column.type
    if isinstance(kind, ARRAY):
        return [UUID(item) for item in value] if isinstance(kind.item_type, Uuid) else list(value)
    if isinstance(kind, Uuid):
        return UUID(value)
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Numeric):
        return Decimal(value)
    return value
