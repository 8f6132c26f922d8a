"""What a letter says: sections with their points, indicators with target and rule, parameters, consequences.

Letters are data (`letters/*.yaml`). Reading them here, once and strictly, means that a slip in a letter is refused
when the process starts and not found on a payslip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, cast

from services.kpi.domain.numbers import Text, exact, plain

Op = Literal["=", ">=", "<="]


class LetterError(ValueError):
    """A letter or its parameters do not make sense; `path` names the place."""

    def __init__(self, path: str, zh: str, en: str) -> None:
        super().__init__(f"{path}: {en}")
        self.path, self.zh, self.en = path, zh, en


@dataclass(frozen=True, slots=True)
class Target:
    """A comparison with a number, or with the number of a parameter that may be left blank."""

    op: Op
    value: Fraction | None
    parameter: str | None = None

    def met(self, value: Fraction) -> bool:
        """Exact comparison, never of a rounded rate (RR5). Only for targets with a number."""
        assert self.value is not None
        if self.op == "=":
            return value == self.value
        return value >= self.value if self.op == ">=" else value <= self.value

    def shortfall(self, value: Fraction) -> Fraction:
        """How far the value is on the wrong side, in the indicator's unit; 0 when met."""
        assert self.value is not None
        if self.met(value):
            return Fraction(0)
        return abs(self.value - value)

    @property
    def text(self) -> str:
        """`≥90`, `=100`, as people write it."""
        return {"=": "=", ">=": "≥", "<=": "≤"}[self.op] + ("" if self.value is None else plain(self.value))


@dataclass(frozen=True, slots=True)
class Item:
    """One indicator on a letter; `points` only where it has a maximum of its own instead of its section's pool."""

    indicator: str
    target: Target | None
    rule: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    points: Fraction | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)  # definition parameter -> parameter of the letter


@dataclass(frozen=True, slots=True)
class Section:
    """A group of items; with `points` it is a pool from which their deductions are taken, never below its floor (RR6,
    RR7)."""

    section: str
    title: Text
    points: Fraction | None
    floor: Fraction
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A reading the parties may choose when signing; the default is the catalogue's."""

    code: str
    title: Text
    default: str | None
    choices: Sequence[str] = ()
    number: bool = False


@dataclass(frozen=True, slots=True)
class ConsequenceRule:
    """What follows beyond points, by which rule."""

    kind: str
    rule: str
    settings: Mapping[str, Any]
    title: Text


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter template, or a letter signed with chosen parameters."""

    template: str
    version: int
    title: Text
    party: Text
    appraiser: Text
    cycle: str
    term: str
    sections: Sequence[Section]
    reported: Sequence[Item]
    parameters: Mapping[str, Parameter]
    consequences: Sequence[ConsequenceRule]

    @property
    def maximum(self) -> Fraction | None:
        """The points of the whole letter, or None for a letter without points."""
        if not self.sections:
            return None
        total = Fraction(0)
        for section in self.sections:
            own = sum((item.points or Fraction(0) for item in section.items), Fraction(0))
            total += own if section.points is None else section.points
        return total

    @property
    def items(self) -> Sequence[Item]:
        """All items, scored ones first, in the order of the letter."""
        return [*(item for section in self.sections for item in section.items), *self.reported]

    def item(self, indicator: str) -> Item | None:
        """The letter's line about an indicator."""
        return next((item for item in self.items if item.indicator == indicator), None)


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
        version=int(raw["version"]),
        title=_text("title", raw.get("title")),
        party=_text("party", raw.get("party")),
        appraiser=_text("appraiser", raw.get("appraiser")),
        cycle=str(raw["cycle"]),
        term=str(raw["term"]),
        sections=sections,
        reported=reported,
        parameters=parameters,
        consequences=consequences,
    )
    seen: set[str] = set()
    for item in letter.items:
        if item.indicator in seen:
            raise LetterError(item.indicator, "指标重复", "the indicator stands on the letter twice")
        seen.add(item.indicator)
    return letter


def resolve(letter: Letter, given: Mapping[str, Any]) -> dict[str, str | None]:
    """The value of every parameter of the letter: given ones checked, the rest by default. Raises LetterError."""
    for code in given:
        if code not in letter.parameters:
            raise LetterError(
                f"parameters.{code}", f"本责任书没有参数“{code}”", f"the letter has no parameter {code!r}"
            )
    return {code: _chosen(spec, given.get(code, spec.default)) for code, spec in letter.parameters.items()}


def _chosen(spec: Parameter, value: Any) -> str | None:
    path = f"parameters.{spec.code}"
    if value is None:
        return spec.default
    if spec.choices:
        if value not in spec.choices:
            options = ", ".join(spec.choices)
            raise LetterError(path, f"只能取：{options}", f"must be one of {options}")
        return str(value)
    if spec.number:
        try:
            return plain(exact(value))
        except ValueError as error:
            raise LetterError(path, "必须是数字", str(error)) from None
    return str(value)


def _parameter(code: str, spec: Mapping[str, Any]) -> Parameter:
    default = spec.get("default")
    parameter = Parameter(
        code=code,
        title=_text(f"parameters.{code}.title", spec.get("title")),
        default=None if default is None else str(default),
        choices=tuple(str(c) for c in spec.get("choices") or ()),
        number=bool(spec.get("number", False)),
    )
    _chosen(parameter, parameter.default)
    return parameter


def _section(path: str, spec: Mapping[str, Any], parameters: Mapping[str, Parameter]) -> Section:
    points = spec.get("points")
    return Section(
        section=str(spec["section"]),
        title=_text(f"{path}.title", spec.get("title")),
        points=None if points is None else exact(points),
        floor=exact(spec.get("floor", 0)),
        items=[_item(f"{path}.items.{n}", item, parameters) for n, item in enumerate(spec["items"])],
    )


def _item(path: str, spec: Mapping[str, Any], parameters: Mapping[str, Parameter]) -> Item:
    points = spec.get("points")
    definition = {str(k): str(v) for k, v in (spec.get("parameters") or {}).items()}
    for name in definition.values():
        if name not in parameters:
            raise LetterError(f"{path}.parameters", f"没有参数 {name}", f"no parameter {name}")
    return Item(
        indicator=str(spec["indicator"]),
        target=_target(f"{path}.target", spec.get("target"), parameters),
        rule=str(spec.get("rule", "reported")),
        settings=spec.get("with") or {},
        points=None if points is None else exact(points),
        parameters=definition,
    )


def _target(path: str, raw: Any, parameters: Mapping[str, Parameter]) -> Target | None:
    if raw is None:
        return None
    op = raw.get("op")
    if op not in ("=", ">=", "<="):
        raise LetterError(path, "比较符须为 =、>= 或 <=", "op must be =, >= or <=")
    if "parameter" in raw:
        if raw["parameter"] not in parameters:
            raise LetterError(path, f"没有参数 {raw['parameter']}", f"no parameter {raw['parameter']}")
        return Target(cast(Op, op), None, str(raw["parameter"]))
    return Target(cast(Op, op), exact(raw["value"]))


def _text(path: str, raw: Any) -> Text:
    if not isinstance(raw, Mapping) or not raw.get("zh") or not raw.get("en"):
        raise LetterError(path, "缺少中英文", "a text in Chinese and English is missing")
    return Text(str(raw["zh"]), str(raw["en"]))
