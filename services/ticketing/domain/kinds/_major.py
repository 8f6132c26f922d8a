"""Major complaints (重大投诉): who makes one of it, who may undo that, what the general manager does (AMB-035).

The general manager, whose letter loses points for each late one, may raise a case and not lower it; the supervisor
proposes; quality assurance lowers. The limits of 003.64 are theirs as well, and a clock of its own holds the general
manager to the longest of them, from the hour in which somebody first called the case major (B-012).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from services.ticketing.domain.deeds import Deed
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kinds._kit import LEADS, Reasoned, at, promise
from services.ticketing.domain.limits import wall
from services.ticketing.domain.ticket_errors import NotMajor

_GM: Final = frozenset({"gm"})


@dataclass(frozen=True, slots=True)
class Handling:
    """What the general manager did about it."""

    record: str


@dataclass(frozen=True, slots=True)
class Coordination:
    """Which departments were brought together, and what they agreed."""

    departments: str
    agreed: str


def _raise(facts: Facts, at: datetime, given: Mapping[str, Any]) -> Facts:
    return replace(facts, major=True)


def _lower(facts: Facts, at: datetime, given: Mapping[str, Any]) -> Facts:
    if not facts.major:
        raise NotMajor()
    return replace(facts, major=False)


def classified(facts: Facts) -> dict[str, Any]:
    """The case's class as the event tells it."""
    return {"urgency": facts.urgency, "complex": facts.complex, "major": facts.major}


DEEDS: Final = (
    Deed("propose-major", "提议列为重大", "proposed as major", LEADS, Reasoned, stamp="major_proposed_at"),
    # row: AMB-035, D-004 the general manager raises a case to major
    Deed("raise-major", "列为重大", "raised to major", _GM, Reasoned, effect=_raise, stamp="major_at"),
    # row: AMB-035 and quality assurance alone lowers it
    Deed("lower-major", "取消重大", "lowered from major", frozenset({"qa"}), Reasoned, effect=_lower, second=True),
    # row: C-027 the general manager handles major complaints in person
    Deed("handle-major", "总经理处理", "handled by the general manager", _GM, Handling, stamp="gm_handled_at"),
    # row: C-028, D-007 what one department cannot solve alone
    Deed("coordinate", "跨部门协调", "coordinated", _GM, Coordination),
)

TIMELINESS: Final = promise(
    "complaint.major.timeliness",
    "B-012",
    "重大投诉由总经理及时处理",
    "the general manager handles a major complaint in time",
    at("gm_handled_at"),
    wall(hours=24),
    starts=lambda f: f.time("major_proposed_at") or f.time("major_at") or f.received_at,
    which=lambda f: "" if f.major else None,
    firm=True,
    roles=("supervisor", "project_manager", "gm"),
)
