"""The one sentence, in Chinese and in English, by which every result explains itself."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from services.kpi.domain.catalogue import IndicatorInfo
from services.kpi.domain.facts import Unit
from services.kpi.domain.letters import Section, Target
from services.kpi.domain.measure import Reading
from services.kpi.domain.numbers import Text, beside, fixed, plain
from services.kpi.domain.score_rules import Deduction
from services.kpi.domain.scorecard import ItemScore, ItemState

_NONE = Text("", "")
_SIGNS: dict[Unit, Text] = {"percent": Text("%", " %"), "points": Text("分", " points")}


def unit_text(unit: Unit) -> Text:
    """What one unit of distance to a target is called."""
    return {
        "percent": Text("个百分点", "percentage points"),
        "points": Text("分", "points"),
        "count": Text("次", "occurrences"),
        "number": Text("", "units"),
    }[unit]


def explain_item(
    info: IndicatorInfo,
    reading: Reading,
    target: Target | None,
    state: ItemState,
    lost: Deduction,
    *,
    scored: bool,
    waived: bool,
    title: Text | None = None,
    won: Deduction | None = None,
) -> Text:
    """Why an item stands where it stands."""
    zh, en = (title or info.title).zh, (title or info.title).en
    sign = _SIGNS.get(info.unit, _NONE)
    gained = won.why if won is not None and won.why.zh else None
    aim = Text("", "") if target is None else Text(f"，目标{target.text}{sign.zh}", f", target {target.text}{sign.en}")
    if state == "no_data" or (state == "unscored" and not reading.measured):
        full = Text("，不扣分", ", nothing deducted") if scored else Text("", "")
        why = gained or (lost.why if lost.why.zh else None)
        if why is not None:
            full = Text(f"，{why.zh}", f"; {why.en}")
        return Text(f"{zh}：本期没有可计的数据{full.zh}。", f"{en}: no case in the period{full.en}.")
    if state == "not_measured":
        what = (
            Text("按参数不扣分", "nothing deducted by the letter's parameter")
            if waived
            else (
                Text(f"视为未达标，扣{fixed(lost.points)}分", f"counted as missed, {fixed(lost.points)} points off")
                if scored
                else Text("视为未达标", "counted as missed")
            )
        )
        return Text(f"{zh}：应测而未测，{what.zh}。", f"{en}: obliged but not measured, {what.en}.")
    if state == "pending":
        due = Text(f"，{lost.why.zh}", f"; {lost.why.en}") if lost.why.zh else Text("", "")
        return Text(f"{zh}：尚待评定{due.zh}。", f"{en}: a judgement is still due{due.en}.")
    value = _value(info, reading, target)
    if state in ("unscored", "met") and (gained or lost.why.zh):
        why = gained or lost.why
        met = Text("，达标", ": met") if state == "met" else Text("", "")
        return Text(f"{zh}：{value.zh}{aim.zh}{met.zh}，{why.zh}。", f"{en}: {value.en}{aim.en}{met.en}; {why.en}.")
    if state == "unscored":
        return Text(f"{zh}：{value.zh}，未设目标，不计分。", f"{en}: {value.en}, no target, not scored.")
    if state == "met":
        kept = Text("，不扣分", ", nothing deducted") if scored else Text("", "")
        return Text(f"{zh}：{value.zh}{aim.zh}，达标{kept.zh}。", f"{en}: {value.en}{aim.en}: met{kept.en}.")
    why = Text(f"：{lost.why.zh}", f"; {lost.why.en}") if lost.why.zh else Text("", "")
    return Text(f"{zh}：{value.zh}{aim.zh}，未达标{why.zh}。", f"{en}: {value.en}{aim.en}: missed{why.en}.")


def _value(info: IndicatorInfo, reading: Reading, target: Target | None) -> Text:
    if reading.grade is not None:
        return Text(f"评定为“{reading.grade}”", f"graded {reading.grade}")
    assert reading.value is not None
    unit = info.unit
    goal = target.value if target is not None and target.value is not None else None
    sign = _SIGNS.get(unit, _NONE)
    shown = (
        plain(reading.value)
        if unit in ("count", "number")
        else (fixed(reading.value) if goal is None else beside(reading.value, goal))
    )
    if unit == "percent" and reading.numerator is not None and reading.denominator is not None:
        top, bottom = (fixed(n) if info.money else plain(n) for n in (reading.numerator, reading.denominator))
        return Text(f"{top}/{bottom}={shown}%", f"{top} of {bottom} = {shown} %")
    return Text(f"{shown}{sign.zh}", f"{shown}{sign.en}")


def explain_section(section: Section, items: Sequence[ItemScore], points: Fraction, maximum: Fraction) -> Text:
    """How a section's points follow from its items."""
    lost = [(item, item.deduction) for item in items if item.deduction]
    won = [(item, item.bonus) for item in items if item.bonus]
    if won:
        names = Text("、".join(item.title.zh for item, _ in won), ", ".join(item.title.en for item, _ in won))
        sums = [fixed(sum((v for _, v in pairs), Fraction(0))) for pairs in (lost, won)]
        return Text(
            f"{section.title.zh}：扣{sums[0]}分，加{sums[1]}分（加分项：{names.zh}），得{fixed(points)}分。",
            f"{section.title.en}: {sums[0]} points off, {sums[1]} on (for: {names.en}), {fixed(points)} points.",
        )
    if not lost:
        return Text(
            f"{section.title.zh}：满分{fixed(maximum)}分，无扣分。",
            f"{section.title.en}: full {fixed(maximum)} points, nothing deducted.",
        )
    zh = "-".join([fixed(maximum), *(fixed(value) for _, value in lost)])
    names = Text("、".join(item.title.zh for item, _ in lost), ", ".join(item.title.en for item, _ in lost))
    held = Text("", "")
    if section.floor is not None and maximum - sum((value for _, value in lost), Fraction(0)) < section.floor:
        held = Text(f"，扣完为止，不低于{fixed(section.floor)}", f", not below {fixed(section.floor)}")
    return Text(
        f"{section.title.zh}：{zh}{held.zh}，得{fixed(points)}分（扣分项：{names.zh}）。",
        f"{section.title.en}: {zh.replace('-', ' - ')}{held.en}, {fixed(points)} points (deducted for: {names.en}).",
    )
