"""So many points off for each occurrence, by its kind: "事假一次扣1分、病假一次扣0.5分" (F-033).

A kind with a range is judged by a person ("视情节轻重扣2-6分").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from services.kpi.domain.letters import LetterError
from services.kpi.domain.numbers import Text, exact, fixed, plain
from services.kpi.domain.score_rules import Deduction, Judgement, Missed, NeedsCases, ScoringRule, all_of_it


def deduct(missed: Missed) -> Deduction:
    """Occurrences by kind times the points of the kind; those of the judged kind by their judgements.

    Raises NeedsCases without kinds, JudgementOutOfRange, and LetterError for judgements of nothing.
    """
    kinds, judged = missed.settings["kinds"], missed.settings.get("judged") or {}
    given = missed.reading.parts
    if given is None:
        if not missed.judgements:
            raise NeedsCases
        given = {}
    fixed_points = sum((exact(kinds[name]) * count for name, count in given.items() if name in kinds), Fraction(0))
    own, waiting = _judged(judged, given, missed.judgements)
    points = fixed_points + own
    if waiting:
        return Deduction(
            points,
            Text(f"另有{plain(waiting)}次待评定", f"{plain(waiting)} still to be judged"),
            pending=True,
        )
    return Deduction(
        points, Text(f"按次数和种类共扣{fixed(points)}分", f"{fixed(points)} points off by kind and number")
    )


def _judged(
    judged: Mapping[str, Sequence[int]], given: Mapping[str, Fraction], marks: Sequence[Judgement]
) -> tuple[Fraction, Fraction]:
    """Judged points, and how many occurrences still wait for theirs."""
    if not judged:
        return Fraction(0), Fraction(0)
    (name, (low, high)), *_ = judged.items()
    points = sum((mark.within(exact(low), exact(high)) for mark in marks), Fraction(0))
    cases = given.get(name, Fraction(0)) if given else Fraction(len(marks))
    if len(marks) > cases:
        raise LetterError(marks[-1].path, "评分次数多于发生次数", "more judgements than there were occurrences")
    return points, cases - len(marks)


RULE = ScoringRule(
    code="per_kind",
    title=Text("按种类按次扣分", "Points off per occurrence by kind"),
    deduct=deduct,
    forfeit=all_of_it,
    judged=True,
)

EXAMPLES = (
    {
        "numerator": 1,
        "denominator": 2,
        "parts": {"personal_leave": 2, "sick_leave": 1},
        "target": "100",
        "op": "=",
        "settings": {"kinds": {"personal_leave": 1, "sick_leave": "0.5"}},
        "deductions": {"linear": "2.50", "floor": "2.50", "ceil": "2.50"},
    },
    {
        "numerator": 1,
        "denominator": 2,
        "parts": {"disobedience": 1, "quarrel": 1},
        "target": "100",
        "op": "=",
        "settings": {"kinds": {"disobedience": 2}, "judged": {"quarrel": [2, 6]}},
        "judgements": ["3"],
        "deductions": {"linear": "5.00", "floor": "5.00", "ceil": "5.00"},
    },
)
