"""Routes in the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from services.notify.models import channel_routes
from shared.db.helpers import upsert_rows
from shared.db.tx import Tx
from shared.ids import uuid7


async def own(tx: Tx) -> dict[str, tuple[str, ...]]:
    """class -> channels in order, where the organisation said so itself."""
    r = channel_routes
    rows = await tx.rows(select(r.c.message_class, r.c.channels).where(r.c.org_id == tx.org_id))
    return {row.message_class: tuple(row.channels) for row in rows}


async def put(tx: Tx, message_class: str, channels: Sequence[str] | None) -> None:
    """Say over which channels a class goes; None: as the product has it."""
    r = channel_routes
    if channels is None:
        await tx.execute(delete(r).where(r.c.org_id == tx.org_id, r.c.message_class == message_class))
        return
    row = {
        "id": uuid7(),
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "message_class": message_class,
        "channels": list(channels),
    }
    await upsert_rows(tx, r, [row], keys=("org_id", "message_class"), update=("channels", "updated_at"))
