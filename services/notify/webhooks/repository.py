"""Webhooks in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.engine import Row

from services.notify.domain.webhooks import Delivery
from services.notify.models import ref_communities, webhook_attempts, webhook_deliveries, webhooks
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

#: Rows of one statement: a statement takes at most 32,767 values.
_AT_ONCE: Final = 1000


def _stamp(tx: Tx) -> dict[str, Any]:
    return {"version": 1, "created_at": tx.now, "updated_at": tx.now}


async def add(tx: Tx, values: Mapping[str, Any]) -> None:
    """Store a new subscription."""
    await insert_rows(tx, webhooks, [{**_stamp(tx), **values}])


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write a subscription anew, as its next version."""
    w = webhooks
    await tx.execute(
        update(w)
        .where(w.c.org_id == tx.org_id, w.c.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, **values)
    )


def _living(tx: Tx, owner: UUID | None) -> Select[Any]:
    w = webhooks
    found = select(w).where(w.c.org_id == tx.org_id, w.c.ended_at.is_(None))
    return found if owner is None else found.where(w.c.owner_id == owner)


async def one(tx: Tx, webhook_id: UUID, owner: UUID | None, *, lock: bool = False) -> Row[Any] | None:
    """A subscription that has not ended, of `owner` or (None) of anybody."""
    wanted = _living(tx, owner).where(webhooks.c.id == webhook_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def page(tx: Tx, owner: UUID | None, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Subscriptions that have not ended, the newest first."""
    wanted = _living(tx, owner).order_by(webhooks.c.id.desc()).limit(limit)
    return await tx.rows(wanted if before is None else wanted.where(webhooks.c.id < before))


async def count(tx: Tx) -> int:
    """How many subscriptions there are that have not ended."""
    return len(await tx.rows(_living(tx, None).with_only_columns(webhooks.c.id)))


async def enabled(tx: Tx) -> Sequence[Row[Any]]:
    """What the subscriptions that are switched on want."""
    w = webhooks
    return await tx.rows(
        select(w.c.id, w.c.events, w.c.scope).where(
            w.c.org_id == tx.org_id, w.c.ended_at.is_(None), w.c.enabled.is_(True)
        )
    )


async def paths(tx: Tx, communities: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The org units above these communities, as far as they are known."""
    c = ref_communities
    if not communities:
        return {}
    rows = await tx.rows(select(c.c.id, c.c.path).where(c.c.org_id == tx.org_id, c.c.id.in_(communities)))
    return {row.id: list(row.path) for row in rows}


async def covered(tx: Tx, place: UUID) -> set[UUID]:
    """The communities that an id of a community or org unit means."""
    c = ref_communities
    rows = await tx.rows(
        select(c.c.id).where(c.c.org_id == tx.org_id, (c.c.id == place) | c.c.path.contains([place]))
    )
    return {row.id for row in rows}


async def offer(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """Store what is to be brought; the ids of those that were not there yet."""
    if not rows:
        return []
    fixed = {"org_id": tx.org_id, "state": Delivery.WAITING, "attempts": 0, "next_at": None, "last_status": None}
    fresh: list[UUID] = []
    for start in range(0, len(rows), _AT_ONCE):
        found = await tx.execute(
            pg_insert(webhook_deliveries)
            .values([{**_stamp(tx), **fixed, **row} for row in rows[start : start + _AT_ONCE]])
            .on_conflict_do_nothing()
            .returning(webhook_deliveries.c.id)
        )
        fresh += found.scalars()
    return fresh


async def delivery(tx: Tx, delivery_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """One delivery."""
    d = webhook_deliveries
    wanted = select(d).where(d.c.org_id == tx.org_id, d.c.id == delivery_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def set_delivery(tx: Tx, delivery_id: UUID, values: Mapping[str, Any]) -> None:
    """Say where a delivery stands."""
    d = webhook_deliveries
    await tx.execute(
        update(d)
        .where(d.c.org_id == tx.org_id, d.c.id == delivery_id)
        .values(version=d.c.version + 1, updated_at=tx.now, **values)
    )


async def stop(tx: Tx, webhook_id: UUID) -> None:
    """What waits for a subscription that was switched off waits no more; it can be sent again from the log."""
    d = webhook_deliveries
    await tx.execute(
        update(d)
        .where(d.c.org_id == tx.org_id, d.c.webhook_id == webhook_id, d.c.state == Delivery.WAITING)
        .values(state=Delivery.STOPPED, next_at=None, version=d.c.version + 1, updated_at=tx.now)
    )


async def log(
    tx: Tx, webhook_id: UUID, *, state: str | None, event_type: str | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """The deliveries of a subscription, the newest first."""
    d = webhook_deliveries
    wanted = select(d).where(d.c.org_id == tx.org_id, d.c.webhook_id == webhook_id)
    if state is not None:
        wanted = wanted.where(d.c.state == state)
    if event_type is not None:
        wanted = wanted.where(d.c.event_type == event_type)
    if before is not None:
        wanted = wanted.where(d.c.id < before)
    return await tx.rows(wanted.order_by(d.c.id.desc()).limit(limit))


async def add_attempt(tx: Tx, values: Mapping[str, Any]) -> None:
    """Write down one attempt."""
    await insert_rows(tx, webhook_attempts, [values])


async def attempts_of(tx: Tx, deliveries: Collection[UUID]) -> dict[UUID, list[Row[Any]]]:
    """The attempts at these deliveries, in order, by delivery."""
    a = webhook_attempts
    found: dict[UUID, list[Row[Any]]] = {}
    if deliveries:
        wanted = select(a).where(a.c.org_id == tx.org_id, a.c.delivery_id.in_(deliveries)).order_by(a.c.id)
        for row in await tx.rows(wanted):
            found.setdefault(row.delivery_id, []).append(row)
    return found


async def prune(tx: Tx, before: datetime, most: int) -> int:
    """Forget deliveries of before an instant that wait for nothing, with their attempts; how many."""
    d, a = webhook_deliveries, webhook_attempts
    rows = await tx.rows(
        select(d.c.id)
        .where(d.c.org_id == tx.org_id, d.c.created_at < before, d.c.state != Delivery.WAITING)
        .limit(most)
    )
    ids = [row.id for row in rows]
    if ids:
        await tx.execute(delete(a).where(a.c.org_id == tx.org_id, a.c.delivery_id.in_(ids)))
        await tx.execute(delete(d).where(d.c.org_id == tx.org_id, d.c.id.in_(ids)))
    return len(ids)
