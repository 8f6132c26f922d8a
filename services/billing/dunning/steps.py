"""What happens to a step: the message is asked for, a contact is recorded, the window ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.billing import access
from services.billing.domain import dunning_contacts as rules
from services.billing.domain.dunning import ASKED, CALL, CANCELLED, DONE, MISSED, OPEN, SMS, SUSPENDED, UNDONE, VISIT
from services.billing.dunning import repository, telling
from services.billing.dunning.errors import (
    ContactInvalid,
    ContactNotNow,
    NoSuchStep,
    StepEnded,
    StepTooEarly,
)
from services.billing.dunning.plans import policy_of
from services.billing.dunning.schemas import ContactIn
from services.billing.errors import NoSuchCommunity
from shared.auth import Principal
from shared.contracts.envelope import Event
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7

TEMPLATE = "dunning.reminder"


async def send_chunk(tx: Tx, plan_id: UUID, size: int) -> bool:
    """Ask notify for the text messages of the next households; False when all are asked for.

    Notify may be down: the requests wait in the feed. Its outcome comes back by :func:`on_message`.
    """
    found = await repository.undone(tx, plan_id, SMS, (OPEN,), None, size)
    if not found:
        return False
    cases = {case.id: case for case in await repository.cases(tx, found, lock=True)}
    steps = await repository.steps_at(tx, plan_id, SMS, (OPEN,), None, found)
    for step in steps:
        case = cases[step.case_id]
        # row: E-011 one message to each debtor household
        tx.emit(
            "message.requested.v1",
            subject=step.id,
            seq=step.version + 1,
            community_id=step.community_id,
            data={
                "template": TEMPLATE,
                "person_id": None if step.payer_id is None else str(step.payer_id),
                "unit_id": str(step.unit_id),
                "variables": {
                    "bills": str(case.bills),
                    "amount": f"{case.amount_fen // 100}.{case.amount_fen % 100:02d}",
                    "due": case.oldest_due.isoformat(),
                },
            },
        )
    await repository.move_steps(tx, [step.id for step in steps], {"state": ASKED, "asked_at": tx.now})
    return True


async def on_message(tx: Tx, events: Sequence[Event]) -> None:
    """Notify says what became of a message: handed over does the step; failed leaves it to be missed or made good."""
    for event in events:
        step_id = await repository.step_of_request(tx, UUID(event.data["cause_id"]))
        step = None if step_id is None else await _locked(tx, step_id)
        if step is None or step.state not in (ASKED, MISSED):
            continue
        if event.type == "message.delivered.v1":
            await _done(tx, step, "delivered", event.occurred_at, None)
        else:
            await repository.move_steps(tx, [step.id], {"result": "failed", "attempts": step.attempts + 1})


async def close_chunk(tx: Tx, plan_id: UUID, kind: str, last: date, size: int) -> bool:
    """Mark the next steps of a window that ended as missed; False when none is left."""
    found = await repository.undone(tx, plan_id, kind, UNDONE, last, size)
    if not found:
        return False
    await repository.cases(tx, found, lock=True)
    steps = await repository.steps_at(tx, plan_id, kind, UNDONE, last, found)
    for step in steps:
        # row: B-073, C-060, E-014 each omission is said
        telling.missed(tx, step)
    if steps:
        due_at = steps[0].due_at  # of one window: the same for all
        await repository.move_steps(tx, [step.id for step in steps], {"state": MISSED, "missed_at": due_at})
    return True


async def visible(tx: Tx, who: Principal, step_id: UUID) -> Row[Any]:
    """A step within the caller's scope. Raises NoSuchStep."""
    step = await repository.step(tx, step_id)
    if step is None:
        raise NoSuchStep()
    try:
        await access.community(tx, who, step.community_id)
    except NoSuchCommunity:
        raise NoSuchStep() from None
    return step


async def _locked(tx: Tx, step_id: UUID) -> Row[Any] | None:
    """The step as it is once its case is locked."""
    step = await repository.step(tx, step_id)
    if step is None:
        return None
    await repository.cases(tx, [step.case_id], lock=True)
    return await repository.step(tx, step_id)


