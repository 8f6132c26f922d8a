"""What would close a gap, and what is at stake today: pure sums over the facts of a period.

A case can still be won while what it wants can still be done: a bill can be paid, a file checked, a household asked; a
promise that was missed stays missed. What a case is worth is the letter's own score with it and without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from services.kpi.domain.facts import WITHIN_LIMIT, Indicator
from services.kpi.domain.letters import Target
from services.kpi.domain.measure import Reading, Use, ratio
from services.kpi.domain.numbers import Text, fixed, plain

#: Verdicts that nothing done now can change: the promise was broken, or a person has judged.
SETTLED = frozenset(
    {
        *("late", "missed", "abandoned", "rings_unknown", "unsatisfied", "unsigned", "not_called", "refused"),
        *("not_greeted", "posted_late", "credited_after_quarter", "for_bill_of_other_quarter", "prepayment"),
        *("not_delivered", "cancelled", "withdrawn", "not_in_scope", "not_on_register", "objection_upheld", "voided"),
        *("not_valid", "unreachable", "suspended", "not_rated", "not_by_phone"),
        *("credited_after_year", "for_bill_of_other_year"),
    }
)


_TOO_LATE = frozenset({"credited_after_quarter", "credited_after_year"})


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case of an indicator that is not won yet. `worth`: its share of the numerator (yuan, or one); `running`: it is
    inside its limit and in neither number so far, so that letting it pass costs what doing it saves."""

    indicator: str
    subject: str  # the fact that stands for the case
    worth: Fraction
    running: bool


def open_cases(indicator: Indicator, uses: Iterable[Use]) -> list[OpenCase]:
    """The cases of a period that can still be won, those worth most first.

    Facts of one case (a bill and the money that paid it, a complaint and its end) share the first part of their
    subject; files of a register are one case each.
    """
    if indicator.unit != "percent":
        return []
    scale = 100 if indicator.fen else 1
    whole: dict[str, list[Use]] = {}
    for use in uses:
        whole.setdefault(use.fact.group or use.fact.subject.partition("/")[0], []).append(use)
    found = []
    for together in whole.values():
        case = min(together, key=lambda use: (-Fraction(use.fact.denominator), use.fact.subject))
        running = case.verdict == WITHIN_LIMIT and not case.counted
        if case.verdict in SETTLED or not (case.counted or running) or not case.fact.denominator:
            continue
        gone = (use for use in together if use.counted or use.verdict in _TOO_LATE)
        won = sum((Fraction(use.fact.numerator) for use in gone), Fraction(0))
        lacks = Fraction(case.fact.denominator) - won
        if lacks > 0:
            found.append(OpenCase(indicator.code, case.fact.subject, lacks / scale, running))
    return sorted(found, key=lambda one: (-one.worth, one.subject))


def lacking(indicator: Indicator, reading: Reading, target: Target | None) -> Fraction | None:
    """How much the numerator lacks to the target; None where more of it does not help, or nothing is missed."""
    if target is None or target.value is None or target.op not in (">=", "=", ">") or reading.value is None:
        return None
    if indicator.unit != "percent" or reading.denominator is None or reading.numerator is None:
        return None
    short = target.value / 100 * reading.denominator - reading.numerator
    if short <= 0:
        return None
    return short if indicator.fen else Fraction(ceil(short))


def closing(lacks: Fraction, cases: Sequence[OpenCase]) -> list[OpenCase]:
    """The fewest cases that close the gap, those worth most first; all there are where they do not suffice."""
    found: list[OpenCase] = []
    for case in cases:
        if lacks <= 0:
            break
        if not case.running:
            found.append(case)
            lacks -= case.worth
    return found


def with_case(indicator: Indicator, reading: Reading, case: OpenCase, *, won: bool) -> Reading:
    """The reading as it would be with the case done, or with a running one let pass."""
    top, bottom = reading.numerator or Fraction(0), reading.denominator or Fraction(0)
    if won:
        top += case.worth
    if case.running:
        bottom += 1
    return ratio(indicator.unit, top, bottom)


def reached(indicator: Indicator, reading: Reading, lacks: Fraction) -> Reading:
    """The reading with so much more in its numerator."""
    return ratio(indicator.unit, (reading.numerator or Fraction(0)) + lacks, reading.denominator or Fraction(0))


def sentence(title: Text, indicator: Indicator, lacks: Fraction, count: int, target: Target, *, enough: bool) -> Text:
    """The advice: "14 more rooms, ¥38,210.00, reach 90 %"."""
    goal = plain(target.value or Fraction(0))
    if not enough:
        zh = f"{title.zh}：尚差{_amount(indicator, lacks)}，其余可争取的{count}项不足以达到{goal}%。"
        return Text(zh, f"{title.en}: {_amount(indicator, lacks)} short; the {count} cases left do not reach {goal} %.")
    if indicator.fen:
        return Text(
            f"{title.zh}：再收{count}户、共{_amount(indicator, lacks)}，即达{goal}%。",
            f"{title.en}: {_more(count, 'room')}, {_amount(indicator, lacks)}, to reach {goal} %.",
        )
    return Text(f"{title.zh}：再完成{count}项，即达{goal}%。", f"{title.en}: {_more(count, 'case')} to reach {goal} %.")


def _more(count: int, what: str) -> str:
    return f"{count} more {what}{'' if count == 1 else 's'}"


def _amount(indicator: Indicator, value: Fraction) -> str:
    if not indicator.fen:
        return plain(value)
    whole, _, cents = fixed(value).partition(".")
    return f"¥{int(whole):,}.{cents}"
