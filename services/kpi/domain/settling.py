"""A letter with what the parties chose filled in: parameters checked, blanks of points and settings taken from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from services.kpi.domain.letters import Item, Letter, LetterError, Parameter, Section, Target
from services.kpi.domain.measure import Reading
from services.kpi.domain.numbers import exact, plain

Chosen = Mapping[str, str | None]


def resolve(letter: Letter, given: Mapping[str, Any]) -> dict[str, str | None]:
    """The value of every parameter of the letter: given ones checked, the rest by default. Raises LetterError."""
    for code in given:
        if code not in letter.parameters:
            raise LetterError(
                f"parameters.{code}", f"本责任书没有参数“{code}”", f"the letter has no parameter {code!r}"
            )
    return {code: chosen(spec, given.get(code, spec.default)) for code, spec in letter.parameters.items()}


# row: AMB-015, AMB-050, AMB-052 what the document leaves blank is filled before anybody signs
def blanks(letter: Letter, parameters: Chosen) -> list[Parameter]:
    """The blanks of the document that are still to be filled before anybody signs (AMB-050, AMB-052)."""
    return [spec for code, spec in letter.parameters.items() if spec.mandatory and parameters.get(code) is None]


def chosen(spec: Parameter, value: Any) -> str | None:
    """One value as it is kept. Raises LetterError for what the parameter does not allow."""
    path = f"parameters.{spec.code}"
    if value is None:
        return spec.default
    if isinstance(value, bool):
        value = "true" if value else "false"
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


def settle(letter: Letter, parameters: Chosen) -> Letter:
    """The letter without lines the parties left out, and with the points and settings they chose."""
    sections = [_section(section, parameters) for section in letter.sections]
    return replace(letter, sections=sections, reported=[_item(item, parameters) for item in letter.reported])


def _section(section: Section, parameters: Chosen) -> Section:
    points = section.points if section.points_from is None else _number(parameters.get(section.points_from))
    stand = [
        item
        for item in section.items
        if all(parameters.get(name, value) == value for name, value in item.only_if.items())
    ]
    return replace(section, points=points, items=[_item(item, parameters) for item in stand])


def _item(item: Item, parameters: Chosen) -> Item:
    settings = {
        name: parameters.get(value["parameter"]) if isinstance(value, Mapping) and "parameter" in value else value
        for name, value in item.settings.items()
    }
    points = item.points if item.points_from is None else _number(parameters.get(item.points_from))
    return replace(item, settings=settings, points=points)


def _number(text: str | None) -> Fraction | None:
    return None if text is None else exact(text)


def target_of(
    item: Item, parameters: Chosen, reading: Reading | None = None, before: Reading | None = None
) -> Target | None:
    """The target with its number; None where there is none, or where the earlier value it builds on is unknown."""
    target = item.target
    if target is not None and target.by is not None:
        # row: F-077 which reading of the target holds is the parties' choice
        target = target.options.get(str(parameters.get(target.by)))
    if target is None:
        return None
    if target.prior_plus is not None:
        prior = reading.prior if reading is not None else None
        # row, F-065, AMB-045 last year's rate plus one point, at most 100
        return None if prior is None else replace(target, value=min(Fraction(100), prior + target.prior_plus))
    if target.previous:
        earlier = reading.prior if reading is not None and reading.prior is not None else None
        if earlier is None and before is not None and before.measured:
            earlier = before.value
        return None if earlier is None else replace(target, value=earlier)
    if target.parameter is None:
        return target
    value = parameters.get(target.parameter)
    return None if value is None else replace(target, value=exact(value))
