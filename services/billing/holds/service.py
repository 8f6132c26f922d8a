"""Holding the ladder: a named reason, evidence and the supervisor's approval (AMB-117), and how a hold ends.

A held household is "disputed" or has promised; it is not unwilling, and nobody calls it again meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.billing.domain import instalments
from services.billing.domain.dunning import CASE_OPEN, OPEN, SMS, SUSPENDED, UNDONE
from services.billing.domain.dunning_contacts import (
    ACTIVE,
    ASKED,
    BROKEN,
    DISPUTE,
    ENDED,
    INSTALMENT,
    KEPT,
    REFUSED,
    next_hour,
    suspends,
)
from services.billing.dunning import repository as dunning
from services.billing.dunning.cases import visible as visible_case
from services.billing.dunning.errors import CaseSettled, HoldExists, HoldInvalid, HoldNotNow, NoSuchCase, NoSuchHold
from services.billing.dunning.plans import SMS_TIME, midnight_after, policy_of
from services.billing.dunning.telling import suspended
from services.billing.holds import repository
from services.billing.holds.schemas import HoldIn
from services.billing.holds.timers import HOLD_DUE
from shared.approvals import rules as approvals
from shared.auth import Principal
from shared.contracts.envelope import Event
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7
from shared.runtime import Timer

DECIDERS = ("supervisor", "cs_manager", "project_manager")
"""One rung; with shared.approvals' four eyes: nobody decides what they asked for."""


async def ask(tx: Tx, who: Principal, case_id: UUID, body: HoldIn) -> UUID:
    """Ask for a hold; nothing is held before it is approved.

    Raises:
        NoSuchCase: outside the caller's scope. CaseSettled: nothing is owed (409).
        HoldExists: the case is held, or a hold waits (409). HoldInvalid: what the kind needs is missing (422).
    """
    await visible_case(tx, who, case_id)
    (case,) = await dunning.cases(tx, [case_id], lock=True)
    if case.state != CASE_OPEN:
        raise CaseSettled()
    if any(hold.state in (ASKED, ACTIVE) for hold in await repository.of_case(tx, case_id)):
        raise HoldExists()
    zone = await _zone(tx, case.community_id)
    policy = await policy_of(tx, case.community_id)
    today = tx.now.astimezone(zone).date()
    parts, until = _terms(body, case.amount_fen, today, today + timedelta(days=policy.hold_days))
    hold_id = uuid7()
    await repository.add(
        tx,
        {
            "id": hold_id,
            "case_id": case_id,
            "community_id": case.community_id,
            "kind": body.kind,
            "state": ASKED,
            "reason": body.reason,
            "evidence": body.evidence,
            "ticket_id": body.ticket_id,
            "until_on": until,
            "parts": [{"due_on": part.due_on.isoformat(), "amount_fen": part.amount_fen} for part in parts],
            "asked_by": who.sub,
        },
    )
    tx.audit("dunning_hold.asked", "dunning_hold", hold_id, after={"kind": body.kind})
    return hold_id


def _terms(body: HoldIn, owed: int, today: date, longest: date) -> tuple[list[instalments.Part], date]:
    faults = []
    if body.kind == DISPUTE and body.ticket_id is None:
        faults.append(FieldError("ticket_id", "请注明业主所称的投诉工单。", "Name the complaint it rests on."))
    if body.kind == INSTALMENT:
        if body.parts is None or body.parts > owed:
            faults.append(FieldError("parts", "请填写分期期数。", "Say in how many parts."))
        if body.first_on is None or not today <= body.first_on <= longest:
            faults.append(FieldError("first_on", "请填写首期日期。", "Say when the first part is due, soon enough."))
    elif body.until_on is None or not today <= body.until_on <= longest:
        told = f"{today} – {longest}"
        faults.append(FieldError("until_on", f"日期应在 {told} 之间。", f"A day of {told}."))
    if faults:
        raise HoldInvalid(fields=faults)
    if body.kind != INSTALMENT:
        assert body.until_on is not None  # checked above
        return [], body.until_on
    assert body.parts is not None and body.first_on is not None  # checked above
    parts = instalments.split(owed, body.parts, body.first_on)
    return parts, parts[-1].due_on


