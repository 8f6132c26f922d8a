"""A ticket that a visit led to: the visit remembers it, and its affair counts as recorded (B-004, C-039).

Part of the intake, which imports nothing of the slice but this.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.ticketing.access import within_reach
from services.ticketing.domain.affairs import TICKETED
from services.ticketing.models import visits
from services.ticketing.visits import repository
from shared.auth import Principal
from shared.db.tx import Tx


async def ticketed(tx: Tx, who: Principal, visit_id: UUID, ticket_id: UUID, at: datetime) -> bool:
    """Link a new ticket to the visit it was told in; False when there is no such visit within reach."""
    reach = within_reach(tx, who, community_column=visits.c.community_id)
    row = await repository.one(tx, visit_id, reach, lock=True)
    if row is None:
        return False
    values = {
        # row: C-039 what is not settled at once is recorded as a ticket
        "affair": TICKETED,
        "affair_at": at,
        "affair_by": who.sub,
        "ticket_ids": [*row.ticket_ids, ticket_id],
    }
    await repository.change(tx, row, values)
    tx.emit(
        "visit.handled.v1",
        subject=visit_id,
        seq=row.version + 1,
        data={"affair": TICKETED, "ticket_id": ticket_id, "handled_at": at, "handled_by": who.sub},
        occurred_at=at,
        community_id=row.community_id,
    )
    return True
