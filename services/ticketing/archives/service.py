"""Owner files in bulk, and what erasure leaves of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row as DbRow

from services.ticketing import access
from services.ticketing.archives import repository
from services.ticketing.archives.schemas import ArchiveIn, ArchivesBulk
from services.ticketing.domain.archives import missing_fields
from services.ticketing.errors import NoSuchArchive
from services.ticketing.models import archives, people, units
from services.ticketing.people.repository import hidden_people, visible_communities
from services.ticketing.personal.openings import opened
from services.ticketing.register.bulk import Batch, Change, Draft, Entity, Fault, store, unknown_reference
from services.ticketing.register.repository import by_references, one
from services.ticketing.register.schemas import BulkOut
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import LostUpdate
from shared.ids import uuid7

#: The most files one event lists, so that no event grows with the community.
EVENT_CHUNK = 200
#: Fields of a file that say who somebody is; the rest tells of the house.
_PERSONAL_FIELDS = frozenset({"name", "contact", "family"})

OTHER_UNIT: Fault = (
    "unit",
    "该档案已属于另一房屋，不能改到别的房屋",
    "This file belongs to another unit and cannot move",
)
UNIT_TAKEN: Fault = (
    "unit",
    "该房屋已有业主档案（外部编号不同）",
    "This unit has an owner file already, under another external id",
)
UNEXPLAINED: Fault = (
    "reason",
    "档案已存在，变更须说明原因",
    "The file is there already: say why it changes",
)
UNIT_TWICE: Fault = (
    "unit",
    "同一请求中该房屋出现了两份档案，只保存了第一份",
    "The request has two files for this unit; the first one was stored",
)

ARCHIVE = Entity(
    "archive",
    archives,
    ("unit_id", "community_id", "person_id", "fields", "missing"),
    event=None,
    personal=("fields",),  # row: D-079 what a change said is for those with the key alone, with its author
    person=lambda change: change.values["person_id"] or change.id,
)


async def bulk_archives(tx: Tx, who: Principal, body: ArchivesBulk) -> BulkOut:
    """Store owner files, one per unit; what a file lacks is noted, not refused (C-073, C-075)."""
    batch: Batch[ArchiveIn] = Batch(body)
    homes = await by_references(tx, units, batch.source, {item.unit for _, item in batch.rows})
    visible = await visible_communities(tx, who, {row.community_id for row in homes.values()})
    persons = await by_references(
        tx, people, batch.source, {item.person for _, item in batch.rows if item.person is not None}
    )
    hidden = await hidden_people(tx, who, {row.id for row in persons.values()})
    filed = await repository.of_units(tx, {row.id for row in homes.values()})
    drafts: list[Draft] = []
    seen: set[UUID] = set()
    for index, item in batch.rows:
        home = homes.get(item.unit)
        if home is None or home.community_id not in visible:
            batch.refuse(index, item.external_id, unknown_reference("unit", item.unit))
            continue
        owner = None if item.person is None else persons.get(item.person)
        if item.person is not None and (owner is None or owner.id in hidden or owner.erased_at is not None):
            batch.refuse(index, item.external_id, unknown_reference("person", item.person))
            continue
        other = filed.get(home.id)
        # row: C-075 one file per household
        if other is not None and (other.source, other.external_id) != (batch.source, item.external_id):
            batch.refuse(index, item.external_id, UNIT_TAKEN)
            continue
        if home.id in seen:
            batch.refuse(index, item.external_id, UNIT_TWICE)
            continue
        seen.add(home.id)
        values = {
            "unit_id": home.id,
            "community_id": home.community_id,
            "person_id": None if owner is None else owner.id,
            "fields": item.fields,
            "missing": list(missing_fields(item.fields)),
        }
        drafts.append(Draft(index, item.external_id, values, reason=item.reason))
    await store(tx, ARCHIVE, batch, drafts, _may_change)
    # row: G-001, C-078 the paper of a file that changed is no longer in line with it
    await repository.paper_outdated(tx, [change.id for change in batch.updated])
    _say_upserted(tx, [*batch.created, *batch.updated])
    return batch.answer()


def _may_change(row: DbRow[Any], draft: Draft) -> Fault | None:
    if row.unit_id != draft.values["unit_id"]:
        return OTHER_UNIT
    changed = any(getattr(row, name) != value for name, value in draft.values.items())
    # row: G-013, C-081 nobody changes a file without saying why; who and when stand beside it
    return UNEXPLAINED if changed and draft.reason is None else None


def _say_upserted(tx: Tx, changes: Sequence[Change]) -> None:
    """The register of files, community by community, in events of at most 200 files."""
    by_community: Mapping[UUID, list[Change]] = defaultdict(list)
    for change in changes:
        by_community[change.values["community_id"]].append(change)
    for community_id, group in sorted(by_community.items()):
        batch_id = uuid7()
        for number, start in enumerate(range(0, len(group), EVENT_CHUNK), 1):
            tx.emit(
                "archive.upserted.v1",
                subject=batch_id,
                seq=number,
                community_id=community_id,
                data={
                    "files": [
                        {"file_id": str(change.id), "unit_id": str(change.values["unit_id"])}
                        for change in group[start : start + EVENT_CHUNK]
                    ]
                },
            )


async def file(tx: Tx, who: Principal, file_id: UUID) -> DbRow[Any]:
    """One owner file within the caller's reach.

    Raises:
        NoSuchArchive: unknown, or outside of it.
    """
    row = await one(
        tx, archives, file_id, access.within_reach(tx, who, community_column=archives.c.community_id)
    )
    if row is None:
        raise NoSuchArchive()
    return row


async def open_file(tx: Tx, who: Principal, file_id: UUID, reason: str) -> DbRow[Any]:
    """One owner file to be read in full; who opened it, when and why is recorded (D-075, C-087).

    Raises:
        NoSuchArchive: unknown, or outside the caller's reach.
    """
    row = await file(tx, who, file_id)
    # row: C-087, D-075, G-010 who opened it, when and why
    opened(tx, "archive.opened", "archive", row.id, person_id=row.person_id, reason=reason)
    return row


async def paper(tx: Tx, who: Principal, file_id: UUID, place: str, version: int | None) -> DbRow[Any]:
    """Stamp that the paper file says what the electronic one says now.

    Raises:
        NoSuchArchive: unknown, or outside the caller's reach. LostUpdate: it changed since it was read.
    """
    await file(tx, who, file_id)
    row = await repository.locked(tx, file_id)
    assert row is not None  # it was there a moment ago, and files are never deleted
    if version is not None and version != row.version:
        raise LostUpdate()
    # row: G-001, C-078 where the paper lies, which version it says, since when
    await repository.paper_stamped(tx, row, place)
    tx.audit("archive.paper_in_line", "archive", row.id, after={"place": place, "version": row.version})
    return await file(tx, who, file_id)


async def forget_person(tx: Tx, person_id: UUID) -> None:
    """Take an erased person's own fields out of the owner files that hold them; the house's history stays."""
    for row in await repository.of_person(tx, person_id):
        left = {name: value for name, value in row.fields.items() if name not in _PERSONAL_FIELDS}
        await repository.blank(tx, row, left, missing_fields(left))
        tx.audit("archive.person_erased", "archive", row.id)