async def decide(tx: Tx, who: Principal, hold_id: UUID, *, approve: bool) -> None:
    """Approve or refuse. Approved, the open steps of the ladder leave numerator and denominator with the reason.

    Raises:
        NoSuchHold: outside the caller's scope. HoldNotNow: decided already, or the debt is paid (409).
        OwnRequest, NotYourTurn: four eyes.
    """
    hold, case = await _locked(tx, who, hold_id)
    if hold.state != ASKED or case.state != CASE_OPEN:
        raise HoldNotNow(state=hold.state)
    zone = await _zone(tx, case.community_id)
    steps = (approvals.Step(DECIDERS),)
    asked = approvals.ask(hold.asked_by, steps, midnight_after(hold.until_on, zone))
    # row: AMB-117 a suspension needs the supervisor's approval
    approvals.check_turn(asked, who.sub, who.roles, tx.now)
    decided = {"decided_by": who.sub, "decided_at": tx.now}
    await repository.move(tx, hold_id, {"state": ACTIVE if approve else REFUSED, **decided})
    tx.audit("dunning_hold.decided", "dunning_hold", hold_id, after={"approve": approve})
    if not approve:
        return
    await dunning.move_case(tx, case.id, {"hold_id": hold_id})
    held = [s for s in await dunning.steps_of_case(tx, case.id, UNDONE) if suspends(hold.kind, s.kind)]
    # row: AMB-117 suspended steps leave numerator and denominator
    await dunning.move_steps(tx, [step.id for step in held], {"state": SUSPENDED, "cause": hold.kind})
    for step in held:
        household = (step.unit_id, step.payer_id)
        suspended(tx, step.id, step.version + 1, step, case.id, household, step.kind, hold.kind)
    tx.set_timer(HOLD_DUE, hold_id, midnight_after(_parts(hold)[0].due_on if hold.parts else hold.until_on, zone))


async def end(tx: Tx, who: Principal, hold_id: UUID, cause: str) -> None:
    """The reason is gone: the ladder goes on where it stands. Raises NoSuchHold, HoldNotNow."""
    hold, case = await _locked(tx, who, hold_id)
    if hold.state != ACTIVE:
        raise HoldNotNow(state=hold.state)
    await _over(tx, hold, case, ENDED, cause)


async def on_tickets(tx: Tx, events: Sequence[Event]) -> None:
    """The complaint that a hold rests on is closed or withdrawn: the ladder goes on."""
    for hold in await repository.of_tickets(tx, [event.subject for event in events]):
        (case,) = await dunning.cases(tx, [hold.case_id], lock=True)
        again = await repository.get(tx, hold.id)
        if again is not None and again.state == ACTIVE:
            await _over(tx, again, case, ENDED, "ticket_ended")


async def fire(tx: Tx, timer: Timer) -> None:
    """A promised day, a part of an instalment plan or the review of a dispute has come to its end."""
    hold = await repository.get(tx, timer.subject_id)
    if hold is None:
        return
    (case,) = await dunning.cases(tx, [hold.case_id], lock=True)
    hold = await repository.get(tx, timer.subject_id)
    if hold is None or hold.state != ACTIVE:
        return
    if hold.kind == DISPUTE:
        await _over(tx, hold, case, ENDED, "review_due")
        return
    zone = await _zone(tx, case.community_id)
    day = (tx.now - timedelta(microseconds=1)).astimezone(zone).date()
    parts = _parts(hold)
    if not parts or await repository.paid_since(tx, case, hold, day) < instalments.owed_by(parts, day):
        await _over(tx, hold, case, BROKEN, "not_paid")
        return
    following = instalments.next_due(parts, day)
    if following is None:
        await _over(tx, hold, case, KEPT, "all_parts_paid")
    else:
        tx.set_timer(HOLD_DUE, hold.id, midnight_after(following, zone))


async def _over(tx: Tx, hold: Row[Any], case: Row[Any], state: str, cause: str) -> None:
    """End a hold; suspended steps whose window is not over are to be done after all."""
    tx.cancel_timer(HOLD_DUE, hold.id)
    await repository.move(tx, hold.id, {"state": state, "ended_at": tx.now, "ended_cause": cause})
    await dunning.move_case(tx, case.id, {"hold_id": None})
    steps = [s for s in await dunning.steps_of_case(tx, case.id, (SUSPENDED,)) if s.due_at > tx.now]
    await dunning.move_steps(tx, [step.id for step in steps], {"state": OPEN, "cause": None})
    policy, zone = await policy_of(tx, case.community_id), await _zone(tx, case.community_id)
    for step in steps:
        if step.kind == SMS:
            tx.set_timer(SMS_TIME, step.plan_id, next_hour(tx.now, zone, policy), {"plan_id": str(step.plan_id)})
    tx.audit("dunning_hold.ended", "dunning_hold", hold.id, after={"state": state, "cause": cause})


def _parts(hold: Row[Any]) -> list[instalments.Part]:
    return [instalments.Part(date.fromisoformat(part["due_on"]), part["amount_fen"]) for part in hold.parts]


async def _locked(tx: Tx, who: Principal, hold_id: UUID) -> tuple[Row[Any], Row[Any]]:
    hold = await repository.get(tx, hold_id)
    if hold is None:
        raise NoSuchHold()
    try:
        await visible_case(tx, who, hold.case_id)
    except NoSuchCase:
        raise NoSuchHold() from None
    (case,) = await dunning.cases(tx, [hold.case_id], lock=True)
    again = await repository.get(tx, hold_id)
    assert again is not None  # holds are never deleted
    return again, case


async def _zone(tx: Tx, community_id: UUID) -> ZoneInfo:
    return ZoneInfo(await dunning.community_zone(tx, community_id) or "Asia/Shanghai")
