"""What a peer of the register does when a person is erased there: forget, at every holder of its own registry."""

from __future__ import annotations

from collections.abc import Sequence

from shared.contracts.envelope import Event
from shared.db.tx import Tx
from shared.personal.holder import Holder, forget
from shared.runtime import Handler


def on_erased(holders: Sequence[Holder]) -> Handler:
    """The handler of ``person.erased.v1``; that it was done stands in the service's own audit log."""

    async def handle(tx: Tx, events: Sequence[Event]) -> None:
        for person in sorted({event.subject for event in events}):
            # row: D-075 an erasure reaches every service that holds something of the person
            await forget(tx, holders, [person])
            tx.audit("person.forgotten", "person", person)

    return handle
