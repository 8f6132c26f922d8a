"""Contents that go: the row says so in one transaction, the object store follows by a job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.db.tx import Tx
from shared.errors import Retryable
from shared.runtime import Job, Runtime

if TYPE_CHECKING:
    from shared.files import Store

REMOVE = "notice_proof.remove"


def store_of(rt: Runtime) -> Store:
    """The process's object store. Raises StorageMissing when none is configured."""
    from shared.files import open_store  # decoders of pictures: only where a file is at hand

    found: Any = rt.state.get("files")
    if found is None:
        found = rt.state["files"] = open_store(rt.settings.files_url)
    store: Store = found
    return store


def remove_later(tx: Tx, ids: Sequence[UUID]) -> None:
    """Have the contents of these proofs removed after the commit."""
    if ids:
        tx.enqueue(REMOVE, {"ids": [str(id) for id in ids]})


async def remove(rt: Runtime, job: Job) -> None:
    """Delete contents from the store; may run twice."""
    from shared.files import StorageMissing
    from shared.files.store import key_of

    try:
        await store_of(rt).delete(*(key_of(job.org_id, UUID(id)) for id in job.payload["ids"]))
    except StorageMissing as problem:
        raise Retryable("object store away") from problem
