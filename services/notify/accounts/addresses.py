"""The accounts of people, as telling and sending need them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from services.notify.models import accounts
from shared.db.tx import Tx

#: Between the addresses of one kind, where a person has several (devices).
SEPARATOR = "\n"


async def addresses_of(tx: Tx, people: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    """person -> kind -> address; those that exist no more are left out."""
    if not people:
        return {}
    a = accounts
    found: dict[UUID, dict[str, str]] = {}
    for row in await tx.rows(
        select(a.c.person_id, a.c.kind, a.c.address)
        .where(a.c.org_id == tx.org_id, a.c.person_id.in_(people), a.c.disabled_at.is_(None))
        .order_by(a.c.id)
    ):
        mine = found.setdefault(row.person_id, {})
        mine[row.kind] = f"{mine[row.kind]}{SEPARATOR}{row.address}" if row.kind in mine else row.address
    return found
