"""From a file to debts and to what is wrong with it, cell by cell. Takes CPU: run it in a thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.billing.domain.openings import PREPAID, Opening, read
from services.billing.domain.vocabulary import FEE_KINDS, OTHERS_MONEY
from shared.tabular import Column, Fault, Line, Sheet, Table, cell_name, sheets
from shared.tabular.columns import CellInvalid, plain
from shared.tabular.errors import HeadingMissing
from shared.tabular.papers import NOTES
from shared.tabular.reading import format_of

MOST_ROWS: Final = 10_000
MOST_FAULTS: Final = 1_000
_HEADING_WITHIN: Final = 5

TABLE: Final = Table(
    "opening_balances",
    "期初欠费",
    "Opening balances",
    (
        Column("unit", "房号", "Unit", required=True, example="1-0101"),
        Column(
            "fee_kind",
            "费用",
            "Fee",
            "choice",
            required=True,
            example="物业服务费",
            choices={
                **{code: (text["zh"], text["en"]) for code, text in FEE_KINDS.items() if code not in OTHERS_MONEY},
                PREPAID: ("预存款", "prepayment"),
            },
        ),
        Column("period", "账期", "Period", required=True, example="2024-05"),
        Column("due_date", "到期日", "Due date", "date", required=True, example="2024-05-25"),
        Column("amount", "欠费金额（元）", "Amount (yuan)", "decimal", required=True, example="266.48"),
        Column("interrupted_on", "最近一次时效中断日", "Last interruption of the limitation period", "date"),
    ),
)


@dataclass
class Found:
    """What a file holds: debts by their row, and faults with the rows they stand in."""

    debts: list[Opening] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    bad_rows: list[dict[str, Any]] = field(default_factory=list)
    rows: int = 0


def parse(data: bytes, units: Mapping[str, UUID], known: frozenset[tuple[UUID, str, str]], cutover: date) -> Found:
    """Every row of every sheet that has the headings.

    ``known`` are the (unit, fee kind, period) that are billed already.

    Raises:
        HeadingMissing: no sheet has them. TableUnreadable, TableBomb, TableTooLarge: see shared.tabular.
    """
    found, missing = Found(), [column for column in TABLE.columns if column.required]
    seen: dict[tuple[UUID, str, str], int] = {}
    any_sheet = False
    for sheet in sheets(data, format_of(data), rows=MOST_ROWS):
        if sheet.name == NOTES:
            continue
        lacking = _sheet(sheet, found, units, known, seen, cutover)
        any_sheet = any_sheet or not lacking
        missing = min(missing, lacking, key=len) if lacking else missing
    if not any_sheet:
        raise HeadingMissing(columns="、".join(column.heading.rstrip("*") for column in missing))
    return found


def _sheet(
    sheet: Sheet,
    found: Found,
    units: Mapping[str, UUID],
    known: frozenset[tuple[UUID, str, str]],
    seen: dict[tuple[UUID, str, str], int],
    cutover: date,
) -> list[Column]:
    """Read one sheet; what its headings lack."""
    columns: Mapping[int, Column] = {}
    lacking = [column for column in TABLE.columns if column.required]
    headings: Sequence[Any] = ()
    for line in sheet.lines:
        if not columns:
            matched = TABLE.match(line.cells)
            lacking = min(lacking, TABLE.missing(matched), key=len)
            if not TABLE.missing(matched):
                columns, headings = matched, list(line.cells)
            elif line.number >= _HEADING_WITHIN:
                break
            continue
        if any(plain(cell) for cell in line.cells):
            found.rows += 1
            faults = _row(sheet.name, headings, columns, line, found, units, known, seen, cutover)
            if faults and len(found.faults) < MOST_FAULTS:
                found.faults += faults
                shown = {"sheet": sheet.name, "headings": [_kept(h) for h in headings], "row": line.number}
                found.bad_rows.append({**shown, "cells": [_kept(cell) for cell in line.cells]})
    return lacking


def _row(
    sheet: str,
    headings: Sequence[Any],
    columns: Mapping[int, Column],
    line: Line,
    found: Found,
    units: Mapping[str, UUID],
    known: frozenset[tuple[UUID, str, str]],
    seen: dict[tuple[UUID, str, str], int],
    cutover: date,
) -> list[Fault]:
    place = {column.key: index for index, column in columns.items()}

    def fault(key: str | None, zh: str, en: str) -> Fault:
        if key is None or key not in place:
            return Fault(sheet, line.number, None, None, zh, en)
        index = place[key]
        return Fault(sheet, line.number, plain(headings[index]), cell_name(index, line.number), zh, en)

    values: dict[str, str] = {}
    faults: list[Fault] = []
    for index, column in columns.items():
        cell = line.cells[index] if index < len(line.cells) else None
        try:
            value = column.read(cell)
        except CellInvalid as problem:
            faults.append(fault(column.key, problem.zh, problem.en))
            continue
        if value is not None:
            values[column.key] = str(value)
        elif column.required:
            faults.append(fault(column.key, "必填", "is required"))
    if faults:
        return faults
    debt, wrong = read(values, units.get, cutover)
    faults = [fault(problem.column, problem.zh, problem.en) for problem in wrong]
    if debt is not None:
        key = (debt.unit_id, debt.fee_kind, debt.period)
        if key in seen:
            zh, en = f"与第 {seen[key]} 行重复", f"stands in row {seen[key]} already"
            faults.append(fault("period", zh, en))
        elif key in known:
            faults.append(fault("period", "该房屋此费用此账期已有账单", "this period of the fee is billed already"))
        seen.setdefault(key, line.number)
        if not faults:
            found.debts.append(debt)
    return faults


def _kept(cell: Any) -> str:
    return plain(cell).replace("\0", "")  # no database keeps it


def stored_faults(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """Faults as they are kept."""
    return [
        {"sheet": f.sheet, "row": f.row, "column": f.column, "cell": f.cell, "zh": f.zh, "en": f.en} for f in faults
    ]
