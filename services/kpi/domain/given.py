"""Readings out of given inputs: what a what-if request (and an observation) may say about an indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, tzinfo
from fractions import Fraction
from typing import Any, cast

from services.kpi.domain.case_rule import CaseRule
from services.kpi.domain.catalogue import IndicatorInfo, case_rules, indicators, record_rules
from services.kpi.domain.facts import Case, Fact, Judging
from services.kpi.domain.letters import Item, Letter, LetterError
from services.kpi.domain.measure import Measurement, Reading, State, measure, ratio
from services.kpi.domain.numbers import exact
from services.kpi.domain.populations import by_basis
from services.kpi.domain.record_rule import Window
from services.kpi.domain.times import SHANGHAI, midnight_after
from shared.calendar import OFFICE_WEEK, WorkingCalendar
from shared.periods import Period

#: Monday to Friday; whoever knows the holidays counts by a calendar of his own.
OFFICE = WorkingCalendar(zone=SHANGHAI, week=OFFICE_WEEK)
SHAPES = ("numerator", "value", "count", "cases", "state", "parts", "grade")


def definition(item: Item | None, code: str, parameters: Mapping[str, str | None]) -> dict[str, str]:
    """The definition parameters of an indicator: its own defaults, overlaid by what the letter chose."""
    indicator = indicators().get(code)
    chosen = dict(indicator.parameters) if indicator else {}
    fixed = (item.settings.get("definition") if item else None) or {}
    chosen.update({str(name): str(value) for name, value in fixed.items()})
    for name, source in (item.parameters if item else {}).items():
        value = parameters.get(source)
        if value is not None:
            chosen[name] = value
    return chosen


def readings_from(
    letter: Letter,
    given: Mapping[str, Mapping[str, Any]],
    period: Period | None,
    parameters: Mapping[str, str | None],
    infos: Mapping[str, IndicatorInfo],
    path: str = "inputs",
    calendar: WorkingCalendar = OFFICE,
) -> dict[str, Reading]:
    """All readings of one period, working days counted by a calendar.

    An indicator that is not on the letter is refused: a typo would be full points. Raises LetterError with the path of
    what cannot be read.
    """
    found = {}
    for code, raw in given.items():
        item = letter.item(code)
        if item is None:
            raise LetterError(f"{path}.{code}", "责任书中没有该指标", "the letter has no such indicator")
        by = definition(item, code, parameters)
        reading = reading_from(infos[code], raw, period, by, f"{path}.{code}", item.settings, calendar)
        found[code] = by_basis(reading, by)
    return found


def reading_from(
    info: IndicatorInfo,
    raw: Mapping[str, Any],
    period: Period | None,
    parameters: Mapping[str, str],
    path: str,
    settings: Mapping[str, Any] = {},
    calendar: WorkingCalendar = OFFICE,
) -> Reading:
    """One reading out of one of its shapes, with last year's beside it. Raises LetterError."""
    reading = _shape(info, raw, period, parameters, path, settings, calendar)
    if raw.get("prior") is None:
        return reading
    if not isinstance(raw["prior"], Mapping):
        raise LetterError(f"{path}.prior", "须与指标的输入形式相同", "must be a reading of the same shape")
    earlier = _shape(info, raw["prior"], None, parameters, f"{path}.prior", settings, calendar)
    return replace(reading, prior=earlier.value)


def _shape(
    info: IndicatorInfo,
    raw: Mapping[str, Any],
    period: Period | None,
    parameters: Mapping[str, str],
    path: str,
    settings: Mapping[str, Any],
    calendar: WorkingCalendar,
) -> Reading:
    shapes = [shape for shape in SHAPES if raw.get(shape) is not None]
    if len(shapes) != 1:
        raise LetterError(
            path,
            "请只给出一种：numerator/denominator、value、count、parts、grade、cases 或 state",
            "give exactly one of numerator with denominator, value, count, parts, grade, cases or state",
        )
    shape = shapes[0]
    if shape == "state":
        return _state(raw["state"], f"{path}.state")
    if shape == "cases":
        return _cases(info, raw["cases"], period, parameters, f"{path}.cases", calendar)
    if shape == "numerator":
        top, bottom = (
            _number(raw["numerator"], f"{path}.numerator", signed=info.signed),
            _number(raw.get("denominator"), f"{path}.denominator"),
        )
        return ratio(info.unit, top, bottom)
    if shape == "value":
        value = _number(raw["value"], f"{path}.value", signed=info.signed)
        return Reading("measured", value, misses=value if info.unit == "count" else None)
    if shape == "count" and info.unit == "count":
        count = _number(raw["count"], f"{path}.count")
        return Reading("measured", count, count, None, count)
    if shape == "grade" and "coefficients" in settings:
        return Reading("measured", grade=str(raw["grade"]))
    if shape == "parts" and info.parts is not None:
        return _parts(info, raw["parts"], settings, f"{path}.parts")
    raise LetterError(f"{path}.{shape}", "该指标不接受这种输入", f"this indicator does not take {shape}")


