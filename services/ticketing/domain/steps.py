"""Limits on staying in one step of a process, each with the role that answers for it (B-016, B-017, C-013).

A family of clocks made from data: one for each state of a kind in which a case waits for somebody. They are off unless
a state is shipped with a limit or a policy sets one, under the code ``step.<kind>.<state>``. A case that comes into the
same state again gets a new clock, so each is a clock of its own subject, made of the case and the time it came there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Final
from uuid import UUID, uuid5

from services.ticketing.domain.clocks import LEVELS, Change, Clock, ClockSpec, decided, whole
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import StateSpec, clock_specs, kinds

PREFIX: Final = "step."


def subject_of(ticket_id: UUID, facts: Facts) -> UUID:
    """Whose clock a step's is: the case in the state it came into at that time."""
    since = facts.state_since or facts.received_at
    return uuid5(ticket_id, f"{facts.state}@{whole(since).isoformat()}")


def step_code(kind: str, state: str) -> str:
    """The code of a step's clock and of its limit."""
    return f"{PREFIX}{kind}.{state}"


def _spec(kind: str, state: StateSpec) -> ClockSpec:
    code = step_code(kind, state.code)
    # row: B-016, B-017, C-013 each step of a process has its limit and its responsible role
    return ClockSpec(
        code,
        "B-017" if kind == "complaint" else "B-016",
        f"“{state.zh}”环节时限",
        f'leave the step "{state.en}" in time',
        {code: state.limit},
        met=lambda facts: None,
        starts=lambda facts: facts.state_since or facts.received_at,
        which=lambda facts: "" if facts.state == state.code else None,
        pausable=True,
        roles=(state.role, *LEVELS[1:]),
    )


@cache
def step_specs(kind: str) -> dict[str, ClockSpec]:
    """The clocks of a kind's steps by state; final states are no steps, nobody waits in them."""
    return {state.code: _spec(kind, state) for state in kinds()[kind].states if not state.final}


def spec_of(code: str) -> ClockSpec:
    """The promise behind a stored clock: one of a kind, or the limit of a step. Raises KeyError."""
    if code.startswith(PREFIX):
        kind, _, state = code.removeprefix(PREFIX).rpartition(".")
        return step_specs(kind)[state]
    return clock_specs()[code]


def left(clock: Clock, at: datetime, cancelled: bool, now: datetime) -> tuple[Clock, tuple[Change, ...]]:
    """A step's clock once the case went on, at ``at``; a case taken back leaves its steps undecided."""
    if clock.state == "breached" and clock.met_at is None and not cancelled:
        return replace(clock, met_at=whole(at)), ()
    if clock.state != "running":
        return clock, ()
    if cancelled:
        after = replace(clock, state="cancelled")
        return after, (Change("cancelled", after),)
    after = decided(clock, whole(at), now)
    return after, (Change("met" if after.state == "met" else "breached", after),)
