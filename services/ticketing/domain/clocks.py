"""Promised times as rows: when a clock is due, whether it was kept, and what a late record changes.

The state of a clock follows from the facts of its case alone, so one function, :func:`reconcile`, serves intake,
every command, late records and the timer that fires when nobody did anything. Times are compared in whole seconds
and the last second counts (AMB-106): of a clock due at 09:10:00, 09:10:00.9 is met and 09:10:01 is late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from services.ticketing.domain.facts import Facts

State = Literal["running", "met", "breached", "withdrawn", "cancelled"]
What = Literal["started", "met", "breached", "breach_withdrawn", "cancelled"]

SECOND: Final = timedelta(seconds=1)

#: Due time of a clock for a case, or None while the clock does not apply to it.
Due = Callable[[Facts], datetime | None]
#: When the promise was kept, as far as recorded; None while it was not.
Met = Callable[[Facts], datetime | None]


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """One promise of a kind: catalogue row, names, and how due time and proof follow from the facts.

    ``movable``: the agreement itself is part of the promise, so a record that it was made in time moves the due time
    even after a breach (B-010). Every other breached clock keeps its due time, whatever is classified afterwards.
    """

    code: str
    row: str
    zh: str
    en: str
    due: Due
    met: Met
    starts: Callable[[Facts], datetime]
    movable: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of one case. Times are UTC and whole seconds; ``breached_at`` is the first second too late."""

    code: str
    from_at: datetime
    due_at: datetime
    state: State
    met_at: datetime | None = None
    breached_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a clock: an event of its own each, in the order in which they happened."""

    what: What
    clock: Clock


def whole(at: datetime) -> datetime:
    """The instant without its fraction of a second; clocks compare nothing finer."""
    return at.replace(microsecond=0)


def in_time(at: datetime, due_at: datetime) -> bool:
    """Whether something at ``at`` keeps a promise due at ``due_at``: inclusive, in whole seconds (AMB-106)."""
    # row: AMB-106 inclusive, in whole seconds
    return whole(at) <= due_at


def fire_at(due_at: datetime) -> datetime:
    """When a timer must fire to find the clock broken: the first second after the last one that counts."""
    return due_at + SECOND


def due_of(spec: ClockSpec, facts: Facts) -> datetime:
    """The last second that counts, of a clock that applies to the case.

    Raises:
        ValueError: it does not apply.
    """
    due = spec.due(facts)
    if due is None:
        raise ValueError(f"{spec.code} does not apply")
    return whole(due)


def _decided(code: str, from_at: datetime, due_at: datetime, met_at: datetime | None, now: datetime) -> Clock:
    if met_at is not None and met_at <= due_at:
        return Clock(code, from_at, due_at, "met", met_at)
    if met_at is not None or not in_time(now, due_at):
        return Clock(code, from_at, due_at, "breached", met_at, fire_at(due_at))
    return Clock(code, from_at, due_at, "running")


def reconcile(
    spec: ClockSpec, before: Clock | None, facts: Facts, now: datetime
) -> tuple[Clock | None, tuple[Change, ...]]:
    """The clock as the facts have it at ``now``, and the changes that lead there.

    A met clock stays met and a missed one missed, however the case is classified later (AMB-084); only a record that
    shows the promise was kept in time withdraws a breach. A clock that stops applying while it runs is cancelled.
    """
    due = spec.due(facts) if not facts.cancelled else None
    if due is None:
        if before is None or before.state != "running":
            return before, ()
        after = replace(before, state="cancelled")
        return after, (Change("cancelled", after),)
    due = whole(due)
    met = spec.met(facts)
    met_at = None if met is None else whole(met)
    if before is None or before.state == "cancelled":
        after = _decided(spec.code, whole(spec.starts(facts)), due, met_at, now)
        started = Change("started", replace(after, state="running", met_at=None, breached_at=None))
        return after, (started, *_outcome(after))
    if before.state == "running":
        after = _decided(spec.code, before.from_at, due, met_at, now)
        if after == before:
            return before, ()
        if after.state == "running":
            return after, (Change("started", after),)
        return after, _outcome(after)
    if before.state == "breached":
        return _reconsidered(spec, before, due, met_at, now)
    return before, ()


def _outcome(clock: Clock) -> tuple[Change, ...]:
    if clock.state == "met":
        return (Change("met", clock),)
    if clock.state == "breached":
        return (Change("breached", clock),)
    return ()


def _reconsidered(
    spec: ClockSpec, before: Clock, due: datetime, met_at: datetime | None, now: datetime
) -> tuple[Clock, tuple[Change, ...]]:
    if spec.movable and due != before.due_at:
        moved = _decided(spec.code, before.from_at, due, met_at, now)
        if moved.state == "breached":
            return replace(moved, breached_at=before.breached_at), ()
        withdrawn = replace(before, state="withdrawn", met_at=moved.met_at, breached_at=before.breached_at)
        follow: What = "started" if moved.state == "running" else "met"
        moved = replace(moved, breached_at=before.breached_at)
        return moved, (Change("breach_withdrawn", withdrawn), Change(follow, moved))
    if met_at is None or met_at == before.met_at:
        return before, ()
    if met_at <= before.due_at:
        after = replace(before, state="withdrawn", met_at=met_at)
        return after, (Change("breach_withdrawn", after),)
    # Done at last, too late: the row shows when, the breach stands.
    return replace(before, met_at=met_at), ()


def reconcile_all(
    specs: Iterable[ClockSpec], before: Mapping[str, Clock], facts: Facts, now: datetime
) -> tuple[dict[str, Clock], tuple[Change, ...]]:
    """:func:`reconcile` for every clock of a kind; clocks that never applied are absent from the result."""
    after: dict[str, Clock] = {}
    changes: list[Change] = []
    for spec in specs:
        clock, moved = reconcile(spec, before.get(spec.code), facts, now)
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
