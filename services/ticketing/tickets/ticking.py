"""Clocks of a case brought up to a moment: stored rows, events, history, warnings and the one timer of each.

Called by commands, timers, follow-up calls and re-planning alike, always under the ticket's lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.ticketing.domain import steps
from services.ticketing.domain.clocks import (
    Change,
    Clock,
    ClockSpec,
    allowance,
    pauses_of,
    reconcile,
    reconcile_all,
)
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.milestones import LEVEL, Milestone, to_tell, wake_at
from services.ticketing.domain.plans import Plan
from services.ticketing.domain.steps import spec_of
from services.ticketing.domain.ticket_events import audience, clock_event
from services.ticketing.policies import plans
from services.ticketing.tickets import repository
from shared.db.tx import Tx

WARNED: Final = "clock.warned"
"""The line of history of a warning."""


async def bring_up(
    tx: Tx, case: Any, subject_id: UUID, specs: Sequence[ClockSpec], facts: Facts, fired: str | None = None
) -> list[dict[str, Any]]:
    """Reconcile clocks with the facts at ``tx.now``; the lines of history that tell of it.

    ``case`` is a :class:`services.ticketing.tickets.casework.Case`; ``fired`` the clock whose timer has just gone off.
    """
    if subject_id == case.id and fired is not None and fired.startswith(steps.PREFIX):
        return await _steps(tx, case, facts, fired)
    if fired is not None:
        # Each clock has a timer of its own: what else is due at this moment is told by that.
        specs = [spec for spec in specs if spec.code == fired]
    stored = case.clocks_about(subject_id)
    before = {code: repository.clock_of(row) for code, row in stored.items() if not code.startswith(steps.PREFIX)}
    known = await _plans(tx, case, before.values())
    after, changes = reconcile_all(specs, before, facts, tx.now, case.plan, known)
    kept = {code: (subject_id, clock) for code, clock in after.items()}
    entries = await _write(tx, case, kept, before, changes, facts, known, fired)
    if subject_id == case.id and fired is None:
        entries += await _steps(tx, case, facts, fired)
    return entries


async def _steps(tx: Tx, case: Any, facts: Facts, fired: str | None) -> list[dict[str, Any]]:
    """The limits of steps: the clock of the step that was left, and of the one the case is in."""
    entries: list[dict[str, Any]] = []
    here = steps.subject_of(case.id, facts)
    for row in list(case.clocks):
        if not row.clock.startswith(steps.PREFIX) or row.subject_id == here:
            continue
        clock = repository.clock_of(row)
        after, changes = steps.left(clock, facts.state_since or tx.now, facts.cancelled, tx.now)
        if after != clock:
            known = await _plans(tx, case, [clock])
            gone = {clock.code: (row.subject_id, after)}
            entries += await _write(tx, case, gone, {clock.code: clock}, changes, facts, known, fired)
    spec = steps.step_specs(case.kind.code).get(facts.state)
    stored = case.clocks_about(here)
    if spec is None or (spec.code not in stored and case.plan.limit(spec.code, spec.limits[spec.code]) is None):
        return entries
    before = {code: repository.clock_of(row) for code, row in stored.items()}
    known = await _plans(tx, case, before.values())
    old = before.get(spec.code)
    now_here, changes = reconcile(spec, old, facts, tx.now, case.plan, known.get(old.plan) if old else None)
    if now_here is None:
        return entries
    return entries + await _write(
        tx, case, {spec.code: (here, now_here)}, before, changes, facts, known, fired
    )


async def _plans(tx: Tx, case: Any, clocks: Any) -> Mapping[UUID | None, Plan]:
    """The plans that clocks name, the community's own included."""
    found = {case.plan.id: case.plan}
    for clock in clocks:
        if clock.plan not in found:
            # An older plan began before whatever is asked of it now.
            found[clock.plan] = await plans.find(tx, clock.plan, case.row.timezone)
    return found


