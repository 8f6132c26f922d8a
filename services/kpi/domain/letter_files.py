"""Reads a letter out of its YAML, once and strictly: a slip is refused when the process starts, not found on a
payslip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from services.kpi.domain.letter_checks import check
from services.kpi.domain.letters import (
    CYCLES,
    Columns,
    ConsequenceRule,
    Item,
    Letter,
    LetterError,
    Op,
    Parameter,
    ProposalRule,
    Section,
    Target,
)
from services.kpi.domain.numbers import Text, exact
from services.kpi.domain.settling import chosen

Parameters = Mapping[str, Parameter]
_OPS = ("=", ">=", "<=", ">", "<", "+-")


def letter_from(raw: Mapping[str, Any]) -> Letter:
    """A letter out of its YAML. Raises LetterError with the path of what is wrong."""
    parameters = {code: _parameter(code, spec) for code, spec in (raw.get("parameters") or {}).items()}
    sections = [_section(f"sections.{n}", spec, parameters) for n, spec in enumerate(raw.get("sections") or ())]
    reported = [_item(f"reported.{n}", spec, parameters) for n, spec in enumerate(raw.get("reported") or ())]
    consequences = [
        ConsequenceRule(
            spec["kind"], spec["rule"], spec.get("with") or {}, _text(f"consequences.{n}.title", spec.get("title"))
        )
        for n, spec in enumerate(raw.get("consequences") or ())
    ]
    letter = Letter(
        template=str(raw["template"]),
        version=int(raw["version"]),  # row: G-027 targets are data, and what they were before keeps its version
        title=_text("title", raw.get("title")),
        party=_text("party", raw.get("party")),
        appraiser=_text("appraiser", raw.get("appraiser")),
        cycle=str(raw["cycle"]),  # row: G-027 the period
        term=str(raw["term"]),
        sections=sections,
        reported=reported,
        parameters=parameters,
        consequences=consequences,
        signatories=[_text(f"signatories.{n}", spec) for n, spec in enumerate(raw.get("signatories") or ())],
        notes=[_text(f"notes.{n}", spec) for n, spec in enumerate(raw.get("notes") or ())],
        proposals={
            spec["kind"]: _proposal(f"proposals.{n}", spec, parameters)
            for n, spec in enumerate(raw.get("proposals") or ())
        },
        columns=_columns(raw.get("columns"), parameters),
        total_row=raw.get("total_row"),
        floor=None if raw.get("floor") is None else exact(raw["floor"]),
        also=tuple(_cycle(f"also.{n}", name) for n, name in enumerate(raw.get("also") or ())),
    )
    check(letter, raw)
    return letter


def _parameter(code: str, spec: Mapping[str, Any]) -> Parameter:
    default = spec.get("default")
    parameter = Parameter(
        code=code,
        title=_text(f"parameters.{code}.title", spec.get("title")),
        default=None if default is None else str(default),
        choices=tuple(str(c) for c in spec.get("choices") or ()),
        number=bool(spec.get("number", False)),
        mandatory=bool(spec.get("mandatory", False)),
    )
    chosen(parameter, parameter.default)
    return parameter


def _known(path: str, name: Any, parameters: Parameters) -> str:
    if name not in parameters:
        raise LetterError(path, f"没有参数 {name}", f"no parameter {name}")
    return str(name)


def _section(path: str, spec: Mapping[str, Any], parameters: Parameters) -> Section:
    points, floor = spec.get("points"), spec.get("floor", 0)
    source = _known(f"{path}.points", points["parameter"], parameters) if isinstance(points, Mapping) else None
    return Section(
        section=str(spec["section"]),
        title=_text(f"{path}.title", spec.get("title")),
        points=None if points is None or source else exact(points),  # row: G-027 the weight
        floor=None if floor == "none" else exact(floor),
        items=[_item(f"{path}.items.{n}", item, parameters) for n, item in enumerate(spec["items"])],
        points_from=source,
        sum_row=spec.get("sum_row"),
    )


def _item(path: str, spec: Mapping[str, Any], parameters: Parameters) -> Item:
    points = spec.get("points")
    definition = {str(k): str(v) for k, v in (spec.get("parameters") or {}).items()}
    for name in definition.values():
        _known(f"{path}.parameters", name, parameters)
    only_if = {str(k): str(v) for k, v in (spec.get("only_if") or {}).items()}
    for name in only_if:
        _known(f"{path}.only_if", name, parameters)
    settings = spec.get("with") or {}
    for name, value in settings.items():
        if isinstance(value, Mapping) and "parameter" in value:
            _known(f"{path}.with.{name}", value["parameter"], parameters)
    source = _known(f"{path}.points", points["parameter"], parameters) if isinstance(points, Mapping) else None
    return Item(
        indicator=str(spec["indicator"]),
        target=_target(f"{path}.target", spec.get("target"), parameters),  # row: G-027 target and operator
        rule=str(spec.get("rule", "reported")),
        settings=settings,  # row: G-027 the deduction
        points=None if points is None or source else exact(points),
        parameters=definition,
        row=spec.get("row"),
        title=_text(f"{path}.title", spec["title"]) if "title" in spec else None,
        cycle=spec.get("cycle"),
        points_from=source,
        only_if=only_if,
    )


def _target(path: str, raw: Any, parameters: Parameters) -> Target | None:
    if raw is None:
        return None
    if "by" in raw:
        options = {str(k): _target(f"{path}.options.{k}", v, parameters) for k, v in raw["options"].items()}
        named = {k: v for k, v in options.items() if v is not None}
        first = next(iter(named.values()))
        return Target(first.op, None, by=_known(path, raw["by"], parameters), options=named)
    op = raw.get("op")
    if op not in _OPS:
        raise LetterError(path, "比较符须为 =、>=、<=、>、< 或 +-", "op must be =, >=, <=, >, < or +-")
    if "parameter" in raw:
        return Target(cast(Op, op), None, _known(path, raw["parameter"], parameters))
    if "prior_plus" in raw:
        return Target(cast(Op, op), None, prior_plus=exact(raw["prior_plus"]))
    if raw.get("previous"):
        return Target(cast(Op, op), None, previous=True)
    return Target(cast(Op, op), exact(raw["value"]))


def _proposal(path: str, spec: Mapping[str, Any], parameters: Parameters) -> ProposalRule:
    highest = spec.get("highest")
    source = _known(f"{path}.highest", highest["parameter"], parameters) if isinstance(highest, Mapping) else None
    return ProposalRule(
        kind=str(spec["kind"]),
        lowest=exact(spec.get("lowest", 0)),
        highest=None if highest is None or source else exact(highest),
        highest_from=source,
        title=_text(f"{path}.title", spec.get("title")),
    )


def _columns(raw: Any, parameters: Parameters) -> Columns | None:
    if raw is None:
        return None
    weights = {str(k): _known(f"columns.weights.{k}", v, parameters) for k, v in (raw.get("weights") or {}).items()}
    titles = {str(k): _text(f"columns.titles.{k}", v) for k, v in raw["titles"].items()}
    # A list, for the database keeps the order of a list alone.
    contents = {str(v["code"]): _text(f"columns.contents.{n}", v) for n, v in enumerate(raw.get("contents") or ())}
    return Columns(order=tuple(raw.get("order") or titles), titles=titles, weights=weights, contents=contents)


def _cycle(path: str, name: Any) -> str:
    if name not in CYCLES:
        raise LetterError(path, "没有该考核周期", f"no such cycle: {name}")
    return str(name)


def _text(path: str, raw: Any) -> Text:
    if not isinstance(raw, Mapping) or not raw.get("zh") or not raw.get("en"):
        raise LetterError(path, "缺少中英文", "a text in Chinese and English is missing")
    return Text(str(raw["zh"]), str(raw["en"]))
