"""Faults that came again: found by a job after dispatch and completion, never while somebody waits at the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from services.ticketing.field import repository
from services.ticketing.orders.following import REPEATS
from services.ticketing.orders.repository import rule_for
from services.ticketing.tickets import casework
from services.ticketing.tickets import repository as ticket_rows
from shared.db.tx import Tx
from shared.runtime import Job, Runtime

#: Parameter: a fault that comes after more days is a new one. An org unit sets its own with its dispatch rule.
REPEAT_DAYS: Final = 30
#: Anything may be "other": two of them are not the same fault.
_NO_FAULT: Final = frozenset({"", "other"})


async def look(rt: Runtime, job: Job) -> None:
    """Link a repair with the earlier ones of the same place and category. A second run finds nothing new."""
    async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
        await link(tx, UUID(job.payload["ticket_id"]))


async def link(tx: Tx, ticket_id: UUID) -> None:
    """Store the links that are new, and say how often the fault has come by now."""
    case = await casework.lock(tx, ticket_id)
    category = "" if case is None else str(case.row.fields.get("category") or "")
    if case is None or category in _NO_FAULT or case.facts.cancelled:
        return
    if case.row.unit_id is None and case.row.place_id is None:
        return
    rule = await rule_for(tx, case.row.path, case.kind.code)
    days = REPEAT_DAYS if rule is None else rule.repeat_days
    received = case.facts.received_at
    found = await repository.earlier(tx, case.row, category, received - timedelta(days=days))
    if not found:
        return
    common = {"ticket_id": ticket_id, "community_id": case.row.community_id, "category": category}
    rows = [{**common, "earlier_id": one.id, "days": (received - one.received_at).days} for one in found]
    if not await repository.link(tx, rows):
        return
    told = {"category": category, "earlier_ids": [one.id for one in found], "times": len(found) + 1}
    # It changes nothing of the case, and so makes nobody's update a lost one.
    casework.emit(tx, case, "repair.repeated.v1", {"ticket_id": ticket_id, **told, "days": rows[0]["days"]})
    entry = {
        "ticket_id": ticket_id,
        "action": "repeat.found",
        "state": case.facts.state,
        "public": False,
        "occurred_at": tx.now,
        "late_reason": None,
        "data": told,
    }
    await ticket_rows.add_entries(tx, [entry])


JOBS = {REPEATS: look}
