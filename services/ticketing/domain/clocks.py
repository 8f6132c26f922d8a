"""Promised times as rows: when a clock is due, whether it was kept, and what a late record or a new plan changes.

The state of a clock follows from the facts of its case and the plan of its community, so one function,
:func:`reconcile`, serves intake, every command, late records, re-planning and the timer that fires when nobody did
anything. Times are compared in whole seconds and the last second counts (AMB-106): of a clock due at 09:10:00,
09:10:00.9 is met and 09:10:01 is late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from services.ticketing.domain.facts import Facts
from services.ticketing.domain.limits import SECOND, Limit, Pause, reckon
from services.ticketing.domain.plans import SHIPPED, Plan

State = Literal["running", "met", "breached", "withdrawn", "cancelled"]
What = Literal["started", "met", "breached", "breach_withdrawn", "cancelled", "replanned"]

#: Whom a warning goes to, one level after the other: those on duty, then those above them.
LEVELS: Final = ("clerk", "supervisor", "project_manager")


def _first(facts: Facts) -> str | None:
    return ""


def _none(facts: Facts, due: datetime | None) -> datetime | None:
    return None


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """One promise of a kind: catalogue row, names, where it starts, what it may take, when it was kept.

    ``limits`` are the limits it may run under, by the codes a policy sets them by, with what is shipped (None: off
    until somebody sets it); ``which`` picks one for a case: "" the first, None that the promise does not concern it.
    ``agreed`` is the instant people agreed on instead, given the due time by the limit.

    ``movable``: the agreement itself is part of the promise, so a record that it was made in time moves the due time
    even after a breach (B-010). Every other breached clock keeps its due time, whatever is classified afterwards.
    ``pausable``: a pause of the case stops it. ``firm``: a signed document prints the number, so a policy may only make
    it shorter. ``roles`` are warned, level by level.
    """

    code: str
    row: str
    zh: str
    en: str
    limits: Mapping[str, Limit | None]
    met: Callable[[Facts], datetime | None]
    starts: Callable[[Facts], datetime]
    which: Callable[[Facts], str | None] = _first
    agreed: Callable[[Facts, datetime | None], datetime | None] = _none
    movable: bool = False
    pausable: bool = False
    firm: bool = False
    roles: tuple[str, str, str] = LEVELS


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of one case. Times are UTC and whole seconds; ``breached_at`` is the first second too late.

    ``limit``, ``plan`` and ``calendar`` (its version) are those under which ``due_at`` was found; ``warned`` is the
    highest share of the budget (percent) that somebody was told of.
    """

    code: str
    from_at: datetime
    due_at: datetime
    state: State
    met_at: datetime | None = None
    breached_at: datetime | None = None
    limit: Limit | None = None
    plan: UUID | None = None
    calendar: str | None = None
    warned: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a clock: an event of its own each, in the order in which they happened. `before` where its due
    time moved."""

    what: What
    clock: Clock
    before: Clock | None = None


def whole(at: datetime) -> datetime:
    """The instant without its fraction of a second; clocks compare nothing finer."""
    return at.replace(microsecond=0)


def in_time(at: datetime, due_at: datetime) -> bool:
    """Whether something at ``at`` keeps a promise due at ``due_at``: inclusive, in whole seconds (AMB-106)."""
    return whole(at) <= due_at  # row: AMB-106 the limit itself is kept


def fire_at(due_at: datetime) -> datetime:
    """When a timer must fire to find the clock broken: the first second after the last one that counts."""
    return due_at + SECOND


def allowance(spec: ClockSpec, facts: Facts, plan: Plan) -> Limit | None:
    """The limit that a case has under a plan; None when the promise does not concern it."""
    code = spec.which(facts)
    if code is None:
        return None
    code = code or next(iter(spec.limits))
    limit = plan.limit(code, spec.limits[code])
    start = whole(spec.starts(facts))
    if spec.agreed is _none:
        return limit
    due = reckon(start, limit, plan.calendar, pauses_of(spec, facts)).due_at if limit is not None else None
    agreed = spec.agreed(facts, due)
    if agreed is None:
        return limit
    return Limit("agreed", max(int((whole(agreed) - start).total_seconds()), 0))


def pauses_of(spec: ClockSpec, facts: Facts) -> Sequence[Pause]:
    """The pauses of a case that stop this clock; most promises have none."""
    return facts.pauses if spec.pausable else ()


def due_of(spec: ClockSpec, facts: Facts, plan: Plan = SHIPPED) -> datetime:
    """The last second that counts, of a clock that applies to the case.

    Raises:
        ValueError: it does not apply.
    """
    limit = allowance(spec, facts, plan)
    if limit is None:
        raise ValueError(f"{spec.code} does not apply")
    return _due(spec, facts, plan, limit)


def _due(spec: ClockSpec, facts: Facts, plan: Plan, limit: Limit) -> datetime:
    return reckon(whole(spec.starts(facts)), limit, plan.calendar, pauses_of(spec, facts)).due_at


def decided(clock: Clock, met_at: datetime | None, now: datetime) -> Clock:
    """A running clock as it stands at ``now``, if the promise was kept at ``met_at`` (None: not yet)."""
    if met_at is not None and met_at <= clock.due_at:
        return replace(clock, state="met", met_at=met_at, breached_at=None)
    if met_at is not None or not in_time(now, clock.due_at):
        return replace(clock, state="breached", met_at=met_at, breached_at=fire_at(clock.due_at))
    return replace(clock, state="running", met_at=None, breached_at=None)


def _begins(spec: ClockSpec, facts: Facts, plan: Plan) -> bool:
    """Whether a promise that has no clock yet gets one: what an option newly asks does not reach back."""
    code = spec.which(facts) or next(iter(spec.limits))
    optional = spec.limits[code] is None and spec.agreed(facts, None) is None
    return not (optional and plan.since is not None and spec.starts(facts) < plan.since)


def reconcile(
    spec: ClockSpec,
    before: Clock | None,
    facts: Facts,
    now: datetime,
    plan: Plan = SHIPPED,
    old: Plan | None = None,
) -> tuple[Clock | None, tuple[Change, ...]]:
    """The clock as the facts have it at ``now``, and the changes that lead there.

    A met clock stays met and a missed one missed, however the case is classified later (AMB-084) and whatever plan
    comes after; only a record that shows the promise was kept in time withdraws a breach. A clock that stops applying
    while it runs is cancelled. ``old`` is the plan that a running clock was planned under, where that is another one:
    the clock is judged by it first, and re-planned only if it still runs.
    """
    fresh = before is None or before.state == "cancelled"
    under = plan if fresh or old is None else old
    limit = allowance(spec, facts, under) if not facts.cancelled else None
    if limit is None or (fresh and not _begins(spec, facts, plan)):
        if before is None or before.state != "running":
            return before, ()
        after = replace(before, state="cancelled")
        return after, (Change("cancelled", after),)
    due = _due(spec, facts, under, limit)
    met = spec.met(facts)
    met_at = None if met is None else whole(met)
    named = Clock(spec.code, whole(spec.starts(facts)), due, "running", None, None, limit, under.id)
    named = replace(named, calendar=under.calendar.version if limit.by_calendar else None)
    if before is None or before.state == "cancelled":
        after = decided(named, met_at, now)
        return after, (Change("started", named), *_outcome(after))
    if before.state == "running":
        after = decided(replace(named, warned=before.warned), met_at, now)
        if after.state != "running":
            return after, _outcome(after)
        moved = (Change("started", after, before),) if after.due_at != before.due_at else ()
        if old is None or old.id == plan.id:
            return after, moved
        after, replanned = _replan(spec, after, facts, now, plan)
        return after, (*moved, *replanned)
    if before.state == "breached":
        return _reconsidered(spec, before, named, _paused_till(spec, before, facts, under), met_at, now)
    return before, ()


def _paused_till(spec: ClockSpec, before: Clock, facts: Facts, plan: Plan) -> datetime:
    """The due time of a missed clock with the pauses known by now: one approved after the breach reaches back."""
    if not spec.pausable or before.limit is None:
        return before.due_at
    return max(reckon(before.from_at, before.limit, plan.calendar, facts.pauses).due_at, before.due_at)


def _replan(
    spec: ClockSpec, clock: Clock, facts: Facts, now: datetime, plan: Plan
) -> tuple[Clock, tuple[Change, ...]]:
    """A running clock under a new plan.

    Nobody can keep a promise that was over before it was made: where the new due time has passed already, the clock
    keeps the one it was given.
    """
    limit = allowance(spec, facts, plan)
    if limit is None:
        after = replace(clock, state="cancelled", plan=plan.id)
        return after, (Change("cancelled", after),)
    due = _due(spec, facts, plan, limit)
    if not in_time(now, due):
        return clock, ()
    version = plan.calendar.version if limit.by_calendar else None
    after = replace(clock, due_at=due, limit=limit, plan=plan.id, calendar=version)
    return after, (Change("replanned", after, clock),) if due != clock.due_at else ()


def _outcome(clock: Clock) -> tuple[Change, ...]:
    if clock.state == "met":
        return (Change("met", clock),)
    if clock.state == "breached":
        return (Change("breached", clock),)
    return ()


def _reconsidered(
    spec: ClockSpec, before: Clock, named: Clock, paused_till: datetime, met_at: datetime | None, now: datetime
) -> tuple[Clock, tuple[Change, ...]]:
    if paused_till > before.due_at:
        named = replace(before, due_at=paused_till)
    if (spec.movable or paused_till > before.due_at) and named.due_at != before.due_at:
        moved = decided(replace(named, from_at=before.from_at), met_at, now)
        if moved.state == "breached":
            return replace(moved, breached_at=before.breached_at, warned=before.warned), ()
        withdrawn = replace(before, state="withdrawn", met_at=moved.met_at, breached_at=before.breached_at)
        follow: What = "started" if moved.state == "running" else "met"
        moved = replace(moved, breached_at=before.breached_at, warned=0)
        return moved, (Change("breach_withdrawn", withdrawn, before), Change(follow, moved, before))
    if met_at is None or met_at == before.met_at:
        return before, ()
    if met_at <= before.due_at:
        after = replace(before, state="withdrawn", met_at=met_at)
        return after, (Change("breach_withdrawn", after),)
    # Done at last, too late: the row shows when, the breach stands.
    return replace(before, met_at=met_at), ()


def reconcile_all(
    specs: Iterable[ClockSpec],
    before: Mapping[str, Clock],
    facts: Facts,
    now: datetime,
    plan: Plan = SHIPPED,
    plans: Mapping[UUID | None, Plan] | None = None,
) -> tuple[dict[str, Clock], tuple[Change, ...]]:
    """:func:`reconcile` for every clock of a kind; clocks that never applied are absent from the result.

    ``plans`` holds the plans that running clocks name, where they are not ``plan``.
    """
    after: dict[str, Clock] = {}
    changes: list[Change] = []
    for spec in specs:
        known = before.get(spec.code)
        old = (plans or {}).get(known.plan) if known is not None else None
        clock, moved = reconcile(spec, known, facts, now, plan, old)
        if clock is not None:
            after[spec.code] = clock
        changes.extend(moved)
    return after, tuple(changes)


def overdue(clocks: Sequence[Clock], now: datetime) -> bool:
    """Whether a promise is late and still not kept."""
    return any(
        c.met_at is None and (c.state == "breached" or (c.state == "running" and not in_time(now, c.due_at)))
        for c in clocks
    )