def _state(raw: Any, path: str) -> Reading:
    if raw not in ("no_data", "not_measured", "pending"):
        raise LetterError(path, "只能是 no_data、not_measured 或 pending", "must be no_data, not_measured or pending")
    return Reading(cast(State, raw))


def _parts(info: IndicatorInfo, raw: Any, settings: Mapping[str, Any], path: str) -> Reading:
    """Named shares; where the letter names them, others are refused: a typo would be full points."""
    if not isinstance(raw, Mapping) or not raw:
        raise LetterError(path, "须为 {名称: 数值}", "must be an object of names and numbers")
    named = [*(settings.get("parts") or ()), *(settings.get("kinds") or ()), *(settings.get("judged") or ())]
    for name in raw:
        if named and name not in named:
            options = ", ".join(named)
            raise LetterError(f"{path}.{name}", f"只能取：{options}", f"must be one of {options}")
    parts = {str(name): _number(value, f"{path}.{name}") for name, value in raw.items()}
    total = sum(parts.values(), Fraction(0))
    value = total / len(parts) if info.parts == "mean" else total
    return Reading("measured", value, misses=value if info.unit == "count" else None, parts=parts)


def _number(raw: Any, path: str, *, signed: bool = False) -> Fraction:
    try:
        value = exact(raw)
    except ValueError as error:
        raise LetterError(path, '必须是数字（小数请用文本，如 "89.99"）', str(error)) from None
    if value < 0 and not signed:
        raise LetterError(path, "不能为负数", "must not be negative")
    return value


def _cases(
    info: IndicatorInfo,
    cases: Any,
    period: Period | None,
    parameters: Mapping[str, str],
    path: str,
    calendar: WorkingCalendar,
) -> Reading:
    if not isinstance(cases, Sequence) or isinstance(cases, (str, bytes)):
        raise LetterError(path, "必须是明细列表", "must be a list of cases")
    if info.code in record_rules() and period is not None:
        last = date.fromordinal(period.end.toordinal() - 1)
        window = Window(period.start, last, midnight_after(last, calendar.zone), calendar)
        return added(info, cases, window, path)
    if info.code not in indicators():
        if info.unit != "count":
            raise LetterError(path, "该指标不接受明细", "this indicator does not take cases")
        rule = case_rules().get(info.code)
        if rule is not None:
            return _ruled(rule, cases, parameters, path)
        return Reading("measured", Fraction(len(cases)), Fraction(len(cases)), None, Fraction(len(cases)))
    return measure_cases(info.code, cases, period, parameters, path).reading


def added(info: IndicatorInfo, records: Sequence[Any], window: Window, path: str) -> Reading:
    """What the records of an observed rate add up to, by its rule. Raises LetterError with the record's place."""
    rule = record_rules()[info.code]
    for place, record in enumerate(records):
        try:
            rule.add([record], window)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise LetterError(f"{path}.{place}", "该明细无法判定", f"this record cannot be judged: {error}") from None
    found = rule.add(records, window)
    return replace(
        ratio(info.unit, found.numerator, found.denominator, single_cases=False), parts=found.parts or None
    )


def _ruled(rule: CaseRule, cases: Sequence[Any], parameters: Mapping[str, str], path: str) -> Reading:
    count = 0
    for place, case in enumerate(cases):
        try:
            count += rule.counts(case, {**rule.parameters, **parameters})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LetterError(f"{path}.{place}", "该明细无法判定", f"this case cannot be judged: {error}") from None
    return Reading("measured", Fraction(count), Fraction(count), None, Fraction(count))


def measure_cases(
    code: str,
    cases: Sequence[Mapping[str, Any]],
    period: Period | None,
    parameters: Mapping[str, str],
    path: str = "cases",
    zone: tzinfo = SHANGHAI,
) -> Measurement:
    """Given cases through the same judge and the same sums as live events.

    The world is known up to the period's end: a promise whose limit passed by then without proof is broken. Raises
    LetterError.
    """
    indicator = indicators()[code]
    as_at = None if period is None else midnight_after(date.fromordinal(period.end.toordinal() - 1), zone)
    judging = Judging({**indicator.parameters, **parameters}, as_at)
    facts: list[Fact] = []
    for place, doc in enumerate(cases):
        try:
            facts.extend(
                fact
                for family in indicator.families[:1]
                for fact in indicator.judge(Case(family, f"case-{place}", dict(doc), zone), judging)
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LetterError(f"{path}.{place}", "该明细无法判定", f"this case cannot be judged: {error}") from None
    return measure(indicator, facts, period, zone)
