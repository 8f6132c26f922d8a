"""Two inputs for a line of any letter, of which the second is at least as good: what "better" means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from services.kpi.catalogue import infos
from services.kpi.domain.catalogue import IndicatorInfo, rules
from services.kpi.domain.engine import Inputs, score
from services.kpi.domain.given import readings_from
from services.kpi.domain.letters import Item, Letter
from services.kpi.domain.numbers import exact
from services.kpi.domain.score_rules import Judgement
from services.kpi.domain.scorecard import Scorecard
from services.kpi.domain.settling import blanks, resolve, settle

#: Cases of a rate; few, so that judged rules get one judgement for each that was missed.
CASES = 40
_LEVELS = st.integers(0, CASES)
#: What the parties fill into the blanks of the documents, where any number will do.
_BLANK, _WORDED = "20", "部门自定的内容"


@dataclass(frozen=True)
class Side:
    """One of the two: what is measured, and what an appraiser judges of it."""

    given: dict[str, dict[str, Any]] = field(default_factory=dict)
    judgements: dict[str, list[Judgement]] = field(default_factory=dict)


def chosen(letter: Letter, policy: str) -> dict[str, str | None]:
    """The letter's parameters with every blank filled and parts of a point counted by a policy."""
    given: dict[str, Any] = {spec.code: _BLANK for spec in blanks(letter, resolve(letter, {}))}
    given |= {code: _WORDED for code in letter.parameters if code.startswith("blank_")}
    if "partial_policy" in letter.parameters:
        given["partial_policy"] = policy
    return resolve(letter, given)


def scored(letter: Letter, side: Side, parameters: dict[str, str | None]) -> Scorecard:
    """The card of one side."""
    readings = readings_from(letter, side.given, None, parameters, infos())
    return score(letter, Inputs(readings, {}, None, side.judgements), parameters, infos())


def lines(letter: Letter, parameters: dict[str, str | None]) -> list[Item]:
    """All lines as they stand with these parameters."""
    settled = settle(letter, parameters)
    return [*(item for section in settled.sections for item in section.items), *settled.reported]


@st.composite
def pairs(draw: st.DrawFn, letter: Letter, policy: str) -> tuple[Side, Side]:
    """For each line of a letter nothing, or a worse and a better input."""
    worse, better = Side(), Side()
    parameters = chosen(letter, policy)
    for item in lines(letter, parameters):
        if not draw(st.booleans()):
            continue
        levels = sorted((draw(_LEVELS), draw(_LEVELS)))
        for side, level in zip((worse, better), levels, strict=True):
            _fill(side, item, infos()[item.indicator], level)
    return worse, better


def _fill(side: Side, item: Item, info: IndicatorInfo, level: int) -> None:
    """The input of a line at a level of goodness, from 0 to `CASES`."""
    code, settings = item.indicator, item.settings
    if "coefficients" in settings:
        names = [name.strip() for name in str(settings["names"]).replace("，", ",").split(",")]
        side.given[code] = {"grade": names[len(names) - 1 - level * (len(names) - 1) // CASES]}
    elif item.rule == "parts":
        shares = {name: str(exact(most) * level / CASES) for name, most in settings["parts"].items()}
        side.given[code] = {"parts": {name: _decimal(Fraction(share)) for name, share in shares.items()}}
    elif item.rule == "per_kind":
        side.given[code] = {"parts": dict.fromkeys(settings["kinds"], CASES - level)}
    elif item.rule == "team_scores":
        side.given[code] = {"parts": {"甲": 60 + level, "乙": 58 + level}}
    elif item.rule == "manual_bonus":
        side.judgements[code] = [Judgement(Fraction(level), "创新", "judgements.0")]
    else:
        side.given[code] = _reading(item, info, level)
        _judge(side, item, code)
    if item.target is not None and item.target.prior_plus is not None or item.rule == "per_point_kept":
        side.given[code]["prior"] = {"value": 100 if item.rule == "per_point_kept" else 60}


def _reading(item: Item, info: IndicatorInfo, level: int) -> dict[str, Any]:
    up = _upwards(item)
    if info.unit == "count":
        # Of what is to be exactly so many, more than that is no better.
        most = (
            int(item.target.value) if item.target is not None and item.target.op == "=" and item.target.value else CASES
        )
        return {"count": min(level, most) if up else CASES - level}
    if item.target is not None and item.target.op == "+-":
        return {"value": str(CASES - level)}
    if info.unit == "percent":
        return {"numerator": level if up else CASES - level, "denominator": CASES}
    return {"value": str(60 + level if up else 100 - level)}


def _upwards(item: Item) -> bool:
    """Whether more of it is better."""
    if item.rule == "bonus_per_occurrence" or item.target is None or item.target.options:
        return item.target is None or not item.target.options
    if item.target.op == "=":
        return item.target.value != 0
    return item.target.op in (">", ">=")


def _judge(side: Side, item: Item, code: str) -> None:
    """One judgement, the mildest, for each occurrence of a line that an appraiser judges."""
    if item.rule != "judged_range":
        return
    given = side.given[code]
    cases = given["count"] if "count" in given else given["denominator"] - given["numerator"]
    lowest = exact(item.settings["low"])
    side.judgements[code] = [Judgement(lowest, "情节轻微", f"judgements.{n}") for n in range(cases)]


def _decimal(value: Fraction) -> str:
    return f"{float(value):.4f}"


def scoring_rules(letters: Sequence[Letter]) -> set[str]:
    """The rules that these letters use."""
    return {item.rule for letter in letters for item in lines(letter, chosen(letter, "linear"))} & set(rules())
