"""When a follow-up call falls due and when it falls away; part of the command on the ticket that causes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from services.ticketing.domain.clocks import due_of, fire_at, whole
from services.ticketing.revisit_plans import service as plans
from services.ticketing.revisits import repository
from services.ticketing.tickets import casework
from services.ticketing.tickets.casework import Case
from shared.db.tx import Tx
from shared.ids import uuid7

#: Timer of a call that a sampling plan asked for (B-014).
SOP: Final = "revisit.sop"


async def open_due(tx: Tx, case: Case) -> None:
    """After a completion: the call is due within its limit, unless the complaint was ruled invalid.

    A kind with a clock of its own (complaints, B-013) is followed up every time; of the others the plan in force for
    the community's org unit draws some, and says how many days there are (B-014).
    """
    spec = case.kind.revisit
    handled_at = case.facts.completed_at
    # row: B-013 of a complaint that was not ruled invalid
    if handled_at is None or case.facts.valid is False:
        return
    revisit_id = uuid7()
    plan_id = None
    if spec is not None:
        due_at = due_of(spec, case.facts, case.plan)
        await casework.start_or_stop(tx, case, revisit_id, spec, case.facts)
    else:
        # row: C-009 a repair ends with a follow-up call, as its reception began with a record
        plan = await plans.drawn(tx, case)
        if plan is None:
            return
        plan_id = plan.id
        due_at = whole(handled_at) + timedelta(days=plan.due_days)
        # row: B-014 at the time and rate of the procedure
        tx.set_timer(SOP, revisit_id, fire_at(due_at))
    # row: C-047, C-052 every completion leaves a call that is due
    await repository.insert_due(
        tx,
        {
            "id": revisit_id,
            "ticket_id": case.id,
            "round": case.facts.rounds,
            "community_id": case.row.community_id,
            "unit_id": case.row.unit_id,
            "plan_id": plan_id,
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
    for revisit in await repository.due_of_ticket(tx, case.id):
        await repository.update_revisit(tx, revisit.id, revisit.version + 1, {"state": "cancelled"})
        if revisit.plan_id is not None:
            tx.cancel_timer(SOP, revisit.id)
        elif spec is not None:
            gone = replace(case.facts, completed_at=None)
            await casework.start_or_stop(tx, case, revisit.id, spec, gone)
