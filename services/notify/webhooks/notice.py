"""The word to people that a subscription was switched off."""

from __future__ import annotations

from typing import Any, Final

from services.notify.domain.catalogue import SERVICE
from services.notify.domain.identity import message_id
from services.notify.register import repository as register
from services.notify.telling.service import Telling, deliver
from shared.contracts.envelope import Event
from shared.db.tx import Tx

#: Who answers for the organisation's installation.
_ANSWERING: Final = ("ops", "admin")
_TYPE: Final = "webhook.disabled.v1"


async def tell_switched_off(tx: Tx, hook: Any, why: str) -> None:
    """Tell whoever made it, and those who run the organisation's installation. Once per switching off."""
    event = Event(
        id=message_id(hook.id, hook.id, f"off {hook.version}"),
        type=_TYPE,
        source="notify",
        org_id=tx.org_id,
        community_id=None,
        subject=hook.id,
        seq=hook.version + 1,
        position=0,
        occurred_at=tx.now,
        recorded_at=tx.now,
        actor_id=None,
        trace_id=tx.request_id,
        data={},
    )
    staff = await register.staff_with(tx, _ANSWERING, [tx.org_id])
    values = {"webhook": hook.name, "url": hook.url, "why": why}
    people = dict.fromkeys([hook.owner_id, *(row.id for row in staff)])
    await deliver(tx, [Telling(event, "webhook.disabled", SERVICE, "person", id, None, values) for id in people])
