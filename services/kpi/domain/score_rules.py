"""What a scoring rule is given and what it answers; the rules themselves are the plug-ins in `scoring/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from services.kpi.domain.letters import JudgementOutOfRange, Target
from services.kpi.domain.measure import Reading
from services.kpi.domain.numbers import Text, plain


class NeedsCases(ValueError):
    """The rule counts single cases, and the reading is only a rate: 95 % does not say how many were late."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Points a person gives where a rule leaves them to a person; always positive, the rule says which way."""

    points: Fraction
    reason: str | None
    path: str

    def within(self, lowest: Fraction, highest: Fraction | None) -> Fraction:
        """The points, if the rule allows them. Raises JudgementOutOfRange."""
        if lowest <= self.points and (highest is None or self.points <= highest):
            return self.points
        low, high = plain(lowest), "" if highest is None else plain(highest)
        # row: F-074 twenty-one is outside of 5 to 20
        raise JudgementOutOfRange(
            f"{self.path}.points",
            f"应在{low}至{high}分之间" if high else f"不得少于{low}分",
            f"must be between {low} and {high} points" if high else f"must be at least {low} points",
        )


@dataclass(frozen=True, slots=True)
class Missed:
    """A measured value as a rule sees it; one on the wrong side of its target, unless the rule scores every value."""

    reading: Reading
    target: Target | None
    settings: Mapping[str, Any]
    pool: Fraction  # the points that can be lost: the section's pool or the item's own
    partial_policy: str  # linear, floor or ceil (RR4, AMB-001)
    unit: Text  # what one unit of the indicator is called
    case: Text  # what one missed case is called
    judgements: Sequence[Judgement] = ()
    others_met: bool = True  # no other line of the letter is missed
    path: str = ""


@dataclass(frozen=True, slots=True)
class Deduction:
    """Points lost (or, by a bonus, won), exact, with the half sentence that says why. `pending`: a person has yet to
    judge them."""

    points: Fraction
    why: Text
    pending: bool = False


@dataclass(frozen=True, slots=True)
class ScoringRule:
    """How a miss becomes points. `forfeit` is what is lost when an obliged measurement was not made (AMB-008).

    `gain` adds points, where a letter names a bonus. `always`: every value is scored, also one without a target.
    `judged`: a person gives the points, so that a judgement alone says that there was a case. `last`: asked when all
    other lines are known. `speaks`: asked without a reading, too.
    """

    code: str
    title: Text
    deduct: Callable[[Missed], Deduction]
    forfeit: Callable[[Mapping[str, Any], Fraction], Fraction]
    scored: bool = True
    gain: Callable[[Missed], Deduction] | None = None
    always: bool = False
    judged: bool = False
    last: bool = False
    speaks: bool = False  # has something to say even without a reading
    apart: bool = False  # points off leave the state to the target alone


def nothing(missed: Missed) -> Deduction:
    """No points either way."""
    return Deduction(Fraction(0), Text("", ""))


def all_of_it(settings: Mapping[str, Any], pool: Fraction) -> Fraction:
    """Nobody measured, so the whole pool is at stake."""
    return pool


def none_of_it(settings: Mapping[str, Any], pool: Fraction) -> Fraction:
    """Nothing is lost by not measuring."""
    return Fraction(0)
