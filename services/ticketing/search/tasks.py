"""Documents of search, made of the things as they are now: by the service's own feed, and all anew by a job.

Reading the present row instead of the event makes an event that comes twice or late harmless, and a rebuild the same
work as the everyday.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.domain.bigrams import number_form
from services.ticketing.search import repository
from services.ticketing.search.marks import Hash, hasher, stored, stored_person
from services.ticketing.sessions.secrets import vault
from shared.contracts.envelope import Event
from shared.db.tx import Tx
from shared.runtime import Handler, Job, Runtime

REBUILD_JOB: Final = "search.rebuild"
REFRESH_JOB: Final = "search.refresh"
PAGE: Final = 500
_CHUNK: Final = 200

#: What changes the words of a thing. Who may see it is asked when somebody searches, so moves change nothing here.
_TYPES: Final = (
    *("ticket.created.v1", "ticket.plan_sent.v1", "ticket.completed.v1", "ticket.reopened.v1"),
    *("unit.upserted.v1", "building.upserted.v1", "community.upserted.v1"),
    *("person.upserted.v1", "person.erased.v1", "person.merged.v1"),
)


async def on_events(tx: Tx, events: Sequence[Event]) -> None:
    """Bring the documents of what changed up to what it is now."""
    changed: dict[str, set[UUID]] = {}
    for event in events:
        changed.setdefault(event.type.split(".")[0], set()).add(event.subject)
    for kind, ids in changed.items():
        await refresh(tx, tx.prepared[events[0].type], kind, ids)
    for kind in ("building", "community"):
        # A renamed house changes the words of its flats; a new one has none yet.
        renamed = sorted({e.subject for e in events if e.type.startswith(f"{kind}.") and e.seq > 1})
        for start in range(0, len(renamed), _CHUNK):
            chunk = [str(id) for id in renamed[start : start + _CHUNK]]
            tx.enqueue(REFRESH_JOB, {"below": kind, "ids": chunk})


async def _hash(rt: Runtime, org_id: UUID, events: Sequence[Event]) -> Hash:
    return hasher(vault(rt.settings.master_key))


HANDLERS: Final[Mapping[str, Handler]] = dict.fromkeys(_TYPES, on_events)
PREPARE: Final = dict.fromkeys(_TYPES, _hash)
"""A transaction does not know the installation's key, under which phone numbers are hashed."""


async def refresh(tx: Tx, hash: Hash, kind: str, ids: Collection[UUID]) -> None:
    """Make the documents of these things anew; of those that are no more, none is left."""
    rows = await repository.read(tx, kind, ids)
    make = _MADE[kind]
    await repository.store(tx, [make(tx.org_id, hash, row) for row in rows])
    await repository.drop(tx, set(ids) - {row.id for row in rows})


def _ticket(org: UUID, hash: Hash, row: Row[Any]) -> tuple[Any, ...]:
    contact = row.contact or {}
    words = stored(org, row.number, row.summary, row.detail, row.plan_text, row.result, row.unit, row.building)
    personal = stored_person(org, hash, contact.get("name"), contact.get("phone"))
    return (row.id, row.version, "ticket", row.community_id, number_form(row.number), words, personal)


def _unit(org: UUID, hash: Hash, row: Row[Any]) -> tuple[Any, ...]:
    words = stored(org, row.number, row.building, row.community)
    number = number_form(row.number) or None
    return (row.id, row.version, "unit", row.community_id, number, words, [])


def _building(org: UUID, hash: Hash, row: Row[Any]) -> tuple[Any, ...]:
    return (row.id, row.version, "building", row.community_id, None, stored(org, row.name, row.community), [])


def _community(org: UUID, hash: Hash, row: Row[Any]) -> tuple[Any, ...]:
    return (row.id, row.version, "community", row.id, None, stored(org, row.name, row.address), [])


def _person(org: UUID, hash: Hash, row: Row[Any]) -> tuple[Any, ...]:
    personal = [] if row.erased_at is not None else stored_person(org, hash, row.name, row.phone)
    return (row.id, row.version, "person", None, None, [], personal)


_MADE: Final = {
    "ticket": _ticket,
    "unit": _unit,
    "building": _building,
    "community": _community,
    "person": _person,
}


async def forget_person(tx: Tx, person_id: UUID, ticket_ids: Sequence[UUID]) -> None:
    """Take an erased person out of search in the same transaction, and once more after it.

    A reader of the feed that saw the person a moment before may store its document a moment after: the second time
    finds it, and versions keep it from coming back.
    """
    await repository.forget(tx, [person_id], wholly=True)
    await repository.forget(tx, ticket_ids, wholly=False)
    for kind, ids in (("person", [person_id]), ("ticket", list(ticket_ids))):
        for start in range(0, len(ids), _CHUNK):
            tx.enqueue(REFRESH_JOB, {"kind": kind, "ids": [str(id) for id in ids[start : start + _CHUNK]]})


async def refresh_some(rt: Runtime, job: Job) -> None:
    """Documents of named things, or of the units below named buildings or communities, in short transactions."""
    hash = hasher(vault(rt.settings.master_key))
    ids = [UUID(id) for id in job.payload["ids"]]
    if (below := job.payload.get("below")) is None:
        async with rt.db.tx(job.org_id) as tx:
            await refresh(tx, hash, job.payload["kind"], ids)
        return
    after: UUID | None = None
    while True:
        async with rt.db.tx(job.org_id) as tx:
            found = await repository.units_of(tx, f"{below}_id", ids, after, PAGE)
            await refresh(tx, hash, "unit", found)
        if len(found) < PAGE:
            return
        after = found[-1]


async def rebuild(rt: Runtime, job: Job) -> None:
    """All documents of an organisation anew, page by page; searching goes on meanwhile."""
    hash = hasher(vault(rt.settings.master_key))
    for kind in _MADE:
        after: UUID | None = None
        while True:
            async with rt.db.tx(job.org_id) as tx:
                found = await repository.ids_after(tx, kind, after, PAGE)
                await refresh(tx, hash, kind, found)
            if len(found) < PAGE:
                break
            after = found[-1]


JOBS: Final = {REBUILD_JOB: rebuild, REFRESH_JOB: refresh_some}
