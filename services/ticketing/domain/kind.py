"""What a ticket kind is: names, fields, a graph of states, clocks, and examples that prove them.

A kind is one file in ``kinds/``. The graph says for each action in which states it is possible and where it leads;
an action that may be told later than it happened (a response on a paper slip) is possible in later states too and
leaves them as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from services.ticketing.domain.clocks import ClockSpec
from services.ticketing.domain.deeds import Deed
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.limits import Limit
from shared.registry import discover


@dataclass(frozen=True, slots=True)
class StateSpec:
    """A state as people read it; a final one takes only records of what happened before it.

    ``role`` answers for a case in this state, and ``limit`` is how long it may stay there (None: no limit is shipped; a
    policy may set one, :mod:`services.ticketing.domain.steps`).
    """

    code: str
    zh: str
    en: str
    final: bool = False
    role: str = "clerk"
    limit: Limit | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """A promise without a time: a condition that must hold before the case closes (B-011)."""

    code: str
    row: str
    zh: str
    en: str
    met: Callable[[Facts], datetime | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One command of an example: what, how long after receipt it happened, and when it was told (default: at once)."""

    action: str
    after: timedelta
    told_after: timedelta | None = None
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """A short case: played by the contract test, read by whoever wants to know what the kind does.

    ``clocks`` are the states at ``until`` after receipt; timers fire in between as they would.
    """

    name: str
    steps: Sequence[Step]
    until: timedelta
    state: str
    clocks: Mapping[str, str]
    urgency: str = "normal"
    appointment_after: timedelta | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    channel: str = "phone"


#: What a kind tells of an action besides the events that every case has: the type, and data made of the case.
Tell = tuple[str, Callable[[Facts], Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class TicketKind:
    """One kind of ticket. ``policy`` is the version of its limits, kept on each clock that starts under them.

    ``moves``: action -> state in which it is possible -> state after it. ``revisit``: the clock of the follow-up call
    that each completion starts, if the kind has one. ``auto_close``: how long after completion a case without a
    signature closes by itself; None: never (complaints, AMB-105).

    ``pack`` is the line of business it belongs to: a kind is there where its pack is on. ``deeds`` are the actions that
    it alone has; ``actors`` narrow down who may do what others of the house may (a deed says so itself); ``tells`` are
    events besides those of every case, by action. ``urgent``: each case of it is, whoever says otherwise.
    """

    code: str
    zh: str
    en: str
    prefix: str
    policy: str
    fields: type
    states: Sequence[StateSpec]
    moves: Mapping[str, Mapping[str, str]]
    clocks: Sequence[ClockSpec]
    gates: Sequence[Gate] = ()
    revisit: ClockSpec | None = None
    auto_close: timedelta | None = None
    pack: str = "property"
    deeds: Sequence[Deed] = ()
    actors: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tells: Mapping[str, Tell] = field(default_factory=dict)
    urgent: bool = False
    retired: bool = False
    examples: Sequence[Example] = ()

    @property
    def first(self) -> str:
        """The state of a case that was just taken in."""
        return self.states[0].code

    def state(self, code: str) -> StateSpec:
        """A state by its code. Raises KeyError."""
        for spec in self.states:
            if spec.code == code:
                return spec
        raise KeyError(code)

    def deed(self, code: str) -> Deed | None:
        """A deed of this kind; None when it has none of that name."""
        return next((deed for deed in self.deeds if deed.code == code), None)

    @property
    def open_fields(self) -> frozenset[str]:
        """Fields that owners see on their case: what was said at its intake, and what public deeds added."""
        said = {f.name for f in dataclass_fields(self.fields)}
        return frozenset(said.union(*(deed.kept for deed in self.deeds if deed.public)))

    @property
    def at_once(self) -> bool:
        """Whether a case may be done in the very contact that brings it (B-003)."""
        return self.first in self.moves.get("complete", {})

    def allowed(self, state: str) -> tuple[str, ...]:
        """The actions possible in a state, in the order of the graph."""
        return tuple(action for action, moves in self.moves.items() if state in moves)


def stay(*states: str) -> dict[str, str]:
    """Moves that record something and leave the state as it is."""
    return {state: state for state in states}


@cache
def kinds() -> Mapping[str, TicketKind]:
    """All kinds by code."""
    return discover("services.ticketing.domain.kinds", "KIND")


@cache
def clock_specs() -> Mapping[str, ClockSpec]:
    """Every clock of every kind, by code: what timers and explanations look up."""
    specs: dict[str, ClockSpec] = {}
    for kind in kinds().values():
        for spec in (*kind.clocks, *((kind.revisit,) if kind.revisit else ())):
            if specs.setdefault(spec.code, spec) is not spec:
                raise ValueError(f"the clock {spec.code} is declared twice; share one ClockSpec")
    return specs