async def record(tx: Tx, who: Principal, step_id: UUID, body: ContactIn) -> Row[Any]:
    """Record a call or a visit: who, when, what came of it. It may be recorded late and even after it was missed;
    what counts is when it happened.

    Raises:
        NoSuchStep: unknown, or outside the caller's scope.
        ContactInvalid: a result that this step cannot have, a time that has not come (422).
        StepEnded: paid, suspended, done already (409). StepTooEarly: before its window (409).
        ContactNotNow: outside the contact hours, or too soon after the last contact, without a reason (409).
    """
    seen = await visible(tx, who, step_id)
    found = await access.community(tx, who, seen.community_id)
    (case,) = await repository.cases(tx, [seen.case_id], lock=True)
    step = await repository.step(tx, step_id)
    assert step is not None  # steps are never deleted
    at, policy = body.occurred_at or tx.now, await policy_of(tx, step.community_id)
    _check(step, body, found.zone, tx)
    _hours(case, body, found.zone, tx, policy)
    complete = rules.completes(body.result, step.attempts, policy)
    reached = rules.RESULTS[body.result].reached
    # row: E-013, D-042 the record names who did it, when and what came of it
    await repository.add_contact(
        tx,
        {
            "id": uuid7(),
            "case_id": case.id,
            "step_id": step.id,
            "kind": step.kind,
            "result": body.result,
            "at": at,
            "recorded_at": tx.now,
            "by_id": who.sub,
            "promised_on": body.promised_on,
            "note": body.note,
            "exception": body.exception,
        },
    )
    if reached and (case.reached_at is None or case.reached_at < at):
        await repository.move_case(tx, case.id, {"reached_at": at})
    if complete:
        await _done(tx, step, body.result, at, who.sub, attempts=step.attempts + 1)
    else:
        await repository.move_steps(tx, [step.id], {"result": body.result, "attempts": step.attempts + 1})
    tx.audit("dunning.contact", "dunning_step", step.id, after={"result": body.result, "done": complete})
    return await visible(tx, who, step_id)


async def _done(tx: Tx, step: Row[Any], result: str, at: Any, by: UUID | None, *, attempts: int | None = None) -> None:
    """The step is done; done in its window but told after it, it is no longer counted as missed."""
    timely = rules.on_time(at, step.due_at)
    telling.done(tx, step, result, at, on_time=timely)
    values = {"state": DONE, "result": result, "done_at": at, "done_by": by, "on_time": timely}
    await repository.move_steps(tx, [step.id], {**values, "attempts": attempts or step.attempts + 1})


def _check(step: Row[Any], body: ContactIn, zone: ZoneInfo, tx: Tx) -> None:
    result, at = rules.RESULTS.get(body.result), body.occurred_at or tx.now
    if step.kind not in (CALL, VISIT) or result is None or step.kind not in result.kinds:
        raise ContactInvalid(fields=[FieldError("result", "此步骤没有这样的结果。", "This step has no such result.")])
    if at > tx.now:
        raise ContactInvalid(fields=[FieldError("occurred_at", "时间尚未到来。", "This time has not come yet.")])
    if body.result == "promised" and body.promised_on is None:
        raise ContactInvalid(fields=[FieldError("promised_on", "请填写承诺缴费日期。", "Say until when.")])
    if step.state in (CANCELLED, SUSPENDED, DONE):
        raise StepEnded(state=step.state)
    if at.astimezone(zone).date() < step.opens_on:
        raise StepTooEarly(opens_on=step.opens_on.isoformat())


def _hours(case: Row[Any], body: ContactIn, zone: ZoneInfo, tx: Tx, policy: Any) -> None:
    """Calls at night and every other hour are no dunning; whoever had a reason says it."""
    at = body.occurred_at or tx.now
    again = rules.again_from(case.reached_at, policy)
    too_soon = again is not None and case.reached_at <= at < again
    if body.exception is None and (too_soon or not rules.within_hours(at, zone, policy)):
        raise ContactNotNow(first=policy.hour_from, last=policy.hour_to, hours=policy.cool_down_hours)
