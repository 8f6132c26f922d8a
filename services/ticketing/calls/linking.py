"""A ticket that a call led to: the call remembers it, and its affair counts as recorded (B-004, C-039).

Part of the intake, which imports nothing of the slice but this.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.ticketing.calls import repository
from services.ticketing.connections.repository import scope_reach
from services.ticketing.domain.affairs import TICKETED
from services.ticketing.models import calls
from shared.auth import Principal
from shared.db.tx import Tx


async def ticketed(tx: Tx, who: Principal, call_id: UUID, ticket_id: UUID, at: datetime) -> bool:
    """Link a new ticket to the call it was told in; False when there is no such call within reach."""
    reach = scope_reach(tx, who, calls.c.community_id, calls.c.org_unit_id)
    row = await repository.one(tx, call_id, reach, lock=True)
    if row is None:
        return False
    values = {
        # row: C-039 what is not settled at once is recorded as a ticket
        "affair": TICKETED,
        "affair_at": at,
        "affair_by": who.sub,
        "ticket_ids": [*row.ticket_ids, ticket_id],
    }
    await repository.change(tx, call_id, row.version + 1, values)
    tx.emit(
        "call.handled.v1",
        subject=call_id,
        seq=row.version + 1,
        data={"affair": TICKETED, "ticket_id": ticket_id, "handled_at": at, "handled_by": who.sub},
        occurred_at=at,
        community_id=row.community_id,
    )
    return True
