"""A workbook is what it says before anybody parses it."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
import xlsxwriter

from shared.errors import AppError
from shared.tabular import TableBomb, TableTooLarge, TableUnreadable, format_of, sheets
from shared.tabular.guard import inspect

TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def book(*cells: tuple[int, int, object]) -> bytes:
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file)
    sheet = made.add_worksheet("表")
    for row, column, value in cells:
        sheet.write(row, column, value)
    made.close()
    return file.getvalue()


def packed(*, sheet: bytes = b"<worksheet/>", **more: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in more.items():
            archive.writestr(name, content)
    return file.getvalue()


def read(data: bytes) -> list[tuple[int, list[object]]]:
    return [(line.number, list(line.cells)) for sheet in sheets(data, format_of(data)) for line in sheet.lines]


def test_places_of_cells_are_kept_whatever_is_empty_before_them() -> None:
    assert read(book((2, 1, "x"), (4, 3, 1.5))) == [
        (1, ["", "", "", ""]), (2, ["", "", "", ""]), (3, ["", "x", "", ""]),
        (4, ["", "", "", ""]), (5, ["", "", "", 1.5]),
    ]  # fmt: skip


def test_a_zip_bomb_is_refused_without_being_unpacked() -> None:
    with pytest.raises(TableBomb):
        inspect(packed(huge=bytes(200 * 1024 * 1024)), rows=1000)


def test_a_zip_that_lies_about_its_sizes_is_refused() -> None:
    data = bytearray(packed(sheet=b"<worksheet>" + b" " * 5_000_000 + b"</worksheet>"))
    at = data.rfind(b"xl/worksheets/sheet1.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    struct.pack_into("<I", data, at + 24, 100)  # the directory says: a hundred bytes
    with pytest.raises(TableBomb):
        inspect(bytes(data), rows=1000)


@pytest.mark.parametrize(
    "cell", [b'<c r="A99999999"/>', b"<row r='1048576'/>", b'<c s="1" r = "XFD1"/>', b'<x:c r="ZZ5"/>']
)
def test_two_cells_do_not_span_a_billion(cell: bytes) -> None:
    with pytest.raises(TableTooLarge):
        inspect(packed(sheet=b'<worksheet><sheetData><row r="1"><c r="A1"/></row>' + cell), rows=1000)


@pytest.mark.parametrize("entity", [b'<!DOCTYPE x [<!ENTITY a "b">]>', b"<!doctype x>"])
def test_entities_are_refused(entity: bytes) -> None:
    with pytest.raises(TableBomb):
        inspect(packed(sheet=entity + b"<worksheet/>"), rows=1000)


def test_a_cell_split_between_two_pieces_is_still_seen() -> None:
    for shift in range(40):
        filler = b"<!--" + b"x" * (64 * 1024 - 20 - shift) + b"-->"
        with pytest.raises(TableTooLarge):
            inspect(packed(sheet=filler + b'<c r="A99999999"/>'), rows=1000)


def test_thousands_of_entries_and_the_same_name_twice_are_refused() -> None:
    with pytest.raises(TableBomb):
        inspect(packed(**{f"x{n}": b"" for n in range(600)}), rows=1000)
    file = io.BytesIO(packed())
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning):
        archive.writestr("xl/workbook.xml", b"<other/>")
    with pytest.raises(TableBomb):
        inspect(file.getvalue(), rows=1000)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
        b"\x89PNG\r\n\x1a\n\x00\x00", b"PK\x03\x04broken",
        packed()[:-30], b"\xff\xfe\xfa\x81,\x81\n", b'{"a": 1}\n[1]\n', b'{"a": 1}\n{broken\n', b'a,b\n"unclosed\n',
    ],
)  # fmt: skip
def test_what_is_no_table_is_told_so(data: bytes) -> None:
    with pytest.raises(TableUnreadable):
        read(data)


def test_a_zip_with_something_else_inside_is_no_workbook() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../../etc/passwd", b"x")
    with pytest.raises(TableUnreadable):
        read(file.getvalue())


def test_csv_is_read_in_both_encodings_and_with_any_separator() -> None:
    wanted = [(1, ["编号", "房号"]), (2, ["A", "1-1203"])]
    assert read("编号,房号\nA,1-1203\n".encode("utf-8-sig")) == wanted
    assert read("编号;房号\r\nA;1-1203\r\n".encode("gb18030")) == wanted
    assert read("编号\t房号\nA\t1-1203\n".encode()) == wanted


def test_ndjson_has_the_keys_of_all_its_lines() -> None:
    assert read(b'{"a": 1}\n\n{"b": ["x", "y"], "a": null}\n') == [
        (0, ["a", "b"]), (1, [1, None]), (3, [None, "x、y"]),
    ]  # fmt: skip


def test_more_rows_than_are_taken_are_refused() -> None:
    with pytest.raises(TableTooLarge):
        for sheet in sheets(b"a\n" + b"1\n" * 11, "csv", rows=10):
            list(sheet.lines)
    with pytest.raises(AppError):
        list(sheets(b"a" * (13 * 1024 * 1024), "csv"))
