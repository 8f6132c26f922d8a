"""Proofs of service: checked by content, cleaned, kept in the object store, read again by whoever sees the notice.

The store is network: content first, then one transaction that says it is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.billing.dunning.errors import NoSuchProof, TooManyProofs
from services.billing.notices import service as notices
from services.billing.proofs import repository
from services.billing.proofs.tasks import store_of
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.runtime import Runtime

MOST: Final = 20
#: Pictures decoded side by side in one process: each may take 200 MB for a moment.
_DECODING = asyncio.Semaphore(1)


async def upload(
    rt: Runtime, who: Principal, notice_id: UUID, data: bytes, name: str | None, request_id: str
) -> Row[Any]:
    """Keep a proof of a notice; the same content again is the first one.

    Raises:
        NoSuchNotice: outside the caller's scope. TooManyProofs: it has twenty (409).
        FileTooLarge, FileTypeRefused, FileDamaged: the content. StorageMissing: the object store is away.
    """
    from shared.files import examine
    from shared.files.store import key_of

    async with rt.db.read(who.org) as tx:
        await notices.get(tx, who, notice_id)
    async with _DECODING:
        file = await asyncio.to_thread(examine, data, name)
    proof_id, store = uuid7(), store_of(rt)
    key = key_of(who.org, proof_id)
    await store.put(key, file.data)
    try:
        async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id) as tx:
            await notices.get(tx, who, notice_id, lock=True)
            earlier = await repository.same(tx, notice_id, file.source_sha256)
            if earlier is None:
                if await repository.count(tx, notice_id) >= MOST:
                    raise TooManyProofs(most=MOST)
                values = {
                    "id": proof_id,
                    "notice_id": notice_id,
                    "kind": file.type.kind,
                    "media_type": file.type.media_type,
                    "name": file.name,
                    "size": len(file.data),
                    "sha256": file.sha256,
                    "source_sha256": file.source_sha256,
                    "uploaded_by": who.sub,
                }
                await repository.add(tx, values)
                tx.audit("dunning_notice.proof_added", "dunning_notice", notice_id, after={"sha256": file.sha256})
            row = earlier if earlier is not None else await repository.find(tx, notice_id, proof_id)
    except BaseException:
        await store.delete(key)  # nothing names this object
        raise
    assert row is not None  # stored above
    if row.id != proof_id:
        await store.delete(key)
    return row


async def of_notice(tx: Tx, who: Principal, notice_id: UUID) -> Sequence[Row[Any]]:
    """The proofs of a notice, in the order in which they came. Raises NoSuchNotice."""
    await notices.get(tx, who, notice_id)
    return await repository.of_notices(tx, [notice_id])


async def opened(tx: Tx, who: Principal, notice_id: UUID, proof_id: UUID) -> Row[Any]:
    """A proof that is about to be read, which is recorded: a signature or a door is personal data too (D-075).

    Raises:
        NoSuchNotice: outside the caller's scope. NoSuchProof: the notice has none of this id, or its content is gone.
    """
    await notices.get(tx, who, notice_id)
    row = await repository.find(tx, notice_id, proof_id)
    if row is None or row.state != repository.KEPT:
        raise NoSuchProof()
    tx.audit("dunning_notice.proof_opened", "dunning_notice", notice_id, after={"proof_id": proof_id})
    return row
