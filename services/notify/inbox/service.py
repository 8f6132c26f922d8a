"""Reading one's own messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from services.notify.errors import NoSuchMessage
from services.notify.inbox import repository
from shared.auth import Principal
from shared.db.tx import Tx
from shared.http.routing import PageQuery


async def list_inbox(tx: Tx, who: Principal, page: PageQuery, *, unread: bool | None) -> Sequence[Row[Any]]:
    """The caller's own messages, newest first."""
    return await repository.page(
        tx,
        who.sub,
        unread=unread,
        before=page.after.uuid() if page.after else None,
        updated_after=page.updated_after,
        limit=page.limit,
    )


async def read(tx: Tx, who: Principal, message_id: UUID) -> Row[Any]:
    """Mark one of the caller's own messages as read; NoSuchMessage (404) for any other."""
    await repository.mark_read(tx, who.sub, message_id)
    row = await repository.entry(tx, who.sub, message_id)
    if row is None:
        raise NoSuchMessage
    return row


async def unread(tx: Tx, who: Principal) -> int:
    """How many of the caller's messages are not read."""
    return await repository.unread(tx, who.sub)


async def read_several(tx: Tx, who: Principal, ids: Sequence[UUID] | None) -> int:
    """Mark these of the caller's messages as read, or all; how many are left."""
    await repository.mark_several(tx, who.sub, ids)
    return await repository.unread(tx, who.sub)