async def _write(
    tx: Tx,
    case: Any,
    after: Mapping[str, tuple[UUID, Clock]],
    before: Mapping[str, Clock],
    changes: Sequence[Change],
    facts: Facts,
    known: Mapping[UUID | None, Plan],
    fired: str | None,
) -> list[dict[str, Any]]:
    entries = []
    for change in changes:
        subject_id, _ = after[change.clock.code]
        entries += tell(tx, case, subject_id, change, facts, known)
    for code, (subject_id, clock) in after.items():
        spec, plan = spec_of(code), known[clock.plan]
        pauses = pauses_of(spec, facts)
        old = before.get(code)
        over = _over(case, subject_id, spec, facts, plan)
        if not over and (milestone := to_tell(clock, plan, pauses, tx.now)) is not None:
            # row: G-024 warned at the shares of its plan, before it breaks
            entries.append(_warn(tx, case, subject_id, spec, plan, clock, milestone))
            clock = replace(clock, warned=milestone.percent)
        if clock != old:
            await case.store.save_clock(tx, case.id, subject_id, case.clocks, clock, policy_of(case.kind.policy, clock))
        if clock != old or code == fired or over:
            _set_timer(tx, case.id, subject_id, clock, None if over and clock.state != "running" else plan, pauses)
    return entries


def _over(case: Any, subject_id: UUID, spec: ClockSpec, facts: Facts, plan: Plan) -> bool:
    """Whether nobody wants to hear of a missed promise any more; the call about a closed case is still to be made."""
    closed = facts.closed_at is not None and subject_id == case.id
    return facts.cancelled or closed or allowance(spec, facts, plan) is None


def policy_of(policy: str, clock: Clock) -> str:
    """The version of the limits a clock is under: the kind's, and the plan's where one was made."""
    return policy if clock.plan is None else f"{policy}@{clock.plan.hex[-8:]}"


def _set_timer(
    tx: Tx, ticket_id: UUID, subject_id: UUID, clock: Clock, plan: Plan | None, pauses: Sequence[Any]
) -> None:
    at = None if plan is None else wake_at(clock, plan, pauses, tx.now)
    if at is None:
        tx.cancel_timer(clock.code, subject_id)
    else:
        tx.set_timer(clock.code, subject_id, at, {"ticket_id": str(ticket_id)})


def tell(
    tx: Tx, case: Any, subject_id: UUID, change: Change, facts: Facts, known: Mapping[UUID | None, Plan]
) -> list[dict[str, Any]]:
    """Emit what happened to a clock; the line of history about it."""
    spec = spec_of(change.clock.code)
    plan = known.get(change.clock.plan) or case.plan
    for type, data, at in clock_event(change, spec, plan, facts, case.row.path, tx.now):
        case.say(tx, type, {"ticket_id": case.id, **data}, at)
    clock = change.clock
    data = {"clock": clock.code, "due_at": clock.due_at, "met_at": clock.met_at}
    if subject_id != case.id:
        data["subject_id"] = subject_id  # a follow-up call or a step has a clock of the same code each time
    if change.before is not None:
        data |= {
            "was_due_at": change.before.due_at,
            "limit": str(clock.limit),
            "was_limit": str(change.before.limit),
            "policy": policy_of(case.kind.policy, clock),
        }
    at = clock.breached_at if change.what == "breached" else tx.now
    return [_entry(case, f"clock.{change.what}", at or tx.now, data)]


def _warn(
    tx: Tx, case: Any, subject_id: UUID, spec: ClockSpec, plan: Plan, clock: Clock, milestone: Milestone
) -> dict[str, Any]:
    level = LEVEL[milestone.percent]
    told = {
        "clock": clock.code,
        "due_at": clock.due_at,
        "percent": milestone.percent,
        "reached_at": milestone.at,
        "held": milestone.held,
        **audience(spec, plan, case.facts, case.row.path, level),
    }
    case.warn(tx, {"ticket_id": case.id, **told})
    data = {k: told[k] for k in ("clock", "due_at", "percent", "level", "role")}
    return _entry(case, WARNED, tx.now, data)


def _entry(case: Any, action: str, at: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ticket_id": case.id,
        "action": action,
        "state": case.facts.state,
        "public": False,
        "occurred_at": at,
        "late_reason": None,
        "data": data,
    }
