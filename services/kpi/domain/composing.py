"""An achievement rate composed of several targets: "以年度目标达成率为核心" (AMB-029, AMB-112).

A rate given or observed directly is used as it is. Else it is the mean over the plan's targets: one that is met counts
in full; below it, what was achieved of what was planned; a cost outside its band loses what lies beyond the band.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from services.kpi.domain.letters import Item, Letter, Target
from services.kpi.domain.measure import Reading


def composed(letter: Letter, readings: Mapping[str, Reading]) -> dict[str, Reading]:
    """The readings, with every composed one filled in."""
    found = dict(readings)
    for item in letter.items:
        given = found.get(item.indicator)
        if "compose" not in item.settings:
            continue
        # row: AMB-112 a rate that is given, or was observed, is used as it is
        if given is not None and given.parts is None:
            continue
        own = () if given is None or given.parts is None else given.parts.values()
        parts = [min(Fraction(1), value / 100) for value in own]
        for code in item.settings["compose"]:
            part = _achieved(letter.item(code), found.get(code))
            if part is not None:
                parts.append(part)
        if parts:
            value = sum(parts, Fraction(0)) / len(parts) * 100
            found[item.indicator] = replace(given or Reading("measured"), state="measured", value=value)
    return found


def _achieved(item: Item | None, reading: Reading | None) -> Fraction | None:
    if item is None or item.target is None or reading is None:
        return None
    if reading.state == "not_measured":
        return Fraction(0)
    if reading.value is None:
        return None
    return _part(item.target, reading.value)


# row, AMB-029 a met target counts in full, a missed one by what was achieved
def _part(target: Target, value: Fraction) -> Fraction:
    if target.met(value):
        return Fraction(1)
    if target.op == "+-":
        return max(Fraction(0), 1 - target.shortfall(value) / 100)
    return min(Fraction(1), max(Fraction(0), value / 100))
