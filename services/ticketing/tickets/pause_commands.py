"""The commands ``pause`` and ``resume``: who tells them, what is refused, and what somebody else has to approve."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.approvals import service as approvals
from services.ticketing.approvals.schemas import AskIn
from services.ticketing.domain.clocks import in_time, whole
from services.ticketing.domain.limits import MOST_DAYS, Pause
from services.ticketing.domain.pauses import CAUSES, at_instant, wants_approval
from services.ticketing.domain.steps import spec_of
from services.ticketing.domain.ticket_errors import AlreadyPaused, NothingToPause, NotPaused, TicketInvalid
from services.ticketing.tickets import casework, pause_repository, pausing, service
from services.ticketing.tickets.casework import Case
from services.ticketing.tickets.clock_schemas import PauseIn, ResumeIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError

PAUSE: Final = "pause"
"""The kind of approval that a pause needs."""


async def pause(tx: Tx, who: Principal, ticket_id: UUID, body: PauseIn, if_match: int | None) -> Row[Any]:
    """Let a case stand still; beyond what is free it waits for an approval, and counts until then.

    Raises:
        NothingToPause: no open promise of the case may be paused. AlreadyPaused: it stands still then.
        TicketInvalid: the end does not lie after the beginning.
        NoSuchTicket, LostUpdate, NotNow: as for every command.
    """
    case = await service.locked(tx, who, ticket_id, if_match)
    at = whole(service.happened(tx, case, "pause", body))
    habits = case.plan.habits
    until = whole(body.until) if body.until is not None else at + habits.pause_limit
    if until <= at or (until - at).days > MOST_DAYS:
        wrong = ("结束时间须晚于开始，且不超过400天", "The end has to lie after the beginning, by 400 days at most")
        raise TicketInvalid(fields=[FieldError("until", *wrong)])
    if (covering := at_instant(case.facts.pauses, at)) is not None:
        raise AlreadyPaused(until=f"{covering.end.astimezone(case.zone):%Y-%m-%d %H:%M}")
    missed = _stopping(tx, case)
    why = wants_approval(Pause(at, until), case.facts.pauses, missed, habits)
    mark = {
        "at": at,
        "until": until,
        "cause": body.cause,
        "note": body.note,
        "late_reason": body.late_reason,
        "state": "counts" if why is None else "asked",
        "why_asked": why,
    }
    pause_id = await pause_repository.add_mark(tx, case.id, mark)
    if why is None:
        await pausing.counts(tx, case, pause_id, mark, body.on_paper())
    else:
        await _ask(tx, who, case, pause_id, mark, body.on_paper())
    return await service.again(tx, ticket_id)


def _stopping(tx: Tx, case: Case) -> list[Any]:
    """The due times already missed among the promises a pause stops. Raises NothingToPause when it stops none."""
    found = [c for c in case.clocks if spec_of(c.clock).pausable and c.state in ("running", "breached")]
    if not any(c.met_at is None for c in found):
        raise NothingToPause()
    return [c.due_at for c in found if c.state == "breached" or not in_time(tx.now, c.due_at)]


async def _ask(
    tx: Tx, who: Principal, case: Case, pause_id: UUID, mark: dict[str, Any], on_paper: dict[str, str]
) -> None:
    case.version += 1
    entry = {
        "ticket_id": case.id,
        "action": "pause-asked",
        "state": case.facts.state,
        "public": False,
        "occurred_at": mark["at"],
        "late_reason": mark["late_reason"],
        "data": {"cause": mark["cause"], "until": mark["until"], "why": mark["why_asked"], **on_paper},
    }
    await casework.record(tx, case, entry)
    reason = f"{case.row.number} {CAUSES[mark['cause']][0]}"
    await approvals.ask(tx, who, AskIn(subject_kind=PAUSE, subject_id=pause_id, reason=reason))


async def resume(tx: Tx, who: Principal, ticket_id: UUID, body: ResumeIn, if_match: int | None) -> Row[Any]:
    """Let a case go on before its pause ends by itself.

    Raises:
        NotPaused: it did not stand still then. NoSuchTicket, LostUpdate, NotNow, TicketInvalid: as for every command.
    """
    case = await service.locked(tx, who, ticket_id, if_match)
    at = whole(service.happened(tx, case, "resume", body))
    covering = at_instant(case.facts.pauses, at)
    if covering is None or covering.start == at:
        raise NotPaused(at=f"{at.astimezone(case.zone):%Y-%m-%d %H:%M:%S}")
    await pausing.go_on(tx, case, at, {"note": body.note, "late_reason": body.late_reason})
    events = [("ticket.resumed.v1", {"resumed_at": at, "automatic": False})]
    await casework.act(
        tx, case, case.facts, "resume", at, data=body.on_paper(), late_reason=body.late_reason, events=events
    )
    return await service.again(tx, ticket_id)
