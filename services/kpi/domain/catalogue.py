"""Every indicator there is: those computed from events (plug-ins) and those recorded as observations (data)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast

from services.kpi.domain.consequence_rules import ConsequencePlugin
from services.kpi.domain.facts import CaseFamily, Indicator, Unit
from services.kpi.domain.letters import LetterError
from services.kpi.domain.numbers import Text
from services.kpi.domain.score_rules import ScoringRule
from shared.registry import discover

CASE = Text("件未达要求", "missed")


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


@cache
def families() -> Mapping[str, CaseFamily]:
    """The families of cases, by code."""
    return discover("services.kpi.domain.cases", "FAMILY")


@cache
def indicators() -> Mapping[str, Indicator]:
    """The indicators computed from events, by code."""
    return discover("services.kpi.domain.indicators", "INDICATOR")


@cache
def rules() -> Mapping[str, ScoringRule]:
    """The scoring rules, by code."""
    return discover("services.kpi.domain.scoring", "RULE")


@cache
def consequences() -> Mapping[str, ConsequencePlugin]:
    """The consequence rules, by code."""
    return discover("services.kpi.domain.consequences", "CONSEQUENCE")


def derived_info() -> dict[str, IndicatorInfo]:
    """What is known of the indicators computed from events."""
    return {
        code: IndicatorInfo(
            code, item.row, item.title, item.unit, "events", item.obliged, item.version, item.misses or CASE, item.fen
        )
        for code, item in indicators().items()
    }


def observed_info(rows: list[Mapping[str, Any]]) -> dict[str, IndicatorInfo]:
    """The same of rows of `observations/*.yaml`. Raises LetterError on a repeated or incomplete row."""
    found: dict[str, IndicatorInfo] = {}
    for row in rows:
        code = str(row["indicator"])
        if code in found or code in indicators():
            raise LetterError(code, "指标重复", "the indicator exists already")
        title = row.get("title") or {}
        if not title.get("zh") or not title.get("en") or row.get("unit") not in ("percent", "points", "count"):
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
        )
    return found
