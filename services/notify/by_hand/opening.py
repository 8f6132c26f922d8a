"""From deliveries that were put into people's hands to tasks on their list."""

from __future__ import annotations

from collections.abc import Sequence

from services.notify.by_hand import repository
from services.notify.domain.by_hand import due_at
from services.notify.sending.claims import Claimed
from shared.db.tx import Tx


async def open_tasks(tx: Tx, asked: Sequence[Claimed]) -> None:
    """A task for each; one that was done before and is sent again is open again."""
    for delivery in asked:
        await repository.put(
            tx,
            {
                "id": delivery.id,
                "kind": delivery.channel,
                "message_id": delivery.message_id,
                "person_id": delivery.person_id,
                "community_id": delivery.community_id,
                "due_at": due_at(delivery.message_class, tx.now),
            },
        )
