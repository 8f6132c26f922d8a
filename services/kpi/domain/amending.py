"""Amendments of a letter in force: which numbers change, from when on, and what the letter says then."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.kpi.domain.letter_files import letter_from
from services.kpi.domain.letters import LetterError
from services.kpi.domain.numbers import exact, plain
from services.kpi.domain.settling import resolve


@dataclass(frozen=True, slots=True)
class Change:
    """One number of the letter, before and after: a parameter, or the printed target of an indicator."""

    what: str  # parameter, target
    name: str
    old: str | None
    new: str

    def as_json(self) -> dict[str, Any]:
        """As it is kept and hashed."""
        return {"what": self.what, "name": self.name, "old": self.old, "new": self.new}


def change_of(definition: Mapping[str, Any], parameters: Mapping[str, str | None], raw: Mapping[str, str]) -> Change:
    """A change with the old value beside the new one. Raises LetterError for what the letter does not say."""
    name, new = raw["name"], raw["new"]
    if raw["what"] == "parameter":
        letter = letter_from(definition)
        fresh = resolve(letter, {**parameters, name: new})
        if name not in parameters:
            raise LetterError("name", "责任书没有该参数", "the letter has no such parameter")
        return Change("parameter", name, parameters[name], fresh[name] or "")
    item = _item(definition, name)
    target = None if item is None else item.get("target")
    if not isinstance(target, Mapping) or "value" not in target:
        raise LetterError("name", "责任书没有该指标的固定目标值", "the letter prints no target of this indicator")
    try:
        return Change("target", name, plain(exact(target["value"])), plain(exact(new)))
    except ValueError as error:
        raise LetterError("new", "必须是数字", str(error)) from None


def amended(
    definition: Mapping[str, Any],
    parameters: Mapping[str, str | None],
    amendments: Sequence[tuple[date, Sequence[Mapping[str, Any]]]],
    day: date,
) -> tuple[Mapping[str, Any], Mapping[str, str | None]]:
    """What the letter says on a day: amendments in force by then, the later over the earlier."""
    # row: C-197, G-027 an amendment has the letter's own force, from its date on and not before
    standing = [changes for since, changes in amendments if since <= day]
    if not standing:
        return definition, parameters
    fresh, chosen = copy.deepcopy(dict(definition)), dict(parameters)
    for changes in standing:
        for change in changes:
            if change["what"] == "parameter":
                chosen[change["name"]] = change["new"]
            elif (item := _item(fresh, change["name"])) is not None:
                item["target"]["value"] = change["new"]
    return fresh, chosen


def _item(definition: Mapping[str, Any], indicator: str) -> dict[str, Any] | None:
    lines = [item for section in definition.get("sections") or () for item in section["items"]]
    found: dict[str, Any] | None = next(
        (item for item in [*lines, *(definition.get("reported") or ())] if item["indicator"] == indicator), None
    )
    return found
