"""Tickets that have some words, the newest first, for lists with filters of their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row

from services.ticketing import access
from services.ticketing.search import repository
from services.ticketing.search.marks import wanted
from shared.auth import Principal
from shared.db.tx import Tx

#: The newest things with the words are looked at in growing steps, until the filters have let a page through.
FIRST_STEP: Final = 200
GROWTH: Final = 4
LAST_STEP: Final = 12_800
#: The newest of their own tickets in which a resident searches.
OWN: Final = 1000

Read = Callable[[Sequence[UUID]], Awaitable[Sequence[Row[Any]]]]


async def find_worded(
    tx: Tx,
    who: Principal,
    q: str,
    conditions: Sequence[ColumnElement[bool]],
    read: Read,
    after: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Up to ``limit`` rows below ``after``. ``read`` applies the list's conditions, the caller's reach among them."""
    words = wanted(tx.org_id, q)
    if words is None:
        return []
    if who.is_resident:
        # Few tickets are theirs: those are looked through, not the whole organisation's words.
        own = await repository.own_tickets(tx, conditions, after, OWN)
        ids = sorted(await repository.own_hits(tx, words, own), reverse=True)[:limit]
        return await read(ids)
    communities = await seen_communities(tx, who, None)
    found: list[Row[Any]] = []
    step = FIRST_STEP
    while len(found) < limit:
        hits = await repository.hits(
            tx, words=words, personal=None, kinds=["ticket"], communities=communities, below=after, most=step
        )
        found += await read([id for id, _ in hits])
        if len(hits) < step:
            break
        after, step = hits[-1][0], min(step * GROWTH, LAST_STEP)
    return found[:limit]


async def seen_communities(tx: Tx, who: Principal, community_id: UUID | None) -> Sequence[UUID] | None:
    """The communities to look in; None for all. It saves reading rows: what is answered is asked for again by reach."""
    if community_id is not None:
        return [community_id]
    return None if access.sees_everything(tx, who) else await repository.communities_under(tx, who)
