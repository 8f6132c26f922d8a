"""What notify hears and what it does about it: a table of contents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.notify.domain.catalogue import told_events
from services.notify.personal.registry import HOLDERS
from services.notify.register.service import (
    on_communities,
    on_merged,
    on_people,
    on_relations,
    on_staff,
    on_units,
    prepare_people,
    remember_tickets,
)
from services.notify.telling.service import tell, tell_requested
from services.notify.webhooks.offering import hooked, offer, types_of, wanted_types
from shared.contracts.envelope import Event
from shared.db.tx import Tx
from shared.personal.erasing import on_erased
from shared.runtime import Handler, Runtime
from shared.settings import SERVICES


async def on_tickets(tx: Tx, events: Sequence[Event]) -> None:
    """Remember new tickets, then tell whom each event concerns. One handler for all types: a ticket's events
    alternate between them, and a run ends where the handler changes."""
    await remember_tickets(tx, [event for event in events if event.type == "ticket.created.v1"])
    await tell(tx, events)


async def on_merges(tx: Tx, events: Sequence[Event]) -> None:
    """Copies follow the survivor, who is told that there were two of them."""
    await on_merged(tx, events)
    await tell(tx, events)


_CORE: Mapping[str, Mapping[str, Handler]] = {
    "ticketing": {
        **dict.fromkeys(told_events("ticketing"), on_tickets),
        "community.upserted.v1": on_communities,
        "unit.upserted.v1": on_units,
        "relation.upserted.v1": on_relations,
        "staff.upserted.v1": on_staff,
        "person.upserted.v1": on_people,
        "person.erased.v1": on_erased(HOLDERS),
        "person.merged.v1": on_merges,
    },
    "billing": {
        **dict.fromkeys(told_events("billing"), tell),
        "message.requested.v1": tell_requested,
    },
    "kpi": dict.fromkeys(told_events("kpi"), tell),
}


def _all(source: str) -> Mapping[str, Handler]:
    """Every event type of a service: what is not our own business is heard where a webhook wants it (`narrow`)."""
    own = _CORE.get(source, {})
    return {**dict.fromkeys(sorted(types_of(source)), offer), **{name: hooked(h) for name, h in own.items()}}


SUBSCRIPTIONS: Mapping[str, Mapping[str, Handler]] = {source: _all(source) for source in SERVICES}


async def narrow(rt: Runtime, org_id: UUID, source: str) -> set[str]:
    """What an organisation's feed is read for: our own business, and what its webhooks want."""
    return set(_CORE.get(source, ())) | await wanted_types(rt, org_id, source)


PREPARE: Mapping[str, Callable[[Runtime, UUID, Sequence[Event]], Awaitable[Any]]] = {
    "person.upserted.v1": prepare_people,
}
