"""When a follow-up call falls due and when it falls away; part of the command on the ticket that causes it."""

from __future__ import annotations

from dataclasses import replace

from services.ticketing.domain.clocks import due_of
from services.ticketing.revisits import repository
from services.ticketing.tickets import casework
from services.ticketing.tickets.casework import Case
from shared.db.tx import Tx
from shared.ids import uuid7


async def open_due(tx: Tx, case: Case) -> None:
    """After a completion: the call is due within its limit (B-013), unless the complaint was ruled invalid."""
    spec = case.kind.revisit
    handled_at = case.facts.completed_at
    # row: B-013 of a complaint that was not ruled invalid
    if spec is None or handled_at is None or case.facts.valid is False:
        return
    revisit_id = uuid7()
    due_at = due_of(spec, case.facts, case.plan)
    await casework.start_or_stop(tx, case, revisit_id, spec, case.facts)
    # row: C-047, C-052 every completion leaves a call that is due
    await repository.insert_due(
        tx,
        {
            "id": revisit_id,
            "ticket_id": case.id,
            "round": case.facts.rounds,
            "community_id": case.row.community_id,
            "unit_id": case.row.unit_id,
            "handled_at": handled_at,
            "due_at": due_at,
        },
    )
    data = {"revisit_id": revisit_id, "ticket_id": case.id, "due_at": due_at, "handled_at": handled_at}
    casework.emit(tx, case, "revisit.due.v1", data)


async def cancel_due(tx: Tx, case: Case) -> None:
    """After a reopening: the work is not done after all, so the open call about it falls away.

    A limit that was missed stays missed.
    """
    spec = case.kind.revisit
    if spec is None:
        return
    for revisit in await repository.due_of_ticket(tx, case.id):
        await repository.update_revisit(tx, revisit.id, revisit.version + 1, {"state": "cancelled"})
        gone = replace(case.facts, completed_at=None)
        await casework.start_or_stop(tx, case, revisit.id, spec, gone)
