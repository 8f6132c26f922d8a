"""Looking up messages within one's scope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from services.notify.errors import NoSuchMessage
from services.notify.messages import repository
from services.notify.register.repository import visible_communities
from shared.auth import Principal
from shared.db.tx import Tx
from shared.http.routing import PageQuery


async def communities_of(tx: Tx, who: Principal) -> list[UUID]:
    """The communities whose events a member of staff may follow in the change feed."""
    return await visible_communities(tx, who.units)


async def scope(tx: Tx, who: Principal) -> list[UUID] | None:
    """The communities whose messages the caller may see; None for the whole organisation."""
    if who.kind == "service" or who.org in who.units:
        return None
    return await communities_of(tx, who)


async def list_messages(
    tx: Tx, who: Principal, page: PageQuery, **filters: Any
) -> tuple[Sequence[Row[Any]], dict[UUID, list[Row[Any]]]]:
    """Messages within the caller's scope, newest first, with their deliveries by message."""
    rows = await repository.page(
        tx,
        communities=await scope(tx, who),
        before=page.after.uuid() if page.after else None,
        updated_after=page.updated_after,
        limit=page.limit,
        **filters,
    )
    return rows, await repository.deliveries_of(tx, [row.id for row in rows])


async def get_message(tx: Tx, who: Principal, message_id: UUID) -> tuple[Row[Any], list[Row[Any]], Sequence[Row[Any]]]:
    """A message with its deliveries and attempts; NoSuchMessage (404) outside the caller's scope."""
    row = await repository.one(tx, message_id, await scope(tx, who))
    if row is None:
        raise NoSuchMessage
    found = await repository.deliveries_of(tx, [row.id])
    return row, found.get(row.id, []), await repository.attempts_of(tx, message_id)


async def statistics(tx: Tx, who: Principal) -> list[tuple[str, str, int]]:
    """Messages within the caller's scope by (channel, state)."""
    return await repository.counts(tx, await scope(tx, who))
