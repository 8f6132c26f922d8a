"""Reads the letters and observation rows that lie beside the code; each process does so once, and refuses a faulty
file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from services.kpi.domain import catalogue as domain
from services.kpi.domain.catalogue import IndicatorInfo
from services.kpi.domain.letter_files import letter_from
from services.kpi.domain.letters import Letter, LetterError
from shared.auth import STAFF

HERE = Path(__file__).parent
#: The parser in C, ten times as fast: the first request must not hold its transaction open for seconds.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def infos() -> Mapping[str, IndicatorInfo]:
    """Every indicator, computed or observed, by code."""
    rows: list[Mapping[str, Any]] = []
    for path in sorted((HERE / "observations").glob("*.yaml")):
        rows.extend(yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER) or ())
    for row in rows:
        if row.get("reviewer") not in STAFF:
            raise LetterError(str(row["indicator"]), "没有该复核角色", f"no such role to review: {row.get('reviewer')}")
    return MappingProxyType({**domain.derived_info(), **domain.observed_info(rows)})


@cache
def definitions() -> Mapping[str, Mapping[str, Any]]:
    """Every letter template as its YAML says, by its id: what a signed letter keeps a copy of."""
    return MappingProxyType(
        {
            path.stem: yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)
            for path in sorted((HERE / "letters").glob("*.yaml"))
        }
    )


@cache
def letters() -> Mapping[str, Letter]:
    """Every letter template by its id. Raises LetterError for one that names an unknown indicator or rule."""
    found: dict[str, Letter] = {}
    for stem, raw in definitions().items():
        letter, name = letter_from(raw), f"{stem}.yaml"
        if letter.template != stem:
            raise LetterError(name, "文件名与模板编号不符", f"holds the template {letter.template}")
        for item in letter.items:
            if item.indicator not in infos():
                raise LetterError(f"{name}: {item.indicator}", "没有该指标", "no such indicator")
            if item.rule not in domain.rules():
                raise LetterError(f"{name}: {item.rule}", "没有该计分规则", "no such scoring rule")
        for consequence in letter.consequences:
            if consequence.rule not in domain.consequences():
                raise LetterError(f"{name}: {consequence.rule}", "没有该后果规则", "no such consequence rule")
        found[letter.template] = letter
    return MappingProxyType(found)
