"""The plan of a month (C-055, B-070): made by the month's timer or by hand, chunk by chunk, each step once.

A plan is a saga like a billing run: its job decides some hundred units per transaction and keeps the last one in the
same transaction. The ids of plan, case and step are made of community, month, household and kind, so a plan that was
killed and taken up again, or asked for twice, is the same plan. Its debtors are those with bills due before the month.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.billing.domain.dunning import (
    CASE_OPEN,
    SMS,
    Debt,
    Policy,
    Window,
    month_windows,
    steps_of,
)
from services.billing.domain.dunning_contacts import next_hour, suspends
from services.billing.domain.vocabulary import RUN_DONE, RUN_RUNNING
from services.billing.dunning import repository
from services.billing.dunning.telling import suspended
from services.billing.holds import repository as holds
from services.billing.ledger.repository import lock_accounts
from shared.db.tx import Tx
from shared.periods import Period, month_of
from shared.runtime import Timer

MONTHLY, SMS_TIME, WINDOW_END = "dunning.plan.monthly", "dunning.sms.time", "dunning.window.end"
PLAN, SEND, CLOSE = "dunning.plan", "dunning.sms.send", "dunning.window.close"
_IDS = UUID("5b0ff2d0-5e5e-5b43-8a6a-3f0a9f4b8d27")
"""Namespace of the ids of plans, cases, steps and their timers."""


def made_of(*parts: object) -> UUID:
    """The id of a thing that is the same thing however often it is made."""
    return uuid5(_IDS, "/".join(str(part) for part in parts))


def midnight_after(day: date, zone: ZoneInfo) -> datetime:
    """The first instant after a local day."""
    return datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)


async def policy_of(tx: Tx, community_id: UUID) -> Policy:
    """The community's parameters, or the defaults."""
    row = await repository.policy(tx, community_id)
    return Policy() if row is None else Policy(**row.params)


def watch_month(tx: Tx, community_id: UUID, zone: ZoneInfo) -> None:
    """Have next month's plan made when it begins, so that no month is forgotten."""
    period = month_of(tx.now.astimezone(zone).date()).next()
    # row: B-070, C-055 a plan every month
    tx.set_timer(MONTHLY, community_id, period.bounds(zone)[0], {"period": str(period)})


async def monthly(tx: Tx, timer: Timer) -> None:
    """A month begins: make its plan and watch for the next."""
    name = await repository.community_zone(tx, timer.subject_id)
    if name is None:
        return
    await ensure(tx, timer.subject_id, Period.parse(timer.payload["period"]), None)
    watch_month(tx, timer.subject_id, ZoneInfo(name))


async def ensure(tx: Tx, community_id: UUID, period: Period, asked_by: UUID | None) -> UUID:
    """The plan of the month, made now if there is none; an unfinished one is taken up again."""
    plan_id = made_of("plan", community_id, period)
    policy = await policy_of(tx, community_id)
    values = {
        "community_id": community_id,
        "period": str(period),
        "policy": json.dumps(policy.doc()),
        "requested_by": asked_by,
    }
    if await repository.add_plan(tx, plan_id, values):
        tx.audit("dunning_plan.made", "dunning_plan", plan_id, after={"period": str(period)})
    tx.enqueue(PLAN, {"plan_id": str(plan_id)})
    return plan_id


