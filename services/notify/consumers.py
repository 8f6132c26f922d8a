"""What notify hears and what it does about it: a table of contents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.notify.domain.catalogue import told_events
from services.notify.register.service import (
    on_communities,
    on_erased,
    on_people,
    on_relations,
    on_units,
    prepare_people,
    remember_tickets,
)
from services.notify.telling.service import tell, tell_about_tickets, tell_requested
from shared.contracts.envelope import Event
from shared.db.tx import Tx
from shared.runtime import Handler, Runtime


async def on_ticket_created(tx: Tx, events: Sequence[Event]) -> None:
    """Remember the tickets, then tell their reporters."""
    await remember_tickets(tx, events)
    await tell(tx, events)


SUBSCRIPTIONS: Mapping[str, Mapping[str, Handler]] = {
    "ticketing": {
        **dict.fromkeys(told_events("ticketing"), tell),
        "community.upserted.v1": on_communities,
        "unit.upserted.v1": on_units,
        "relation.upserted.v1": on_relations,
        "person.upserted.v1": on_people,
        "person.erased.v1": on_erased,
        "ticket.created.v1": on_ticket_created,
        "revisit.done.v1": tell_about_tickets,
    },
    "billing": {
        **dict.fromkeys(told_events("billing"), tell),
        "message.requested.v1": tell_requested,
    },
}

PREPARE: Mapping[str, Callable[[Runtime, UUID, Sequence[Event]], Awaitable[Any]]] = {
    "person.upserted.v1": prepare_people,
}
