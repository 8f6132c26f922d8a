"""What the columns of a table are called and what stands in them, in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, Literal

Kind = Literal["text", "decimal", "date", "choice", "list"]
_NONE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({})
_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_SEPARATORS: Final = re.compile(r"[,，、;；\n]+")


class CellInvalid(ValueError):
    """A cell does not hold what its column wants; the two arguments are the sentence in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the key of its field, its headings, its kind, whether it must be filled in, and an example.

    ``choices``: code -> (Chinese, English); a cell may hold any of the three.
    """

    key: str
    zh: str
    en: str
    kind: Kind = "text"
    required: bool = False
    example: str = ""
    choices: Mapping[str, tuple[str, str]] = field(default_factory=lambda: _NONE)
    width: int = 16

    @property
    def heading(self) -> str:
        """What stands above the column in a template."""
        return f"{self.zh} {self.en}" + ("*" if self.required else "")

    def names(self) -> set[str]:
        """Every heading that is understood."""
        return {folded(text) for text in (self.key, self.zh, self.en, f"{self.zh}{self.en}", f"{self.zh}/{self.en}")}

    def read(self, value: Any) -> Any:
        """A cell as the field's JSON value, None for an empty one. Raises CellInvalid."""
        text = plain(value)
        if not text:
            return None
        if self.kind == "date":
            return _day(value, text)
        if self.kind == "choice":
            return self._choice(text)
        if self.kind == "list":
            parts = [part.strip() for part in _SEPARATORS.split(text)]
            return [self._choice(part) if self.choices else part for part in parts if part]
        if self.kind == "decimal":
            return text.replace(",", "").replace("，", "")
        return text

    def _choice(self, text: str) -> str:
        wanted = folded(text)
        for code, (zh, en) in self.choices.items():
            if wanted in (folded(code), folded(zh), folded(en)):
                return code
        known = "、".join(zh for zh, _ in self.choices.values())
        raise CellInvalid(f"应为：{known}", f"should be one of: {', '.join(en for _, en in self.choices.values())}")


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of table: its code, its names and its columns in order."""

    code: str
    zh: str
    en: str
    columns: Sequence[Column]

    def match(self, headings: Sequence[Any]) -> dict[int, Column]:
        """Which column stands where, by what is written above it; unknown headings are left out."""
        by_name = {name: column for column in self.columns for name in column.names()}
        found: dict[int, Column] = {}
        for index, heading in enumerate(headings):
            column = by_name.get(folded(plain(heading)))
            if column is not None and column not in found.values():
                found[index] = column
        return found

    def missing(self, found: Mapping[int, Column]) -> list[Column]:
        """Required columns that a sheet does not have."""
        there = {column.key for column in found.values()}
        return [column for column in self.columns if column.required and column.key not in there]


def folded(text: str) -> str:
    """A heading or a word without what people write differently: case, spaces, marks."""
    return re.sub(r"[\s*＊()（）:：/]+", "", text).casefold()


def plain(value: Any) -> str:
    """A cell as text: whole numbers without ".0", decimals to the digit that was typed, days as ISO.

    A leading ' before a formula's first sign, as our own exports write it, is taken off again.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).strip()
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@\t\r|" else text


def _day(value: Any, text: str) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    found = _DAY.fullmatch(text.split(" ")[0] if re.match(r"\d{4}-\d\d-\d\d ", text) else text)
    if found is None and re.fullmatch(r"(19|20)\d{6}", text):
        found = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", text)
    if found is not None:
        try:
            return date(*map(int, found.groups())).isoformat()
        except ValueError:
            pass
    raise CellInvalid("应为日期，例如 2025-03-07", "should be a date such as 2025-03-07")
