"""What a scoring rule is given and what it answers; the rules themselves are the plug-ins in `scoring/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from services.kpi.domain.letters import Target
from services.kpi.domain.measure import Reading
from services.kpi.domain.numbers import Text


class NeedsCases(ValueError):
    """The rule counts single cases, and the reading is only a rate: 95 % does not say how many were late."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A measured value on the wrong side of its target, as a rule sees it."""

    reading: Reading
    target: Target
    settings: Mapping[str, Any]
    pool: Fraction  # the points that can be lost: the section's pool or the item's own
    partial_policy: str  # linear, floor or ceil (RR4, AMB-001)
    unit: Text  # what one unit of the indicator is called
    case: Text  # what one missed case is called


@dataclass(frozen=True, slots=True)
class Deduction:
    """Points lost, exact and never more than the rule gives, with the half sentence that says why."""

    points: Fraction
    why: Text


@dataclass(frozen=True, slots=True)
class ScoringRule:
    """How a miss becomes points. `forfeit` is what is lost when an obliged measurement was not made (AMB-008)."""

    code: str
    title: Text
    deduct: Callable[[Missed], Deduction]
    forfeit: Callable[[Mapping[str, Any], Fraction], Fraction]
    scored: bool = True
