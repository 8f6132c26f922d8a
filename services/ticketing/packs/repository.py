"""Statements on the packs of an organisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from services.ticketing.models import ticket_packs
from shared.db.helpers import upsert_rows
from shared.db.tx import Tx
from shared.ids import uuid7


async def is_on(tx: Tx, pack: str) -> bool:
    """Whether a pack is on."""
    c = ticket_packs.c
    found = await tx.scalar(select(c.switched_on).where(c.org_id == tx.org_id, c.pack == pack))
    return bool(found)


async def switched(tx: Tx) -> Sequence[Row[Any]]:
    """Every pack that anybody ever touched."""
    return await tx.rows(select(ticket_packs).where(ticket_packs.c.org_id == tx.org_id))


async def switch(tx: Tx, pack: str, on: bool) -> None:
    """Switch a pack on or off."""
    stamps = {"id": uuid7(), "version": 1, "created_at": tx.now, "updated_at": tx.now}
    row = {**stamps, "pack": pack, "switched_on": on, "set_by": tx.actor_id}
    keys = ["org_id", "pack"]
    await upsert_rows(tx, ticket_packs, [row], keys=keys, update=["switched_on", "set_by", "updated_at"])
