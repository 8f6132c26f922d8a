"""What a pause does to a case once it counts: marks, clocks, history, events, and the timer of its end.

The commands that tell of pauses stand in :mod:`services.ticketing.tickets.pause_commands`, because those may ask for an
approval, and what an approval decides ends here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import sees_unit
from services.ticketing.domain.clocks import whole
from services.ticketing.domain.pauses import at_instant
from services.ticketing.domain.ticket_errors import NoSuchPause
from services.ticketing.tickets import casework, pause_repository
from services.ticketing.tickets.casework import Case
from shared.auth import Principal
from shared.db.tx import Tx
from shared.runtime import Timer

ENDS: Final = "ticket.pause_ends"
"""Timer of a pause that nobody ends before its time."""


async def refresh(tx: Tx, case: Case) -> None:
    """Read the marks again after one was added or decided."""
    case.marks = await pause_repository.marks_of(tx, case.id)
    case.facts = replace(case.facts, pauses=casework.pauses_in(case.marks))


async def counts(
    tx: Tx, case: Case, pause_id: UUID, mark: Mapping[str, Any], on_paper: Mapping[str, str] = MappingProxyType({})
) -> None:
    """A pause counts from now on: clocks move, and everybody who keeps them hears of it."""
    await refresh(tx, case)
    at, until = mark["at"], mark["until"]
    told = {"pause_id": pause_id, "cause": mark["cause"], "from": at, "until": until}
    await casework.act(
        tx,
        case,
        case.facts,
        "pause",
        at,
        data={"cause": mark["cause"], "until": until, **on_paper},
        late_reason=mark["late_reason"],
        events=[("ticket.paused.v1", told)],
    )
    if until > tx.now:
        tx.set_timer(ENDS, pause_id, until, {"ticket_id": str(case.id)})


async def go_on(tx: Tx, case: Case, at: datetime, values: Mapping[str, Any]) -> None:
    """Add that the case goes on from ``at``, inside one of its pauses; its timer has nothing left to do."""
    pause = at_instant(case.facts.pauses, at)
    for mark in case.marks:
        if pause is not None and mark.until is not None and mark.at == pause.start:
            tx.cancel_timer(ENDS, mark.id)
    nothing = {"until": None, "cause": None, "note": None, "why_asked": None, "late_reason": None}
    await pause_repository.add_mark(tx, case.id, {**nothing, "at": at, "state": "counts", **values})
    await refresh(tx, case)


async def end(tx: Tx, case: Case, at: datetime) -> None:
    """Work that is done, or a case taken back, waits for nothing any more."""
    pause = at_instant(case.facts.pauses, whole(at))
    if pause is None or pause.start >= whole(at):
        return
    await go_on(tx, case, whole(at), {})
    casework.emit(tx, case, "ticket.resumed.v1", {"resumed_at": whole(at), "automatic": True}, at)


async def fire_end(tx: Tx, timer: Timer) -> None:
    """A pause came to its end by itself. Its clocks knew that from the start; people read it in the history."""
    case = await casework.lock(tx, UUID(timer.payload["ticket_id"]))
    mark = None if case is None else next((m for m in case.marks if m.id == timer.subject_id), None)
    if case is None or mark is None or mark.state != "counts":
        return
    case.version += 1
    entry = {
        "ticket_id": case.id,
        "action": "resume",
        "state": case.facts.state,
        "public": True,
        "occurred_at": tx.now,
        "late_reason": None,
        "data": {"automatic": True},
    }
    await casework.record(tx, case, entry)
    casework.emit(tx, case, "ticket.resumed.v1", {"resumed_at": mark.until, "automatic": True})


async def find_asked(tx: Tx, who: Principal, pause_id: UUID) -> Row[Any]:
    """A pause that waits for an approval.

    Raises:
        NoSuchPause: there is none, or it is outside the caller's reach.
    """
    mark = await pause_repository.find(tx, pause_id)
    if mark is None or mark.state != "asked" or not sees_unit(who, mark.unit_id, mark.path):
        raise NoSuchPause()
    return mark


async def decided(tx: Tx, row: Row[Any]) -> None:
    """An approval came to its end. Until then the clocks ran: what was asked for before it counts only from now on.

    A pause that reaches back before a miss was asked for exactly that, and counts as it was told.
    """
    mark = await pause_repository.find(tx, row.subject_id)
    case = None if mark is None else await casework.lock(tx, mark.ticket_id)
    if mark is None or case is None or mark.state != "asked":
        return
    at = mark.at if mark.why_asked == "reaches_back" else max(mark.at, whole(tx.now))
    allowed = row.state == "approved" and at < mark.until
    await pause_repository.decide(tx, mark, {"at": at, "state": "counts"} if allowed else {"state": "refused"})
    if allowed:
        await counts(tx, case, mark.id, {**mark._asdict(), "at": at})
        return
    case.version += 1
    entry = {
        "ticket_id": case.id,
        "action": "pause-refused",
        "state": case.facts.state,
        "public": False,
        "occurred_at": tx.now,
        "late_reason": None,
        "data": {"cause": mark.cause, "approval": row.number, "state": row.state},
    }
    await casework.record(tx, case, entry)


TIMERS = {ENDS: fire_end}
