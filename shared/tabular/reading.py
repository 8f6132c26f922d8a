"""Tables as lines of cells, each line with its place. What a file is, its content tells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson
import python_calamine as calamine

from shared.tabular import guard
from shared.tabular.errors import TableTooLarge, TableUnreadable

Format = Literal["xlsx", "csv", "ndjson"]

MOST_BYTES: Final = 12 * 1024 * 1024
MOST_ROWS: Final = 50_000
_LONGEST_CELL: Final = 32_767  # Excel's own limit


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sheet: its number as shown (the first is 1) and its cells."""

    number: int
    cells: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet; ``lines`` can be walked once."""

    name: str
    lines: Iterator[Line]


def format_of(data: bytes) -> Format:
    """What a file is by its content. Raises TableUnreadable."""
    if data[:4] == b"PK\x03\x04":
        return "xlsx"
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if not head or b"\x00" in data[:4096] or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" or head[:5] == b"%PDF-":
        raise TableUnreadable
    return "ndjson" if head[:1] == b"{" else "csv"


def sheets(data: bytes, format: Format, *, rows: int = MOST_ROWS) -> Iterator[Sheet]:
    """The sheets of a file. A CSV or NDJSON file is one sheet; keys of NDJSON's first line are its headings.

    Raises:
        TableUnreadable, TableBomb, TableTooLarge: the file as a whole; while lines are walked too.
    """
    if len(data) > MOST_BYTES:
        raise TableTooLarge(rows=rows, megabytes=MOST_BYTES // (1024 * 1024))
    if format == "xlsx":
        guard.inspect(data, rows=rows)
        yield from _workbook(data, rows)
    elif format == "ndjson":
        yield Sheet("NDJSON", _counted(_ndjson(data), rows))
    else:
        yield Sheet("CSV", _counted(_csv(data), rows))


def _counted(lines: Iterator[Line], rows: int) -> Iterator[Line]:
    for line in lines:
        if line.number > rows + 1:
            raise TableTooLarge(rows=rows, megabytes=MOST_BYTES // (1024 * 1024))
        yield line


def _workbook(data: bytes, rows: int) -> Iterator[Sheet]:
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for meta in book.sheets_metadata:
            if meta.visible == calamine.SheetVisibleEnum.Visible and meta.typ == calamine.SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_name(meta.name)
                yield Sheet(meta.name, _counted(_lines(sheet), rows))
    except (calamine.CalamineError, OSError, ValueError) as problem:
        raise TableUnreadable from problem


def _lines(sheet: calamine.CalamineSheet) -> Iterator[Line]:
    if sheet.start is None:
        return
    # The reader walks from the first row of the sheet, but from its first used column.
    pad = [""] * sheet.start[1]
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield Line(number, [*pad, *cells])


def _text(data: bytes) -> str:
    # Excel in China writes CSV in the ANSI code page, GB18030 above it.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableUnreadable


def _csv(data: bytes) -> Iterator[Line]:
    text = _text(data)
    first = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    csv.field_size_limit(_LONGEST_CELL)
    try:
        for number, cells in enumerate(reader, 1):
            yield Line(number, cells)
    except csv.Error as problem:
        raise TableUnreadable from problem


def _ndjson(data: bytes) -> Iterator[Line]:
    keys: dict[str, None] = {}
    for _, row in _objects(data):
        keys.update(dict.fromkeys(row))
        if len(keys) > guard.MOST_COLUMNS:
            raise TableUnreadable
    yield Line(0, list(keys))
    for number, row in _objects(data):
        yield Line(number, [_cell(row.get(key)) for key in keys])


def _objects(data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, raw in enumerate(io.BytesIO(data), 1):
        if not raw.strip():
            continue
        try:
            row = orjson.loads(raw)
        except orjson.JSONDecodeError as problem:
            raise TableUnreadable from problem
        if not isinstance(row, dict):
            raise TableUnreadable
        yield number, row


def _cell(value: Any) -> Any:
    return "、".join(map(str, value)) if isinstance(value, list) else value
