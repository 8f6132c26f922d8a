"""The daily word to those who run the organisation's installation: how many messages nobody knows the end of, and how
many no channel took. One message a person and day, however many there are; none on a day that added nothing."""

from __future__ import annotations

from collections import Counter
from typing import Final

from services.notify.domain.catalogue import DESK
from services.notify.domain.delivery import State
from services.notify.domain.doubt import EVERY
from services.notify.register import repository as register
from services.notify.sending import repository
from services.notify.telling.service import Telling, deliver
from shared.contracts.envelope import Event
from shared.db.tx import Tx
from shared.runtime import Timer

#: Who answers for the organisation's installation.
_ANSWERING: Final = ("ops", "admin")
TEMPLATE: Final = "message.in_doubt"


async def tell(tx: Tx, timer: Timer) -> None:
    """Tell of what was added in the day before the timer's instant and is still in doubt. May run twice: the cause of
    a day's word is its timer, so it is the same message."""
    new: Counter[str] = Counter()
    all_: Counter[str] = Counter()
    # Its own deliveries are left out: where these cannot be brought they would be told of each other for ever.
    for row in await repository.in_doubt(tx, timer.fire_at - EVERY, timer.fire_at, TEMPLATE):
        all_[row.state], new[row.state] = row.standing, row.added
    if not new.total():
        return  # receipts or people were faster
    event = Event(
        id=timer.subject_id,
        type=f"{TEMPLATE}.v1",
        source="notify",
        org_id=tx.org_id,
        community_id=None,
        subject=timer.subject_id,
        seq=1,
        position=0,
        occurred_at=timer.fire_at,
        recorded_at=tx.now,
        actor_id=None,
        trace_id=tx.request_id,
        data={},
    )
    values = {"added": new.total(), "unknown": all_[State.UNKNOWN], "parked": all_[State.PARKED]}
    staff = await register.staff_with(tx, _ANSWERING, [tx.org_id])
    await deliver(tx, [Telling(event, TEMPLATE, DESK, "person", row.id, None, values) for row in staff])
