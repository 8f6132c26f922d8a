"""What the worker does for orders: an offer that nobody answered in its time goes on to the next (C-011)."""

from __future__ import annotations

from services.ticketing.domain.orders import Mode, lapses
from services.ticketing.orders import opening, repository
from services.ticketing.orders.opening import OFFER, Wish
from services.ticketing.tickets import casework
from shared.db.tx import Tx
from shared.runtime import Timer


async def fire_offer(tx: Tx, timer: Timer) -> None:
    """The time of an offer is over: to the next in turn, or to the pool, and whoever leads hears of it."""
    seen = await repository.find(tx, timer.subject_id)
    case = None if seen is None else await casework.lock(tx, seen.ticket_id)
    row = None if case is None else await repository.find(tx, timer.subject_id)
    if row is None or case is None or not lapses(row.state, row.accept_by, tx.now):
        return
    await repository.change(tx, row.id, {"state": "lapsed", "ended_at": tx.now})
    told = {"order_id": row.id, "ticket_id": case.id, "engineer_id": row.engineer_id, "accept_by": row.accept_by}
    whom = {"role": "supervisor", "org_units": list(case.row.path)}
    # row: C-011 what somebody leaves unanswered does not wait for them, and whoever leads knows
    events = [("order.lapsed.v1", {**told, **whom})]
    data = {"order_id": row.id, "engineer_id": row.engineer_id}
    await casework.act(tx, case, case.facts, "order.lapse", tx.now, data=data, public=False, events=events)
    passed = {o.engineer_id for o in await repository.of_ticket(tx, case.id) if o.state in ("refused", "lapsed")}
    # Whoever was named by the desk was chosen for a reason: somebody there chooses again, or the first who takes it.
    mode: Mode = "rotate" if row.mode == "rotate" else "grab"
    await opening.begin(tx, case, Wish(mode, tx.now, previous_id=row.id, refused=passed))


TIMERS = {OFFER: fire_offer}
