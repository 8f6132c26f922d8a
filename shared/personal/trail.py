"""The spine's share of a person in services beside the register: the key under which the log holds words of them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import MetaData, delete

from shared.db.tx import Tx
from shared.personal.holder import Found, Holder

#: The spine's tables that could name a person and hold nothing of one: why. Every service has them.
SPINE_NOT_HELD = {
    "audit": "ids of things and of who acted; words about a person are sealed and go with the person's key",
    "outbox": "ids and facts: events carry no personal fields",
    "parked_events": "events of peers, which carry no personal fields",
    "counters": "the name is that of a series of numbers",
    "timers": "ids of things, with the time they are due",
    "idempotency_keys": "the caller's own answers, for seven days",
    "jobs": "ids and plain values; done within the hour",
    "heartbeats": "how a process of the service is doing",
    "organisations": "the name is the company's",
}


def keys_holder(metadata: MetaData) -> Holder:
    """The key under which a service's log holds what it says of a person: erasure destroys it."""
    keys = metadata.tables[f"{metadata.schema}.person_keys"]

    async def nothing(tx: Tx, person_id: UUID) -> Found:
        return {}

    async def destroy(tx: Tx, person_id: UUID) -> None:
        await tx.execute(delete(keys).where(keys.c.org_id == tx.org_id, keys.c.person_id == person_id))

    return Holder("keys", frozenset({"person_keys"}), nothing, destroy)
