"""Uploads, who may see a file, and links to it. The store is outside every transaction."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.bindings import service as bindings
from services.ticketing.domain.ticket_errors import NoSuchTicket
from services.ticketing.errors import NoSuchFile, TooManyWaiting
from services.ticketing.files import repository
from services.ticketing.files.schemas import FileLinks, FileOut
from services.ticketing.files.tasks import KEPT_WAITING, REMOVE, UNATTACHED, keys, store_of
from services.ticketing.personal.openings import opened
from services.ticketing.powers import POWERS
from services.ticketing.sampling import service as sampling
from services.ticketing.surveys import service as surveys
from services.ticketing.tickets import service as tickets
from services.ticketing.tickets.persons import signers_of_file
from shared import clock
from shared.auth import Principal
from shared.auth.powers import has_power
from shared.db.tx import Tx
from shared.errors import NotFound
from shared.files import Accepted, Examined, Links, examine
from shared.files.links import LIFETIME
from shared.files.store import key_of
from shared.ids import uuid7
from shared.runtime import Runtime

ACCEPTED: Final = Accepted()
MOST_WAITING: Final = 50


async def _internal(tx: Tx, who: Principal, ticket_id: UUID) -> Row[Any]:
    if who.is_resident:
        raise NoSuchTicket()
    return await tickets.find(tx, who, ticket_id)


async def _signature(tx: Tx, who: Principal, ticket_id: UUID) -> Row[Any]:
    # row: G-010 strokes are as personal as the number one opens
    if not has_power(who, "ticket.contact", POWERS):
        raise NoSuchTicket()
    return await tickets.find(tx, who, ticket_id)


#: What files hang on: whoever sees it sees them.
_SEES: Final[Mapping[str, Callable[[Tx, Principal, UUID], Awaitable[Any]]]] = {
    "ticket": tickets.find,
    "survey": surveys.scan,
    "third_party_survey": sampling.survey,
    "staff_sample": sampling.sample,
    bindings.SUBJECT: bindings.find,
    repository.INTERNAL: _internal,
    repository.SIGNATURE: _signature,
}

#: Pictures decoded side by side in one process: each may take 200 MB for a moment.
_DECODING = asyncio.Semaphore(2)


async def upload(rt: Runtime, who: Principal, data: bytes, name: str | None) -> Row[Any]:
    """Check, clean and keep a file that waits to be attached.

    Raises:
        FileTooLarge, FileTypeRefused, FileDamaged: the content.
        TooManyWaiting: the caller has too many files that are attached to nothing.
        StorageMissing: the object store is away.
    """
    async with rt.db.read(who.org) as tx:
        if await repository.waiting(tx, who.sub) >= MOST_WAITING:
            raise TooManyWaiting(most=MOST_WAITING)
    async with _DECODING:
        file = await asyncio.to_thread(examine, data, name, ACCEPTED)
    file_id = uuid7()
    store = store_of(rt)
    await store.put(key_of(who.org, file_id), file.data)
    if file.thumbnail is not None:
        await store.put(key_of(who.org, file_id, "thumbnail"), file.thumbnail)
    try:
        async with rt.db.tx(who.org, actor_id=who.sub) as tx:
            await repository.insert(tx, _row(tx, who, file_id, file))
            tx.set_timer(UNATTACHED, file_id, tx.now + KEPT_WAITING)
            told = {"sha256": file.sha256, "media_type": file.type.media_type}
            tx.audit("file.uploaded", "file", file_id, after=told)
            row = await repository.find(tx, file_id)
    except BaseException:
        await store.delete(*keys(who.org, file_id))  # nothing names these objects
        raise
    assert row is not None
    return row


def _row(tx: Tx, who: Principal, file_id: UUID, file: Examined) -> dict[str, Any]:
    return {
        "id": file_id,
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "state": "waiting",
        "kind": file.type.kind,
        "media_type": file.type.media_type,
        "name": file.name,
        "size": len(file.data),
        "sha256": file.sha256,
        "source_sha256": file.source_sha256,
        "width": file.width,
        "height": file.height,
        "thumbnail": file.thumbnail is not None,
        "uploaded_by": who.sub,
    }


async def add_bundle(tx: Tx, who: Principal, file_id: UUID, person_id: UUID, name: str, data: bytes) -> Row[Any]:
    """Register a bundle of a person's data, whose content is in the store already; it goes after a day."""
    digest = hashlib.sha256(data).hexdigest()
    row = {
        "id": file_id,
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "state": "attached",
        "kind": "document",
        "media_type": "application/zip",
        "name": name,
        "size": len(data),
        "sha256": digest,
        "source_sha256": digest,
        "width": None,
        "height": None,
        "thumbnail": False,
        "uploaded_by": who.sub,
        "subject_kind": repository.BUNDLE,
        "subject_id": person_id,
        "attached_at": tx.now,
    }
    await repository.insert(tx, row)
    tx.set_timer(UNATTACHED, file_id, tx.now + KEPT_WAITING)
    found = await repository.find(tx, file_id)
    assert found is not None
    return found


async def drop(tx: Tx, ids: Sequence[UUID]) -> None:
    """Remove locked files; their contents follow by a job."""
    if not ids:
        return
    await repository.change(tx, ids, {"state": "removed"})
    tx.enqueue(REMOVE, {"keys": [key for id in ids for key in keys(tx.org_id, id)]})


async def find(tx: Tx, who: Principal, file_id: UUID) -> Row[Any]:
    """A file within the caller's reach: while it waits the uploader's own, then of whoever sees what it hangs on.

    Raises:
        NoSuchFile: unknown, removed, or outside the caller's reach.
    """
    row = await repository.find(tx, file_id)
    if row is None or row.state == "removed":
        raise NoSuchFile()
    if row.state == "waiting" or row.subject_kind == repository.BUNDLE:
        if row.uploaded_by != who.sub:
            raise NoSuchFile()
        return row
    try:
        await _SEES[row.subject_kind](tx, who, row.subject_id)
    except NotFound as problem:
        raise NoSuchFile() from problem
    return row


async def note_opening(tx: Tx, who: Principal, row: Row[Any]) -> None:
    """Record that staff take links to what a resident sent: voices and homes are personal data too (D-075)."""
    if who.is_resident or who.kind == "service":
        return
    if row.subject_kind == repository.SIGNATURE:
        for person_id in await signers_of_file(tx, row.id):
            opened(tx, "ticket.signature_opened", "file", row.id, person_id=person_id, reason="signature file")
        return
    if row.uploaded_by == who.sub:
        return
    if await repository.is_resident(tx, row.uploaded_by):
        opened(tx, "file.opened", "file", row.id, person_id=row.uploaded_by, reason=f"{row.subject_kind} file")


def links(signer: Links, row: Row[Any]) -> FileLinks:
    """Links to a file's content and thumbnail, from now for ten minutes of machine time."""
    now = clock.wall()
    base = f"/ticketing/v1/files/{row.id}/content?"
    return FileLinks(
        content=base + signer.query(row.org_id, row.id, "original", now),
        thumbnail=base + signer.query(row.org_id, row.id, "thumbnail", now) if row.thumbnail else None,
        expires_at=now + LIFETIME,
    )


def present(signer: Links, row: Row[Any]) -> FileOut:
    """A stored file with its links."""
    same = (name for name in FileOut.model_fields if name != "links")
    return FileOut(**{name: getattr(row, name) for name in same}, links=links(signer, row))
