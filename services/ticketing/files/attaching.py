"""Hanging uploaded files on a thing: once, by whoever uploaded them, so that nobody attaches what is not theirs."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.ticketing.files import repository
from services.ticketing.files.tasks import UNATTACHED
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError


async def attach(
    tx: Tx, who: Principal, ids: Sequence[UUID], subject_kind: str, subject_id: UUID, *, path: str = "attachments"
) -> list[FieldError]:
    """Attach files; what is wrong with them, by position, and then none is attached.

    A file of somebody else, of another organisation, or attached elsewhere is "unknown" alike.
    """
    if not ids:
        return []
    found = await repository.locked(tx, ids)
    wrong = []
    for index, id in enumerate(ids):
        row = found.get(id)
        if id in ids[:index]:
            wrong.append(FieldError(f"{path}.{index}", "重复的文件", "This file is listed twice"))
        elif row is None or row.state != "waiting" or row.uploaded_by != who.sub:
            wrong.append(
                FieldError(
                    f"{path}.{index}",
                    "没有这个文件，或已被使用；请先上传再提交",
                    "There is no such file of yours waiting; upload it first",
                )
            )
    if wrong:
        return wrong
    values = {"state": "attached", "subject_kind": subject_kind, "subject_id": subject_id, "attached_at": tx.now}
    await repository.change(tx, ids, values)
    for id in ids:
        tx.cancel_timer(UNATTACHED, id)
    return []
