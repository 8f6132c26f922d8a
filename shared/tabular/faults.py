"""Where something is wrong in a table, as the person who filled it in sees it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One error: sheet, row (the heading is row 1), the heading above the cell (None: the row), in two languages."""

    sheet: str
    row: int
    column: str | None
    cell: str | None
    zh: str
    en: str


def cell_name(index: int, row: int) -> str:
    """The name of a cell as Excel shows it: column 5 (from 0) of row 18 is F18."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
