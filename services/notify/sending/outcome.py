"""What follows from the end of a delivery: the next channel, or a word to whoever asked for the message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from services.notify.domain.delivery import State
from services.notify.domain.restraint import NOW, Hold, hold
from services.notify.registry import channels
from services.notify.sending import repository
from services.notify.sending.claims import Claimed
from services.notify.telling.addressing import zone_of
from shared.db.tx import Tx


async def conclude(tx: Tx, ended: Sequence[Claimed], state: State) -> None:
    """The deliveries ended in `state`: those that failed go on over their next channel, the others are reported.

    Unknown and parked deliveries are not reported: they are not at their end.
    """
    reported: list[Claimed] = []
    following: list[dict[str, Any]] = []
    for delivery in ended:
        if state is State.FAILED and delivery.fallback:
            held = _hold(tx, delivery)
            row = repository.delivery_row(delivery.message_id, delivery.fallback, held, bulk=delivery.bulk)
            following.append({**row, "campaign_id": delivery.campaign_id})
        elif delivery.requested and state in (State.SENT, State.DELIVERED, State.FAILED):
            reported.append(delivery)
    await repository.put_deliveries(tx, following)
    versions = await repository.next_versions(tx, [d.message_id for d in reported])
    for delivery in reported:
        tx.emit(
            "message.failed.v1" if state is State.FAILED else "message.delivered.v1",
            subject=delivery.message_id,
            seq=versions[delivery.message_id],
            data={
                "message_id": str(delivery.message_id),
                "cause_id": str(delivery.cause_id),
                "channel": delivery.channel,
            },
            community_id=delivery.community_id,
        )


async def confirm(tx: Tx, delivery: Claimed, at: datetime | None) -> None:
    """Say that a receipt has come for a message that was asked for; `at` is when it arrived, as the provider has it."""
    if not delivery.requested:
        return
    versions = await repository.next_versions(tx, [delivery.message_id])
    tx.emit(
        "message.confirmed.v1",
        subject=delivery.message_id,
        seq=versions[delivery.message_id],
        data={
            "message_id": str(delivery.message_id),
            "cause_id": str(delivery.cause_id),
            "channel": delivery.channel,
            "arrived_at": None if at is None else at.astimezone(UTC).isoformat(),
        },
        community_id=delivery.community_id,
    )


def _hold(tx: Tx, failed: Claimed) -> Hold | None:
    """The next channel may ring where the one that failed did not. The cap has counted this message already."""
    channel = channels().get(failed.fallback[0])
    rings = channel is not None and channel.rings
    zone = zone_of(failed.timezone)
    return hold(failed.message_class, NOW, rings=rings, now=tx.now, zone=zone)
