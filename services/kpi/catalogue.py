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
from services.kpi.domain.letter_checks import places
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
    return MappingProxyType({stem: checked(stem, raw) for stem, raw in definitions().items()})


def checked(stem: str, raw: Mapping[str, Any]) -> Letter:
    """One letter's file. Raises LetterError with the file and the place in it of what is wrong."""
    name = f"{stem}.yaml"
    try:
        letter = letter_from(raw)
        if letter.template != stem:
            raise LetterError("template", "文件名与模板编号不符", f"holds the template {letter.template}")
        for path, item in places(letter):
            if item.indicator not in infos():
                told = f"no such indicator: {item.indicator}"
                raise LetterError(f"{path}.indicator", f"没有指标 {item.indicator}", told)
            if item.rule not in domain.rules():
                raise LetterError(f"{path}.rule", f"没有计分规则 {item.rule}", f"no such scoring rule: {item.rule}")
        for n, consequence in enumerate(letter.consequences):
            if consequence.rule not in domain.consequences():
                told = f"no such consequence rule: {consequence.rule}"
                raise LetterError(f"consequences.{n}.rule", f"没有后果规则 {consequence.rule}", told)
        if letter.maximum is not None and raw.get("maximum") is None:
            told = "the full points of the document are missing"
            raise LetterError("maximum", "缺少文件所载的满分", told)
    except LetterError as error:
        raise LetterError(f"{name}: {error.path}", error.zh, error.en) from None
    return letter
