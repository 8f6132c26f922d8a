"""Using permits up: one message, one permit, whoever sends beside.

A permit is held by its delivery from the claim on, in the transaction of the claim, so that two senders never send on
one; it is used up when the message went, or may have gone, and free again when it certainly did not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.notify.domain.channels import ProviderTemplate
from services.notify.domain.delivery import Result, State
from services.notify.permits import repository
from services.notify.registry import providers
from services.notify.sending.claims import Claimed
from shared.db.tx import Tx


async def take(
    tx: Tx, group: Sequence[Claimed], approved: Mapping[tuple[str, str, str], ProviderTemplate]
) -> set[UUID]:
    """Hold a permit for each delivery of this group that needs one; those for which there is one."""
    wanting = {p.channel: p for p in providers().values() if p.permit is not None}
    found: set[UUID] = set()
    for delivery in group:
        provider = wanting.get(delivery.channel)
        if provider is None:
            continue
        template = approved.get((provider.code, delivery.template, delivery.locale))
        if template is None:
            continue
        if await repository.hold(tx, delivery.id, delivery.person_id, provider.code, template.code):
            found.add(delivery.id)
    return found


async def settle(tx: Tx, ended: Mapping[State, Sequence[Claimed]], results: Mapping[UUID, Result]) -> None:
    """Use up, or give back, the permits of deliveries that ended; those that wait for their next attempt keep
    theirs. Where the provider says that there is none, what we know of is void."""
    over = {p.channel: p.permit for p in providers().values() if p.permit is not None}
    for state, deliveries in ended.items():
        for delivery in deliveries:
            if delivery.channel not in over:
                continue
            if state in (State.SENT, State.UNKNOWN):
                await repository.use(tx, delivery.id)
                continue
            result = results.get(delivery.id)
            if result is not None and result.code in (over[delivery.channel] or ()):
                await repository.void(tx, delivery.id)
            await repository.give_back(tx, delivery.id)
