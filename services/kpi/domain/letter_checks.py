"""What a letter must keep as a whole: one line an indicator, points that add up, no line made of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.kpi.domain.letters import Item, Letter, LetterError
from services.kpi.domain.numbers import exact, plain
from services.kpi.domain.settling import resolve, settle


def places(letter: Letter) -> Iterator[tuple[str, Item]]:
    """Every line with its place in the file."""
    for n, section in enumerate(letter.sections):
        yield from ((f"sections.{n}.items.{m}", item) for m, item in enumerate(section.items))
    yield from ((f"reported.{n}", item) for n, item in enumerate(letter.reported))


def check(letter: Letter, raw: Mapping[str, Any]) -> None:
    """Raises LetterError with the place of what does not fit together."""
    seen: set[str] = set()
    for path, item in places(letter):
        if item.indicator in seen:
            told = f"the indicator {item.indicator} stands on the letter twice"
            raise LetterError(f"{path}.indicator", f"指标 {item.indicator} 重复", told)
        seen.add(item.indicator)
    _composed(letter)
    if raw.get("maximum") is not None:
        _adds_up(letter, raw["maximum"])


def _composed(letter: Letter) -> None:
    """A rate is composed of other lines, and of none that is composed itself: that way lies a circle."""
    lines = {item.indicator: item for _, item in places(letter)}
    for path, item in places(letter):
        for code in item.settings.get("compose") or ():
            at = f"{path}.with.compose"
            if code not in lines:
                raise LetterError(at, f"责任书中没有指标 {code}", f"the letter has no line {code} to compose it of")
            if code == item.indicator or "compose" in lines[code].settings:
                raise LetterError(at, f"循环引用：{code}", f"a cycle: {code} is itself composed")


def _adds_up(letter: Letter, printed: Any) -> None:
    """The points of all lines against the full points that the document prints."""
    found = settle(letter, resolve(letter, {})).maximum
    if found != exact(printed):
        told = "0" if found is None else plain(found)
        zh = f"各项分值合计为{told}分，与满分{printed}分不符"
        raise LetterError("sections", zh, f"the points add up to {told}, the maximum is {printed}")
