"""Tables out: rows go by one at a time, whatever the format, and no cell is ever a formula."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final

import orjson
import xlsxwriter

#: A cell that begins so is run as a formula by some spreadsheet program, or starts one after it is saved as CSV.
_TRIGGERS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠")
_CHUNK: Final = 64 * 1024
_LONGEST_CELL: Final = 32_000

Rows = AsyncIterator[Sequence[Any]]


def neutral(value: Any) -> Any:
    """A cell that stays what it is: text that could be a formula gets a ' before it, so that no program runs it.

    Our own reading takes the ' off again. Numbers, days and times are passed on as they are.
    """
    if isinstance(value, str) and value.lstrip(" \u00a0\ufeff").startswith(_TRIGGERS):
        return "'" + value
    return value


def shown(value: Any) -> Any:
    """A value as a table shows it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, (date, Decimal)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "、".join(map(str, value))
    return "" if value is None else value if isinstance(value, (str, int, float)) else str(value)


async def csv_stream(headings: Sequence[str], rows: Rows) -> AsyncIterator[bytes]:
    """UTF-8 with a byte order mark, which Excel needs to show Chinese."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    writer.writerow([neutral(heading) for heading in headings])
    async for row in rows:
        writer.writerow([neutral(shown(value)) for value in row])
        if buffer.tell() > _CHUNK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


async def ndjson_stream(keys: Sequence[str], rows: Rows) -> AsyncIterator[bytes]:
    """One JSON object a line, for programs: values as they are, nothing is a formula there."""
    buffer = bytearray()
    async for row in rows:
        buffer += orjson.dumps(dict(zip(keys, row, strict=True)), option=orjson.OPT_UTC_Z, default=str) + b"\n"
        if len(buffer) > _CHUNK:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer)


async def xlsx_stream(title: str, headings: Sequence[str], rows: Rows) -> AsyncIterator[bytes]:
    """A workbook, written row by row into a temporary file and then sent."""
    with tempfile.TemporaryFile() as file:
        book = workbook(file)
        sheet = book.add_worksheet(title[:31])
        heading = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
        sheet.freeze_panes(1, 0)
        for index, text in enumerate(headings):
            sheet.set_column(index, index, 20)
            sheet.write_string(0, index, neutral(text), heading)
        number = 0
        async for row in rows:
            number += 1
            write_row(sheet, number, row)
        book.close()
        file.seek(0)
        while piece := file.read(_CHUNK):
            yield piece


def workbook(file: IO[bytes]) -> xlsxwriter.Workbook:
    """A workbook that keeps one row in memory and turns no text into a formula or a link."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    return xlsxwriter.Workbook(file, options)


def write_row(sheet: Any, number: int, row: Iterable[Any], formats: Sequence[Any] = ()) -> None:
    """Write a row (from 0) of an xlsxwriter worksheet; text always as text."""
    for index, value in enumerate(row):
        cell = shown(value)
        style = formats[index] if index < len(formats) else None
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            sheet.write_number(number, index, cell, style)
        elif cell != "" or style is not None:
            sheet.write_string(number, index, neutral(str(cell))[:_LONGEST_CELL], style)
