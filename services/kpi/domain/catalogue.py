"""Every indicator there is: those computed from events (plug-ins) and those recorded as observations (data)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, cast

from services.kpi.domain.case_rule import CaseRule
from services.kpi.domain.consequence_rules import ConsequencePlugin
from services.kpi.domain.facts import CaseFamily, Indicator, Unit
from services.kpi.domain.letters import LetterError
from services.kpi.domain.numbers import Text
from services.kpi.domain.score_rules import ScoringRule
from services.kpi.domain.sources import SOURCES
from shared.registry import discover

UNITS = ("percent", "points", "count", "number")
#: A letter's choice for an indicator that could be computed from events as well.
RECORDED = "recorded"
CASE = Text("件未达要求", "missed")


@dataclass(frozen=True, slots=True)
class Observed:
    """Where the facts of an observed indicator come from: what is counted, of what, on which record, and which role
    confirms what somebody else recorded."""

    counts: Text
    of: Text | None
    source: str
    reviewer: str


@dataclass(frozen=True, slots=True)
class IndicatorInfo:
    """What a letter needs to know of an indicator, whichever way its value comes about."""

    code: str
    row: str
    title: Text
    unit: Unit
    source: Literal["events", "observations"]
    obliged: bool
    version: int
    misses: Text
    money: bool = False
    signed: bool = False  # may be negative: a deviation, a growth
    parts: Literal["sum", "mean"] | None = None  # what named parts add up to, where they may be given
    observed: Observed | None = None
    monthly: bool = False  # checked once a month: what is recorded again replaces what was


@cache
def families() -> Mapping[str, CaseFamily]:
    """The families of cases, by code."""
    return discover("services.kpi.domain.cases", "FAMILY")


@cache
def indicators() -> Mapping[str, Indicator]:
    """The indicators computed from events, by code."""
    return discover("services.kpi.domain.indicators", "INDICATOR")


def recorded(code: str, definition: Mapping[str, str]) -> bool:
    """Whether an indicator goes by what people recorded: it has no other facts, or the letter chose so."""
    return code not in indicators() or definition.get("facts") == RECORDED


@cache
def rules() -> Mapping[str, ScoringRule]:
    """The scoring rules, by code."""
    return discover("services.kpi.domain.scoring", "RULE")


@cache
def case_rules() -> Mapping[str, CaseRule]:
    """How single records of observed indicators count, by the indicator's code."""
    return discover("services.kpi.domain.case_rules", "CASE_RULE")


@cache
def consequences() -> Mapping[str, ConsequencePlugin]:
    """The consequence rules, by code."""
    return discover("services.kpi.domain.consequences", "CONSEQUENCE")


def derived_info() -> dict[str, IndicatorInfo]:
    """What is known of the indicators computed from events."""
    return {
        code: IndicatorInfo(
            code,
            item.row,
            item.title,
            item.unit,
            "events",
            item.obliged,
            item.version,
            item.misses or CASE,
            item.fen,
            item.signed,
        )
        for code, item in indicators().items()
    }


def observed_info(rows: list[Mapping[str, Any]]) -> dict[str, IndicatorInfo]:
    """The same of rows of `observations/*.yaml`. Raises LetterError on a repeated or incomplete row.

    A row that stands `beside_events` adds to a computed indicator where its records come from: a letter may say that it
    goes by them instead.
    """
    found: dict[str, IndicatorInfo] = {}
    computed = derived_info()
    for row in rows:
        code = str(row["indicator"])
        if code in found or (code in computed) != bool(row.get("beside_events")):
            raise LetterError(code, "指标重复", "the indicator exists already")
        if code in computed:
            found[code] = replace(computed[code], observed=_observed(code, row))
            continue
        title = row.get("title") or {}
        if not title.get("zh") or not title.get("en") or row.get("unit") not in UNITS:
            raise LetterError(code, "缺少名称或单位", "title or unit is missing")
        found[code] = IndicatorInfo(
            code,
            str(row["row"]),
            Text(title["zh"], title["en"]),
            cast(Unit, row["unit"]),
            "observations",
            bool(row.get("obliged", False)),
            int(row.get("version", 1)),
            CASE,
            bool(row.get("money", False)),
            bool(row.get("signed", False)),
            row.get("parts"),
            _observed(code, row),
            bool(row.get("monthly", False)),
        )
    return found


def _observed(code: str, row: Mapping[str, Any]) -> Observed:
    texts = {name: Text(str(raw["zh"]), str(raw["en"])) for name in ("counts", "of") if (raw := row.get(name))}
    source, reviewer = str(row.get("source")), str(row.get("reviewer"))
    if "counts" not in texts or source not in SOURCES:
        raise LetterError(code, "缺少计数口径或来源", "what is counted, or its source, is missing")
    return Observed(texts["counts"], texts.get("of"), source, reviewer)
