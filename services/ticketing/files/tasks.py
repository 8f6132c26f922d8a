"""Files that nobody attached go after a day: the row says so in one transaction, the contents follow by a job."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.ticketing.files import repository
from shared.db.tx import Tx
from shared.errors import Retryable
from shared.files.errors import StorageMissing
from shared.files.store import Store, key_of, open_store
from shared.runtime import Job, Runtime, Timer

UNATTACHED = "file.unattached"
REMOVE = "file.remove"
KEPT_WAITING = timedelta(hours=24)


def store_of(rt: Runtime) -> Store:
    """The process's object store. Raises StorageMissing when none is configured."""
    store = rt.state.get("files")
    if not isinstance(store, Store):
        store = rt.state["files"] = open_store(rt.settings.files_url)
    return store


async def fire_unattached(tx: Tx, timer: Timer) -> None:
    """A day has passed: a file that still waits, or a bundle of somebody's data, is removed."""
    rows = await repository.locked(tx, [timer.subject_id])
    row = rows.get(timer.subject_id)
    if row is not None and (row.state == "waiting" or row.subject_kind == repository.BUNDLE):
        await repository.change(tx, [row.id], {"state": "removed"})
        tx.enqueue(REMOVE, {"keys": keys(tx.org_id, row.id)})


def keys(org_id: UUID, file_id: UUID) -> list[str]:
    """Every object of a file."""
    return [key_of(org_id, file_id), key_of(org_id, file_id, "thumbnail")]


async def remove(rt: Runtime, job: Job) -> None:
    """Delete objects from the store; may run twice."""
    try:
        await store_of(rt).delete(*job.payload["keys"])
    except StorageMissing as problem:
        raise Retryable("object store away") from problem


TIMERS = {UNATTACHED: fire_unattached}
JOBS = {REMOVE: remove}