async def plan_chunk(tx: Tx, plan_id: UUID, size: int) -> bool:
    """Plan the next ``size`` units that owe anything; False when the plan is done."""
    plan = await repository.plan(tx, plan_id, lock=True)
    if plan is None or plan.state == RUN_DONE:
        return False
    name = await repository.community_zone(tx, plan.community_id)
    zone = ZoneInfo(name or "Asia/Shanghai")
    policy, period = Policy(**plan.policy), Period.parse(plan.period)
    units = await repository.next_owing(tx, plan.community_id, plan.cursor_unit_id, size)
    if not units:
        _finish(tx, plan, policy, period, zone)
        await repository.move_plan(tx, plan_id, {"state": RUN_DONE, "finished_at": tx.now})
        return False
    # As payments do: accounts first, so that what is read as owed is owed when the steps are stored.
    await lock_accounts(tx, plan.community_id, units)
    debts = await repository.overdue(tx, units, period.start)
    known = {case.id: case for case in await repository.cases(tx, [case_id(*h) for h in debts], lock=True)}
    held = await holds.active(tx, [case.hold_id for case in known.values() if case.hold_id is not None])
    found: dict[UUID, tuple[repository.Household, Debt]] = {}
    steps: list[repository.NewStep] = []
    ends: set[tuple[str, date]] = set()
    counts = {"debtors": len(debts), "steps": 0, "suspended": 0, "amount_fen": 0}
    for household, debt in debts.items():
        the_id = case_id(*household)
        the_case = known.get(the_id)
        hold = None
        if the_case is not None and the_case.state == CASE_OPEN:
            debt = replace(
                debt,
                demand_served=the_case.demand_term_on is not None,
                packet_submitted=the_case.packet_id is not None,
            )
            hold = held.get(the_case.hold_id)
        found[the_id] = (household, debt)
        for window in steps_of(period, policy, debt):
            cause = None if hold is None or not suspends(hold.kind, window.kind) else hold.kind
            step = _step(plan, the_id, household, window, debt.amount_fen, zone, cause)
            steps.append(step)
            ends.add((window.kind, window.last))
            if cause is not None:
                suspended(tx, step.id, 1, plan, the_id, household, window.kind, cause)
        counts["amount_fen"] += debt.amount_fen
        counts["suspended"] += hold is not None
    counts["steps"] = len(steps)
    if found:
        await repository.save_cases(tx, plan.community_id, found)
        await repository.add_steps(tx, plan, steps)
    watch_ends(tx, plan_id, zone, ends)
    moved = {name: getattr(plan, name) + value for name, value in counts.items()}
    await repository.move_plan(tx, plan_id, {"state": RUN_RUNNING, "cursor_unit_id": units[-1], **moved})
    return True


def watch_ends(tx: Tx, plan_id: UUID, zone: ZoneInfo, ends: set[tuple[str, date]]) -> None:
    """Have each window looked at when it ends: what is not done then is missed."""
    for kind, last in sorted(ends):
        payload = {"plan_id": str(plan_id), "kind": kind, "last_on": last.isoformat()}
        # row: B-073, C-060 no omission goes unnoticed
        tx.set_timer(WINDOW_END, made_of("end", plan_id, kind, last), midnight_after(last, zone), payload)


def _finish(tx: Tx, plan: Row[Any], policy: Policy, period: Period, zone: ZoneInfo) -> None:
    """The plan stands: the messages go out in their window, in the contact hours."""
    first = next(window for window in month_windows(period, policy) if window.kind == SMS)
    opens = datetime.combine(first.first, time.min, zone).astimezone(UTC)
    at = next_hour(max(opens, tx.now), zone, policy)
    tx.set_timer(SMS_TIME, plan.id, at, {"plan_id": str(plan.id)})
    tx.audit("dunning_plan.done", "dunning_plan", plan.id, after={"debtors": plan.debtors, "steps": plan.steps})


def case_id(unit_id: UUID, payer_id: UUID | None) -> UUID:
    """The case of a household: one for life, which opens and settles."""
    return made_of("case", unit_id, payer_id)


def _step(
    plan: Row[Any],
    the_case: UUID,
    household: repository.Household,
    window: Window,
    fen: int,
    zone: ZoneInfo,
    cause: str | None,
) -> repository.NewStep:
    return repository.NewStep(
        made_of("step", the_case, plan.period, window.kind),
        the_case,
        household,
        window.kind,
        window.first,
        window.last,
        midnight_after(window.last, zone),
        fen,
        cause,
    )


def start_job(kind: str) -> Any:
    """A timer's handler that has the worker do what its payload says, in transactions of its own."""

    async def fire(tx: Tx, timer: Timer) -> None:
        tx.enqueue(kind, dict(timer.payload))

    return fire
