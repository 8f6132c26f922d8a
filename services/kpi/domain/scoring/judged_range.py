"""An appraiser gives the points of each occurrence inside a range, with a reason: "视后果扣5-20分" (F-031, AMB-071)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from services.kpi.domain.letters import LetterError
from services.kpi.domain.numbers import Text, exact, fixed, plain
from services.kpi.domain.score_rules import Deduction, Missed, NeedsCases, ScoringRule


def deduct(missed: Missed) -> Deduction:
    """The judged points of all occurrences, one judgement each; pending while one is missing.

    Raises JudgementOutOfRange, and LetterError for more judgements than occurrences.
    """
    if missed.reading.misses is None or missed.reading.misses < 0:
        raise NeedsCases
    low, high, cases = exact(missed.settings["low"]), exact(missed.settings["high"]), missed.reading.misses
    # row: F-031, AMB-071 each judged within the printed range
    points = sum((judgement.within(low, high) for judgement in missed.judgements), Fraction(0))
    if len(missed.judgements) > cases:
        raise LetterError(
            missed.judgements[-1].path, "评分次数多于发生次数", "more judgements than there were occurrences"
        )
    if len(missed.judgements) < cases:
        open_ = plain(cases - len(missed.judgements))
        return Deduction(
            points,
            Text(
                f"另有{open_}次待考核人在{plain(low)}至{plain(high)}分内评定",
                f"{open_} still to be judged, {plain(low)} to {plain(high)} points each",
            ),
            pending=True,
        )
    return Deduction(
        points,
        Text(
            f"{plain(cases)}次，考核人评定共扣{fixed(points)}分",
            f"{plain(cases)} {missed.case.en}, {fixed(points)} points off as judged by the appraiser",
        ),
    )


def forfeit(settings: Mapping[str, Any], pool: Fraction) -> Fraction:
    """Nobody counted, so the most that one occurrence can cost is at stake."""
    return min(pool, exact(settings["high"]))


RULE = ScoringRule(
    code="judged_range",
    title=Text("考核人在范围内评定扣分", "Points off judged within a range"),
    deduct=deduct,
    forfeit=forfeit,
    judged=True,
)

EXAMPLES = (
    {
        "numerator": 38,
        "denominator": 40,
        "target": "100",
        "op": "=",
        "settings": {"low": 5, "high": 10},
        "judgements": ["5", "10"],
        "deductions": {"linear": "15.00", "floor": "15.00", "ceil": "15.00"},
    },
)
