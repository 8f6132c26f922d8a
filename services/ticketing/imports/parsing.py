"""From a file to rows of the register's bulk import, with the place of each cell kept for its errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.ticketing.imports.resources import Resource
from shared.tabular import Column, Fault, Line, Sheet, cell_name, sheets
from shared.tabular.columns import CellInvalid, plain
from shared.tabular.errors import HeadingMissing
from shared.tabular.papers import NOTES
from shared.tabular.reading import Format

#: Lines before the headings (a title, a note) that are passed over.
_HEADING_WITHIN = 5

TWICE = ("编号在文件中重复，前面第 {row} 行已使用", "this code stands in row {row} already")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A row: where it stood, its values as the bulk import wants them, and what is wrong with it already."""

    sheet: str
    headings: Mapping[str, tuple[int, str]]  # key -> position and the heading as written
    line: Line
    values: Mapping[str, Any]
    faults: Sequence[Fault]

    def fault(self, path: str, zh: str, en: str) -> Fault:
        """An error of this row; ``path`` is the bulk import's, whose first part is a column."""
        found = self.headings.get(path.split(".")[0])
        if found is None:
            return Fault(self.sheet, self.line.number, None, None, zh, en)
        index, heading = found
        return Fault(self.sheet, self.line.number, heading, cell_name(index, self.line.number), zh, en)


def rows(data: bytes, format: Format, resource: Resource) -> Iterator[Parsed]:
    """Every row of every sheet that has the headings.

    Raises:
        HeadingMissing: no sheet has them.
        TableUnreadable, TableBomb, TableTooLarge: see shared.tabular.
    """
    seen: dict[str, tuple[str, int]] = {}
    missing: list[Column] | None = None
    for sheet in sheets(data, format):
        if sheet.name == NOTES:
            continue
        lacking = yield from _sheet(sheet, resource, seen)
        if not lacking:
            missing = []
        elif missing is None or (missing and len(lacking) < len(missing)):
            missing = lacking
    if missing is None or missing:
        wanted = missing or [column for column in resource.table.columns if column.required]
        raise HeadingMissing(columns="、".join(column.heading.rstrip("*") for column in wanted))


def _sheet(
    sheet: Sheet, resource: Resource, seen: dict[str, tuple[str, int]]
) -> Iterator[Parsed] | Any:  # a generator that returns what its headings lack
    columns: Mapping[int, Column] = {}
    headings: Mapping[str, tuple[int, str]] = {}
    best = [column for column in resource.table.columns if column.required]
    for line in sheet.lines:
        if not columns:
            found = resource.table.match(line.cells)
            lacking = resource.table.missing(found)
            best = min(best, lacking, key=len)
            if not lacking:
                columns = found
                headings = {c.key: (index, str(line.cells[index])) for index, c in found.items()}
            elif line.number >= _HEADING_WITHIN:
                break
            continue
        if any(plain(cell) for cell in line.cells):
            yield _row(sheet.name, headings, columns, line, seen)
    return best


def _row(
    sheet: str,
    headings: Mapping[str, tuple[int, str]],
    columns: Mapping[int, Column],
    line: Line,
    seen: dict[str, tuple[str, int]],
) -> Parsed:
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for index, column in columns.items():
        cell = line.cells[index] if index < len(line.cells) else None
        place = (sheet, line.number, headings[column.key][1], cell_name(index, line.number))
        try:
            value = column.read(cell)
        except CellInvalid as problem:
            faults.append(Fault(*place, problem.zh, problem.en))
            continue
        if value is None:
            if column.required:
                faults.append(Fault(*place, "必填", "is required"))
        else:
            values[column.key] = value
    code = values.get("external_id")
    if code is not None:
        first = seen.setdefault(code, (sheet, line.number))
        if first != (sheet, line.number):
            index, heading = headings["external_id"]
            zh, en = (text.format(row=first[1]) for text in TWICE)
            faults.append(Fault(sheet, line.number, heading, cell_name(index, line.number), zh, en))
    return Parsed(sheet, headings, line, values, faults)
