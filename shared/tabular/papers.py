"""Workbooks for people: the template to fill in, and the bad rows handed back with what is wrong with each."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from shared.tabular.columns import Table
from shared.tabular.faults import Fault
from shared.tabular.reading import Line
from shared.tabular.writing import workbook, write_row

#: The sheet of explanations: never read.
NOTES: Final = "说明 Notes"
ERRORS: Final = "错误 Errors"
_KINDS: Final = {
    "text": ("文本", "text"),
    "decimal": ("数字", "number"),
    "date": ("日期，如 2025-03-07", "a date such as 2025-03-07"),
    "choice": ("从列表选择", "one of the list"),
    "list": ("可填多个，用、分隔", "several, separated by 、"),
}


def template(table: Table) -> bytes:
    """An empty xlsx of a table: headings, a sheet of explanations, lists to choose from."""
    file = io.BytesIO()
    book = workbook(file)
    sheet = book.add_worksheet(table.zh[:31])
    must = book.add_format({"bold": True, "bg_color": "#FCE8D5", "border": 1})
    may = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    as_text = book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 0)
    for index, column in enumerate(table.columns):
        # Everything as text: Excel would turn 1-1203 into a date and take the zeros off a number.
        sheet.set_column(index, index, column.width, as_text)
        sheet.write_string(0, index, column.heading, must if column.required else may)
        if column.choices and column.kind == "choice":
            shown = [zh for zh, _ in column.choices.values()]
            sheet.data_validation(1, index, 50_000, index, {"validate": "list", "source": shown})
    notes = book.add_worksheet(NOTES)
    notes.set_column(0, 5, 24)
    write_row(notes, 0, ["列 Column", "必填 Required", "内容 Content", "可选值 Values", "示例 Example"])
    for number, column in enumerate(table.columns, 1):
        zh, en = _KINDS[column.kind]
        values = "；".join(f"{a} {b}" for a, b in column.choices.values())
        row = [column.heading, "是 yes" if column.required else "", f"{zh} / {en}", values, column.example]
        write_row(notes, number, row)
    book.close()
    return file.getvalue()


def corrections(sheets: Iterable[tuple[str, Sequence[Any], Iterable[tuple[Line, Sequence[Fault]]]]]) -> bytes:
    """The bad rows of an import, as they came, the wrong cells coloured and the sentences in a last column.

    ``sheets``: name, headings, and each bad line with its faults. Reading ignores the last column, so a corrected file
    can be sent as it is.
    """
    file = io.BytesIO()
    book = workbook(file)
    heading = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    wrong = book.add_format({"bg_color": "#FFD6D6", "border": 1})
    told = book.add_format({"font_color": "#B00020", "text_wrap": True})
    for name, headings, lines in sheets:
        sheet = book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        width = len(headings)
        sheet.set_column(0, max(0, width - 1), 16)
        sheet.set_column(width, width, 60)
        write_row(sheet, 0, [*headings, ERRORS], [heading] * (width + 1))
        for number, (line, faults) in enumerate(lines, 1):
            at = {fault.column for fault in faults}
            cells = [*line.cells[:width], *[""] * (width - len(line.cells))]
            formats = [wrong if str(text) in at else None for text in headings]
            text = "\n".join(f"{_where(fault)}{fault.zh} {fault.en}" for fault in faults)
            write_row(sheet, number, [*cells, text], [*formats, told])
    book.close()
    return file.getvalue()


def _where(fault: Fault) -> str:
    return f"{fault.column}：" if fault.column else ""


def by_row(faults: Iterable[Fault]) -> Mapping[tuple[str, int], list[Fault]]:
    """Faults by sheet and row."""
    found: dict[tuple[str, int], list[Fault]] = {}
    for fault in faults:
        found.setdefault((fault.sheet, fault.row), []).append(fault)
    return found
