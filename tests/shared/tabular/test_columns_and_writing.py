"""Cells as people type them, and cells that are never formulas."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tabular import Column, Fault, Line, Table, cell_name, csv_stream, format_of, neutral, sheets, xlsx_stream
from shared.tabular.columns import CellInvalid, plain
from shared.tabular.papers import ERRORS, corrections, template

USE = {"dwelling": ("住宅", "dwelling"), "shop": ("商铺", "shop")}


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        (Column("d", "日", "D", "date"), "2025-03-07", "2025-03-07"),
        (Column("d", "日", "D", "date"), "2025/3/7", "2025-03-07"),
        (Column("d", "日", "D", "date"), "2025年3月7日", "2025-03-07"),
        (Column("d", "日", "D", "date"), "20250307", "2025-03-07"),
        (Column("d", "日", "D", "date"), 20250307.0, "2025-03-07"),
        (Column("d", "日", "D", "date"), date(2025, 3, 7), "2025-03-07"),
        (Column("d", "日", "D", "date"), datetime(2025, 3, 7, 9), "2025-03-07"),  # noqa: DTZ001 - so Excel has it
        (Column("u", "用", "U", "choice", choices=USE), " 住宅 ", "dwelling"),
        (Column("u", "用", "U", "choice", choices=USE), "SHOP", "shop"),
        (Column("u", "用", "U", "list", choices=USE), "住宅、shop", ["dwelling", "shop"]),
        (Column("u", "用", "U", "list"), "a, b；c", ["a", "b", "c"]),
        (Column("a", "面", "A", "decimal"), 93.5, "93.5"),
        (Column("a", "面", "A", "decimal"), "1,293.50", "1293.50"),
        (Column("t", "话", "T"), 13812341234.0, "13812341234"),
        (Column("t", "话", "T"), "'+85291234567", "+85291234567"),
        (Column("t", "话", "T"), "   ", None),
    ],
)
def test_a_cell_is_read_as_it_was_meant(column: Column, cell: Any, value: Any) -> None:
    assert column.read(cell) == value


@pytest.mark.parametrize("cell", ["2025-02-30", "March", "7.3.2025", "2025", 45723.0])
def test_what_is_no_day_is_told(cell: Any) -> None:
    with pytest.raises(CellInvalid):
        Column("d", "日", "D", "date").read(cell)


def test_headings_are_understood_in_both_languages_and_by_their_key() -> None:
    table = Table("t", "表", "T", (Column("area", "面积", "Area"), Column("number", "房号", "Number", required=True)))
    assert {i: c.key for i, c in table.match(["备注", "面积 Area", "房号*"]).items()} == {1: "area", 2: "number"}
    assert {i: c.key for i, c in table.match(["AREA", "number", "Area"]).items()} == {0: "area", 1: "number"}
    assert [c.key for c in table.missing(table.match(["面积"]))] == ["number"]


def test_cells_are_named_as_excel_does() -> None:
    assert [cell_name(n, 7) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A7", "Z7", "AA7", "AZ7", "BA7", "ZZ7", "AAA7"]


FORMULAS = ["=1+1", "+cmd|'/C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "＝1+1", "|x", "\n=1", "\ufeff=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_could_be_a_formula_is_made_harmless(text: str) -> None:
    assert neutral(text) == "'" + text


@given(st.text())
def test_no_exported_text_begins_as_a_formula(text: str) -> None:
    assert not str(neutral(text)).lstrip(" \u00a0\ufeff").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "|"))


def test_numbers_stay_numbers() -> None:
    assert neutral(-5) == -5 and plain("'-5层") == "-5层"


async def _rows(*rows: list[Any]) -> AsyncIterator[list[Any]]:
    for row in rows:
        yield row


async def _bytes(stream: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in stream])


async def test_formulas_come_out_as_text_in_both_formats() -> None:
    row = [*FORMULAS, "张伟", 5, None, date(2025, 3, 7), ["a", "b"]]
    text = await _bytes(csv_stream(["x"] * len(row), _rows(row)))
    assert text.startswith(b"\xef\xbb\xbf")
    book = await _bytes(xlsx_stream("表", ["x"] * len(row), _rows(row)))
    assert b"<f>" not in book
    for data in (text, book):
        (sheet,) = sheets(data, format_of(data))
        _, line = sheet.lines
        assert all(str(cell).startswith("'") for cell in line.cells[: len(FORMULAS)])
        assert list(line.cells[len(FORMULAS) :]) in (
            ["张伟", "5", "", "2025-03-07", "a、b"],
            ["张伟", 5.0, "", "2025-03-07", "a、b"],
        )


def test_a_template_can_be_filled_in_and_read() -> None:
    use = Column("u", "用途", "Use", "choice", choices=USE)
    table = Table("t", "表", "T", (use, Column("n", "号", "No", required=True)))
    data = template(table)
    first, notes = sheets(data, format_of(data))
    (heading,) = first.lines
    assert len(table.match(heading.cells)) == 2 and notes.name == "说明 Notes"


def test_a_corrected_file_can_be_sent_again() -> None:
    fault = Fault("表", 3, "号 No", "B3", "必填", "is required")
    data = corrections([("表", ["用途 Use", "号 No"], [(Line(3, ["住宅", ""]), [fault])])])
    (sheet,) = sheets(data, format_of(data))
    heading, line = sheet.lines
    assert list(heading.cells) == ["用途 Use", "号 No", ERRORS]
    assert list(line.cells)[:2] == ["住宅", ""] and "必填" in line.cells[2]
    assert io.BytesIO(data).read(2) == b"PK"
