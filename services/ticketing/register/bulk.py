"""Bulk import by ``(source, external_id)``: set-based, repeatable, an error for each bad row and none for the others.

A slice turns good rows into :class:`Draft` rows (references resolved, scope checked) and :func:`store` does the rest:
one look-up, one insert, one pipelined update; unchanged rows keep their version and say nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic
from uuid import UUID

from sqlalchemy import Row as DbRow
from sqlalchemy import Table

from services.ticketing.register import repository
from services.ticketing.register.schemas import BadRow, Bulk, BulkErrorOut, BulkItemOut, BulkOut, RowT
from shared.db.tx import Tx
from shared.http.schemas import Text
from shared.ids import uuid7

Fault = tuple[str, str, str]  # path, Chinese, English

LISTED_TWICE: Fault = (
    "external_id",
    "同一请求中出现了重复的外部编号，只采用第一行",
    "This external id is listed twice in the request; only its first row is taken",
)


def unknown_reference(path: str, text: str) -> Fault:
    """The fault of naming a row that is not there, or not within the caller's reach; which of the two is not told."""
    return (path, f"没有找到 {text}，或不在您的管理范围内", f"There is no {text} within your reach")


@dataclass(frozen=True)
class Entity:
    """A table of the register as bulk import sees it.

    ``event`` makes the data and the community of ``<name>.upserted.v1``; None where the slice tells of its changes
    itself. ``personal`` columns are audited encrypted, under the key of the person that ``person`` names.
    """

    name: str
    table: Table
    columns: tuple[str, ...]
    event: Callable[[UUID, int, Mapping[str, Any]], tuple[dict[str, Any], UUID | None]] | None
    personal: tuple[str, ...] = ()
    person: Callable[[Change], UUID] = lambda change: change.id


@dataclass(slots=True)
class Draft:
    """A row as it should be stored. ``id`` is used when the row is new."""

    index: int
    external_id: str
    values: dict[str, Any]
    id: UUID = field(default_factory=uuid7)
    reason: str | None = None  # why it changes, where that is asked for


@dataclass(frozen=True, slots=True)
class Change:
    """A row that was made or changed: its version after it, all its columns, and what it was before (None: new)."""

    id: UUID
    version: int
    values: Mapping[str, Any]
    before: Mapping[str, Any] | None
    reason: str | None = None


class Batch(Generic[RowT]):
    """The rows of one request and what became of them."""

    def __init__(self, bulk: Bulk[RowT]) -> None:
        self.source = bulk.source
        self.rows: list[tuple[int, RowT]] = []
        self.ids: dict[str, UUID] = {}
        self.created: list[Change] = []
        self.updated: list[Change] = []
        self._errors: list[BulkErrorOut] = []
        seen: set[str] = set()
        for index, row in enumerate(bulk.items):
            if isinstance(row, BadRow):  # put there by the schema's lenient validator
                for fault in row.faults:
                    self._refuse(index, row.external_id, fault)
            elif row.external_id in seen:
                self._refuse(index, row.external_id, LISTED_TWICE)
            else:
                seen.add(row.external_id)
                self.rows.append((index, row))

    def refuse(self, index: int, external_id: str, fault: Fault) -> None:
        """Report a row instead of storing it."""
        self._refuse(index, external_id, fault)

    def _refuse(self, index: int, external_id: str | None, fault: Fault) -> None:
        path, zh, en = fault
        self._errors.append(
            BulkErrorOut(index=index, external_id=external_id, path=path, message=Text(zh=zh, en=en))
        )

    def answer(self) -> BulkOut:
        """The response: stored rows in the order of their external ids' first appearance, errors by index."""
        return BulkOut(
            accepted=len(self.ids),
            created=len(self.created),
            updated=len(self.updated),
            items=[
                BulkItemOut(external_id=row.external_id, id=self.ids[row.external_id])
                for _, row in self.rows
                if row.external_id in self.ids
            ],
            errors=sorted(self._errors, key=lambda error: error.index),
        )


Guard = Callable[[DbRow[Any], Draft], Fault | None]


async def store(
    tx: Tx, entity: Entity, batch: Batch[Any], drafts: Sequence[Draft], guard: Guard | None = None
) -> None:
    """Insert or change the drafts, with their events and audit entries.

    ``guard`` looks at a stored row before it is changed and may refuse: rows outside the caller's scope, columns that
    never change.
    """
    table, source = entity.table, batch.source
    wanted = {draft.external_id: draft for draft in drafts}
    stored = await repository.locked(tx, table, source, wanted)
    new = [draft for external_id, draft in wanted.items() if external_id not in stored]
    if new:
        inserted = await repository.insert_new(tx, table, [_inserted(tx, source, draft) for draft in new])
        for draft in new:
            if draft.external_id in inserted:
                batch.ids[draft.external_id] = draft.id
                batch.created.append(Change(draft.id, 1, draft.values, None))
        # Rows that a concurrent import inserted between our look-up and our insert: theirs now, to be compared.
        stored |= await repository.locked(tx, table, source, wanted.keys() - stored.keys() - inserted)
    for external_id, row in stored.items():
        draft = wanted[external_id]
        fault = guard(row, draft) if guard is not None else None
        if fault is not None:
            batch.refuse(draft.index, external_id, fault)
            continue
        batch.ids[external_id] = row.id
        before = {name: getattr(row, name) for name in entity.columns}
        if before != draft.values:
            batch.updated.append(Change(row.id, row.version + 1, draft.values, before, draft.reason))
    await write_changes(tx, entity, batch.updated)
    announce(tx, entity, batch.created)
    announce(tx, entity, batch.updated)


async def write_changes(tx: Tx, entity: Entity, changes: Sequence[Change]) -> None:
    """Store the new columns and versions of changed rows."""
    await repository.update_rows(
        tx,
        entity.table,
        entity.columns,
        [{**change.values, "id": change.id, "version": change.version, "updated_at": tx.now} for change in changes],
    )


def announce(tx: Tx, entity: Entity, changes: Sequence[Change]) -> None:
    """The event and the audit entry of each change; personal columns go into the encrypted part alone."""
    for change in changes:
        if entity.event is not None:
            data, community_id = entity.event(change.id, change.version, change.values)
            tx.emit(
                f"{entity.name}.upserted.v1",
                subject=change.id,
                seq=change.version,
                data=data,
                community_id=community_id,
            )
        before, after = _difference(change)
        personal: dict[str, Any] | None = None
        if entity.personal:
            personal = {
                "before": {k: v for k, v in before.items() if k in entity.personal},
                "after": {k: v for k, v in after.items() if k in entity.personal},
            }
            before = {k: v for k, v in before.items() if k not in entity.personal}
            after = {k: v for k, v in after.items() if k not in entity.personal}
        if change.reason is not None:
            after = {**after, "reason": change.reason}
        tx.audit(
            f"{entity.name}.{'created' if change.before is None else 'updated'}",
            entity.name,
            change.id,
            before=before or None,
            after=after,
            person_id=entity.person(change) if personal is not None else None,
            personal=personal,
        )


def _inserted(tx: Tx, source: str, draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "source": source,
        "external_id": draft.external_id,
        **draft.values,
    }


def _difference(change: Change) -> tuple[dict[str, Any], dict[str, Any]]:
    if change.before is None:
        return {}, dict(change.values)
    names = [name for name, value in change.values.items() if change.before[name] != value]
    return {n: change.before[n] for n in names}, {n: change.values[n] for n in names}
