"""Looking up messages within one's scope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from services.notify.domain.delivery import State
from services.notify.errors import MayArriveTwice, NoSuchMessage, NothingToReplay, TextGone
from services.notify.messages import repository
from services.notify.register.repository import visible_communities
from services.notify.sending import claims
from services.notify.sending.repository import enqueue
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


async def replay(
    tx: Tx, who: Principal, message_id: UUID, *, channel: str | None, may_arrive_twice: bool
) -> tuple[Row[Any], list[Row[Any]], Sequence[Row[Any]]]:
    """Send one delivery of a message again: that of `channel`, or the last that did not arrive.

    Raises NoSuchMessage (404) outside the caller's scope; NothingToReplay, MayArriveTwice or TextGone (409).
    """
    row, found, _ = await get_message(tx, who, message_id)
    deliveries = await claims.loaded(tx, [d.id for d in found], lock=True)
    ended = [
        d for d in deliveries if d.state in (State.PARKED, State.FAILED, State.UNKNOWN) and channel in (None, d.channel)
    ]
    if not ended:
        raise NothingToReplay
    again = ended[-1]
    if again.title is None:
        raise TextGone
    # What is under way on another channel, or arrived by it, would be told a second time as well.
    elsewhere = any(d.state not in (State.PARKED, State.FAILED, State.DIGESTED, State.CANCELLED) for d in deliveries)
    if elsewhere and not may_arrive_twice:
        raise MayArriveTwice
    await claims.restart(tx, again.id)
    enqueue(tx, [again.id])
    tx.audit("message.replay", "message", message_id, before={"state": again.state}, after={"channel": again.channel})
    return row, await deliveries_again(tx, message_id), await repository.attempts_of(tx, message_id)


async def deliveries_again(tx: Tx, message_id: UUID) -> list[Row[Any]]:
    """A message's deliveries as they are now."""
    found = await repository.deliveries_of(tx, [message_id])
    return found.get(message_id, [])


async def statistics(tx: Tx, who: Principal) -> list[tuple[str, str, int]]:
    """Messages within the caller's scope by (channel, state)."""
    return await repository.counts(tx, await scope(tx, who))
