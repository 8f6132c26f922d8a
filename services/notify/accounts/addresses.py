"""The accounts of people, as telling and sending need them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, select

from services.notify.models import accounts
from shared.db.tx import Tx

#: Between the addresses of one kind, where a person has several (devices).
SEPARATOR = "\n"


async def addresses_of(tx: Tx, people: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    """person -> kind -> address; those that exist no more are left out."""
    if not people:
        return {}
    a = accounts
    rows = await tx.rows(
        select(a.c.person_id, a.c.kind, a.c.address, a.c.sealed)
        .where(a.c.org_id == tx.org_id, a.c.person_id.in_(people), a.c.disabled_at.is_(None))
        .order_by(a.c.id)
    )
    secret = await opened(tx, rows)
    found: dict[UUID, dict[str, str]] = {}
    for row in rows:
        address = row.address if row.sealed is None else secret.get(row.address)
        if address is None:
            continue
        mine = found.setdefault(row.person_id, {})
        mine[row.kind] = f"{mine[row.kind]}{SEPARATOR}{address}" if row.kind in mine else address
    return found


async def opened(tx: Tx, rows: Sequence[Row[Any]]) -> dict[str, str]:
    """hash -> address, as JSON, of those among these accounts that are kept sealed; without those whose person's key
    was destroyed."""
    sealed = [row for row in rows if row.sealed is not None]
    told = await tx.vault.open(tx, [(row.person_id, bytes(row.sealed)) for row in sealed]) if sealed else []
    return {
        row.address: orjson.dumps(value).decode() for row, value in zip(sealed, told, strict=True) if value is not None
    }
