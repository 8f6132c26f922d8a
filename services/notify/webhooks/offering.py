"""Events met with subscriptions, in the transaction that applies them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import orjson

from services.notify.domain.webhooks import ALL, wants, within
from services.notify.webhooks import repository
from shared.contracts.envelope import Event
from shared.contracts.events import event_types
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.runtime import Handler, Runtime

#: The job that brings one event to one subscription.
JOB = "webhook"


@cache
def types_of(source: str) -> frozenset[str]:
    """Every event type of a service."""
    return frozenset(name for name, event in event_types().items() if event.source == source)


async def wanted_types(rt: Runtime, org_id: UUID, source: str) -> set[str]:
    """The event types of a service that an organisation's subscriptions ask for."""
    async with rt.db.read(org_id) as tx:
        asked = {name for row in await repository.enabled(tx) for name in row.events}
    return set(types_of(source)) if ALL in asked else asked & types_of(source)


def body_of(event: Event) -> str:
    """What is brought: the event as the change feed has it, in the form that Standard Webhooks recommends."""
    at = event.occurred_at.isoformat().replace("+00:00", "Z")
    told: dict[str, Any] = {
        "type": event.type,
        "timestamp": at,
        "data": {
            "id": str(event.id),
            "source": event.source,
            "org_id": str(event.org_id),
            "community_id": None if event.community_id is None else str(event.community_id),
            "subject": str(event.subject),
            "seq": event.seq,
            "position": event.position,
            "occurred_at": at,
            "recorded_at": event.recorded_at.isoformat().replace("+00:00", "Z"),
            "data": event.data,
        },
    }
    return orjson.dumps(told).decode()


async def offer(tx: Tx, events: Sequence[Event]) -> None:
    """Queue these events for whoever subscribed to them. Said twice, it queues once."""
    hooks = await repository.enabled(tx)
    if not hooks:
        return
    paths = await repository.paths(tx, {e.community_id for e in events if e.community_id is not None})
    rows = []
    for event in events:
        takers = [
            hook.id
            for hook in hooks
            if wants(hook.events, event.type)
            and within(hook.scope, event.community_id, paths.get(event.community_id, ()) if event.community_id else ())
        ]
        if takers:
            body = body_of(event)
            rows += [
                {"id": uuid7(), "webhook_id": id, "event_id": event.id, "event_type": event.type, "body": body}
                for id in takers
            ]
    for delivery_id in await repository.offer(tx, rows):
        tx.enqueue(JOB, {"delivery": str(delivery_id)})


@cache
def hooked(handler: Handler) -> Handler:
    """A handler that, after its own work, offers the same events to webhooks."""

    async def both(tx: Tx, events: Sequence[Event]) -> None:
        await handler(tx, events)
        await offer(tx, events)

    return both
