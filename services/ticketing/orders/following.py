"""What becomes of a case's open order when the case itself goes on, whoever commands it."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from services.ticketing.domain.orders import skill_for
from services.ticketing.orders import repository
from services.ticketing.tickets import casework
from services.ticketing.tickets.casework import Case
from shared.db.tx import Tx

REPEATS: Final = "repairs.repeats"
"""Job that looks whether a fault came again."""


def look_back(tx: Tx, case: Case) -> None:
    """Have a repair compared with earlier ones: after the commit, so that no command waits for it."""
    if case.kind.code == "repair":
        tx.enqueue(REPEATS, {"ticket_id": str(case.id)})


async def follow(tx: Tx, case: Case, action: str, at: datetime, assignee_id: UUID | None) -> None:
    """End the open order with the work, or with the case; a plain dispatch to somebody is an order of theirs.

    Of somebody who leaves, the order goes to the heir of their work (``hand-over``).
    """
    given = action in ("dispatch", "hand-over") and assignee_id is not None
    if action not in ("complete", "cancel") and not given:
        return
    row = await repository.open_of(tx, case.id)
    if given and row is not None and row.engineer_id == assignee_id:
        return
    if action == "hand-over" and (row is None or row.engineer_id is None):
        return  # nobody has an order of it that could go to the heir
    look_back(tx, case)
    if row is not None:
        state = "done" if action == "complete" and row.engineer_id is not None else "withdrawn"
        # row: C-011 nobody keeps an order of a case that is done, taken back or somebody else's
        await repository.change(tx, row.id, {"state": state, "ended_at": at})
        told = {"order_id": row.id, "ticket_id": case.id, "engineer_id": row.engineer_id, "state": state}
        casework.emit(tx, case, "order.ended.v1", told, at)
    if given:
        new = {
            "ticket_id": case.id,
            "community_id": case.row.community_id,
            "mode": "assign",
            "skill": skill_for(case.row.fields),
            "state": "offered",
            "engineer_id": assignee_id,
            "offered_at": at,
            "previous_id": None if row is None else row.id,
            "considered": [],
        }
        order_id = await repository.add(tx, new)
        told = {"order_id": order_id, "ticket_id": case.id, "engineer_id": assignee_id, "mode": "assign"}
        casework.emit(tx, case, "order.offered.v1", told, at)
