"""What kinds are put together from: who there is, the graph that most affairs follow, deeds that several have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from services.ticketing.domain.clocks import ClockSpec
from services.ticketing.domain.deeds import Deed
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import StateSpec, stay
from services.ticketing.domain.limits import Limit

LEADS: Final = frozenset({"supervisor", "cs_manager", "project_manager", "admin"})
DESK: Final = LEADS | {"clerk", "butler"}
SERVING: Final = DESK | {"gm"}
FIELD: Final = frozenset({"engineer", "security", "safety"})

#: How long a case waits for a signature before it closes by itself.
AUTO_CLOSE: Final = timedelta(days=7)

#: The states of an affair: taken in, in somebody's hands, done, and what may come of it.
STATES: Final = (
    StateSpec("received", "已受理", "received"),
    StateSpec("in_progress", "办理中", "in progress"),
    StateSpec("completed", "已办结", "done"),
    StateSpec("reopened", "重新办理", "reopened"),
    StateSpec("closed", "已关闭", "closed", final=True),
    StateSpec("cancelled", "已取消", "cancelled", final=True),
)
_OPEN: Final = ("received", "in_progress", "reopened")
_ALL: Final = (*_OPEN, "completed", "closed")

MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "respond": stay(*_ALL),
    "dispatch": dict.fromkeys(_OPEN, "in_progress"),
    "arrive": {**dict.fromkeys(_OPEN, "in_progress"), **stay("completed", "closed")},
    "classify": stay("received", "in_progress"),
    "follow-up-note": stay(*_ALL),
    "pause": stay(*_OPEN),
    "resume": stay(*_OPEN),
    "complete": dict.fromkeys(_OPEN, "completed"),
    "sign": {"completed": "closed"},
    "refuse-signature": {"completed": "reopened"},
    "rate": stay("completed", "closed"),
    "reopen": dict.fromkeys(("completed", "closed"), "reopened"),
    "cancel": dict.fromkeys(_OPEN, "cancelled"),
    "close": {"completed": "closed"},
}


def onward(order: Sequence[str], start: str, end: str, after: str) -> dict[str, str]:
    """Moves from any state between two of an order, inclusive, on to ``after``; later ones only record it.

    People follow the emergency plan, not the system: a step told late finds the case further on (G-019).
    """
    first, last = order.index(start), order.index(end)
    return {**dict.fromkeys(order[first : last + 1], after), **stay(*order[max(last + 1, order.index(after)) :])}


def received(facts: Facts) -> datetime:
    """Most promises count from when the company was told."""
    return facts.received_at


def at(name: str) -> Callable[[Facts], datetime | None]:
    """When a deed was done that keeps its time under this name."""
    return lambda facts: facts.time(name)


def promise(
    code: str,
    row: str,
    zh: str,
    en: str,
    met: Callable[[Facts], datetime | None],
    limit: Limit | None = None,
    **more: Any,
) -> ClockSpec:
    """A promise from receipt under one limit of its own; where the catalogue has no number, a policy sets one."""
    return ClockSpec(code, row, zh, en, {code: limit}, met=met, **{"starts": received, **more})


def send_back(facts: Facts, at: datetime, given: Mapping[str, Any]) -> Facts:
    """The work was not good: a new round."""
    return replace(facts, rounds=facts.rounds + 1, completed_at=None, result=None)


def finish(facts: Facts, at: datetime, given: Mapping[str, Any]) -> Facts:
    """The end of a case that nobody signs."""
    return replace(facts, closed_at=at)


@dataclass(frozen=True, slots=True)
class Reasoned:
    """Why, and nothing else."""

    reason: str


def finishing(roles: frozenset[str], *, second: bool = False) -> Deed:
    """The deed that ends a case once all is done."""
    return Deed("finish", "结案", "finished", roles, effect=finish, second=second)
