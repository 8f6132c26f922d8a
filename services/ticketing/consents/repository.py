"""Statements on notices and consents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from services.ticketing.domain.consents import Decision, Edition
from services.ticketing.models import consents, notices
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

n = notices.c
c = consents.c


async def page(tx: Tx, purpose: str | None, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Notices in the order of publication."""
    wanted = select(notices).where(n.org_id == tx.org_id)
    if purpose is not None:
        wanted = wanted.where(n.purpose == purpose)
    if after is not None:
        wanted = wanted.where(n.id > after)
    return await tx.rows(wanted.order_by(n.id).limit(limit))


async def notice(tx: Tx, id: UUID) -> Row[Any] | None:
    """One notice."""
    return await tx.one_or_none(select(notices).where(n.org_id == tx.org_id, n.id == id))


async def editions(tx: Tx) -> list[Edition]:
    """Every edition, without its text."""
    rows = await tx.rows(select(n.id, n.purpose, n.edition, n.effective_from).where(n.org_id == tx.org_id))
    return [Edition(row.id, row.purpose, row.edition, row.effective_from) for row in rows]


async def next_edition(tx: Tx, purpose: str) -> int:
    """The number after the highest; two who publish at once collide on the unique key, and one tries again."""
    last = await tx.scalar(select(func.max(n.edition)).where(n.org_id == tx.org_id, n.purpose == purpose))
    return (last or 0) + 1


async def add_notice(tx: Tx, row: Mapping[str, Any]) -> UUID:
    """Store an edition; its id."""
    id = uuid7()
    stamped = {"id": id, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, notices, [{**stamped, **row}])
    return id


async def of_person(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Everything somebody agreed to or took back, in the order in which they decided, however late it was entered."""
    wanted = select(consents).where(c.org_id == tx.org_id, c.person_id == person_id)
    return await tx.rows(wanted.order_by(c.decided_at, c.id))


def decision(row: Row[Any]) -> Decision:
    """A stored consent as the rules know it."""
    return Decision(row.purpose, row.edition, row.given, row.decided_at, row.channel)


async def add(tx: Tx, row: Mapping[str, Any]) -> Row[Any]:
    """Append a consent or its withdrawal."""
    id = uuid7()
    await insert_rows(tx, consents, [{"id": id, "recorded_at": tx.now, "recorded_by": tx.actor_id, **row}])
    found = await tx.one_or_none(select(consents).where(c.org_id == tx.org_id, c.id == id))
    assert found is not None  # inserted above
    return found
