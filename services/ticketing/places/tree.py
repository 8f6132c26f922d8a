"""Org units in bulk: parents anywhere in the request, no circles, and every path below a moved unit moved with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row as DbRow

from services.ticketing.domain import tree
from services.ticketing.errors import NoSuchOrgUnit
from services.ticketing.models import communities, org_units
from services.ticketing.places import repository
from services.ticketing.places.schemas import OrgUnitIn, OrgUnitsBulk
from services.ticketing.policies.assigning import assign
from services.ticketing.register.bulk import (
    Batch,
    Change,
    Draft,
    Entity,
    Fault,
    announce,
    store,
    unknown_reference,
    write_changes,
)
from services.ticketing.register.schemas import BulkOut
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7

CIRCLE: Fault = (
    "parent",
    "上级组织会形成循环：一个组织不能位于自己之下",
    "The parent would make a circle: an org unit cannot stand below itself",
)


def _org_unit_event(id: UUID, version: int, values: Mapping[str, Any]) -> tuple[dict[str, Any], UUID | None]:
    return (
        {
            "name": values["name"],
            "kind": values["kind"],
            "parent_id": None if values["parent_id"] is None else str(values["parent_id"]),
            "path": [str(step) for step in values["path"]],
        },
        None,
    )


def _community_event(id: UUID, version: int, values: Mapping[str, Any]) -> tuple[dict[str, Any], UUID | None]:
    return (
        {
            "name": values["name"],
            "path": [str(step) for step in values["path"]],
            "timezone": values["timezone"],
            "external_id": values["external_id"],
        },
        id,
    )


ORG_UNIT = Entity("org_unit", org_units, ("name", "kind", "parent_id", "path"), _org_unit_event)
COMMUNITY = Entity(
    "community",
    communities,
    ("name", "org_unit_id", "path", "timezone", "address", "external_id"),
    _community_event,
)


class _Plan:
    """The tree as it would be with the request's rows, refusing row by row what cannot be."""

    def __init__(
        self, tx: Tx, who: Principal, batch: Batch[OrgUnitIn], stored: Mapping[UUID, DbRow[Any]]
    ) -> None:
        self.tx, self.who, self.batch, self.stored = tx, who, batch, stored
        self.named = {row.external_id: id for id, row in stored.items() if row.source == batch.source}
        self.rows = {
            self.named.get(item.external_id) or uuid7(): (index, item) for index, item in batch.rows
        }
        self.in_request = {item.external_id: id for id, (_, item) in self.rows.items()}

    def refuse(self, id: UUID, fault: Fault) -> None:
        index, item = self.rows.pop(id)
        self.batch.refuse(index, item.external_id, fault)
        if id not in self.stored:
            del self.in_request[item.external_id]

    def parent(self, item: OrgUnitIn) -> UUID | None:
        """The id of a row's parent, or None when there is no such org unit."""
        if item.parent is None:
            return self.tx.org_id
        found = self.in_request.get(item.parent) or self.named.get(item.parent)
        if found is not None:
            return found
        try:
            id = UUID(item.parent)
        except ValueError:
            return None
        return id if id in self.stored else None

    def parents(self) -> dict[UUID, UUID | None]:
        """Every org unit's parent; refuses rows whose parent is unknown until none is left."""
        while True:
            links: dict[UUID, UUID | None] = {id: row.parent_id for id, row in self.stored.items()}
            lost = []
            for id, (_, item) in self.rows.items():
                parent = self.parent(item)
                if parent is None:
                    lost.append((id, item.parent or ""))
                else:
                    links[id] = parent
            if not lost:
                return links
            for id, text in lost:
                self.refuse(id, unknown_reference("parent", text))

    def paths(self) -> tuple[dict[UUID, UUID | None], dict[UUID, tuple[UUID, ...]]]:
        """The tree's links and paths, without circles and without rows outside the caller's reach."""
        while True:
            links = self.parents()
            try:
                found = tree.paths(links)
            except tree.Cycle as circle:
                # Only rows of the request can have closed the circle: the stored tree has none.
                for id in circle.members & self.rows.keys():
                    self.refuse(id, CIRCLE)
                continue
            outside = [id for id in self.rows if not self._within_reach(id, found)]
            if not outside:
                return links, found
            for id in outside:
                _, item = self.rows[id]
                self.refuse(id, unknown_reference("parent", item.parent or item.external_id))

    def _within_reach(self, id: UUID, paths: Mapping[UUID, tuple[UUID, ...]]) -> bool:
        # Neither may something be put where the caller sees nothing, nor be taken from there. A unit's own id counts
        # for what it was only: one's own top unit can be renamed, but not hung elsewhere.
        old = self.stored.get(id)
        if old is not None and not self.who.sees(old.path):
            return False
        moved = old is None or tuple(old.path[:-1]) != paths[id][:-1]
        return not moved or self.who.sees(paths[id][:-1])


async def bulk_org_units(tx: Tx, who: Principal, body: OrgUnitsBulk) -> BulkOut:
    """Store org units; whatever hangs below a moved one gets its new path, and says so by events.

    Raises:
        NoSuchOrgUnit: the organisation itself was never made (``steward org create``).
    """
    batch: Batch[OrgUnitIn] = Batch(body)
    if not await repository.lock_tree(tx):
        raise NoSuchOrgUnit()
    stored = await repository.whole_tree(tx)
    plan = _Plan(tx, who, batch, stored)
    links, paths = plan.paths()
    drafts = [
        Draft(
            index,
            item.external_id,
            {"name": item.name, "kind": item.kind, "parent_id": links[id], "path": list(paths[id])},
            id,
        )
        for id, (index, item) in plan.rows.items()
    ]
    await store(tx, ORG_UNIT, batch, drafts)
    await _move_below(tx, stored, paths, plan.rows.keys() & stored.keys())
    return batch.answer()


async def _move_below(
    tx: Tx,
    stored: Mapping[UUID, DbRow[Any]],
    paths: Mapping[UUID, tuple[UUID, ...]],
    written: set[UUID],
) -> None:
    """Give everything below a moved org unit its new path: org units first, then communities."""
    moved = {id for id, row in stored.items() if tuple(row.path) != paths[id]}
    if not moved:
        return
    org_changes = [
        _with_path(stored[id], ORG_UNIT, paths[id]) for id in sorted(moved - written, key=lambda i: len(paths[i]))
    ]
    await write_changes(tx, ORG_UNIT, org_changes)
    announce(tx, ORG_UNIT, org_changes)
    rows = await repository.communities_of(tx, moved)
    changes = [_with_path(row, COMMUNITY, paths[row.org_unit_id]) for row in rows]
    await write_changes(tx, COMMUNITY, changes)
    announce(tx, COMMUNITY, changes)
    await assign(tx, ids=[change.id for change in changes])


def _with_path(row: DbRow[Any], entity: Entity, path: tuple[UUID, ...]) -> Change:
    before = {name: getattr(row, name) for name in entity.columns}
    return Change(row.id, row.version + 1, {**before, "path": list(path)}, before)
