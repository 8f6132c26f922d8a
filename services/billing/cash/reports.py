"""Shift and day reports: as data, as a table and as PDF."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.cash import repository, service, views
from services.billing.cash.schemas import DayReportOut, MethodOut, ShiftReportOut
from services.billing.domain.cash import Drawer
from services.billing.domain.vocabulary import METHODS
from services.billing.receipts.repository import community_names
from shared.auth import Principal
from shared.db.tx import Tx
from shared.documents import render
from shared.documents.render import Template
from shared.http.schemas import MoneyModel, Text
from shared.runtime import Runtime

SHIFT: Final = Template(Path(__file__).parent / "templates", "shift")
DAY: Final = Template(Path(__file__).parent / "templates", "day")

_SHIFT_COLUMNS: Final = (
    *("班次 Shift", "时间 Time", "事项 Act", "房屋 Unit", "流水号 Reference", "金额（元） Yuan", "结班后 After close"),
)
_DAY_COLUMNS: Final = (
    *("班次 Shift", "收银员 Cashier", "开班 Opened", "备用金 Float", "应有 Expected", "实点 Counted"),
    *("长短款 Over/short", "结班 Closed", "交款截止 Settle by", "交款 Settled"),
)


@dataclass(frozen=True, slots=True)
class File:
    """A file to be sent."""

    name: str
    media_type: str
    content: bytes


async def shift_report(tx: Tx, who: Principal, shift_id: UUID) -> ShiftReportOut:
    """A shift with all that went through it. Raises NoSuchShift."""
    row = await service.get(tx, who, shift_id)
    entries = await repository.entries(tx, [row.id])
    drawer = Drawer(row.float_fen, row.carried_fen, sum(e.amount_fen for e in entries))
    _, name = await community_names(tx, row.community_id)
    return ShiftReportOut(
        shift=views.shift(row),
        community=name,
        expected_now=MoneyModel.of_fen(drawer.expected_fen),
        sums=views.sums(entries),
        entries=[views.entry(e) for e in entries],
    )


async def day_report(tx: Tx, who: Principal, community_id: UUID, on: date | None) -> DayReportOut:
    """A community's day, today's unless told: money by method, cash by shift. Raises NoSuchCommunity."""
    community = await access.community(tx, who, community_id)
    day = on or tx.now.astimezone(community.zone).date()
    methods = _methods(
        await repository.money_of_day(tx, community_id, day), await repository.out_of_day(tx, community_id, day)
    )
    shifts = await repository.of_day(tx, community_id, day)
    moved = await repository.moved(tx, [row.id for row in shifts])
    counted = [row for row in shifts if row.counted_fen is not None]
    waiting = [row for row in shifts if row.settled_at is None]
    _, name = await community_names(tx, community_id)
    unsettled = sum(row.carried_fen + moved.get(row.id, 0) for row in waiting if row.successor_id is None)
    return DayReportOut(
        community_id=community_id,
        community=name,
        day=day,
        methods=methods,
        net=MoneyModel.of_fen(sum(m.net.money().fen for m in methods)),
        shifts=[views.shift(row) for row in shifts],
        over_short=MoneyModel.of_fen(sum(row.counted_fen - row.expected_fen for row in counted)),
        unsettled=MoneyModel.of_fen(unsettled),
    )


def _methods(received: Sequence[Row[Any]], out: Sequence[tuple[str, int]]) -> list[MethodOut]:
    came = {row.method: row for row in received}
    went: dict[str, int] = {}
    for method, fen in out:
        went[method] = went.get(method, 0) + fen
    found = []
    for method, name in METHODS.items():
        if method not in came and method not in went:
            continue
        row = came.get(method)
        fen, undone = (int(row.fen), int(row.undone_fen)) if row is not None else (0, 0)
        gone = went.get(method, 0)
        found.append(
            MethodOut(
                method=method,
                name=Text(**name),
                payments=row.payments if row is not None else 0,
                received=MoneyModel.of_fen(fen),
                undone=MoneyModel.of_fen(undone),
                paid_out=MoneyModel.of_fen(gone),
                net=MoneyModel.of_fen(fen - undone - gone),
            )
        )
    return found


async def _rows(rows: Sequence[Sequence[Any]]) -> AsyncIterator[Sequence[Any]]:
    for row in rows:
        yield row


async def _table(format: str, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> File:
    # Imported when a table is asked for: the readers and writers of workbooks weigh on every process else.
    from shared.tabular import csv_stream, xlsx_stream

    if format == "xlsx":
        parts = [piece async for piece in xlsx_stream(title, columns, _rows(rows))]
        media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        parts = [piece async for piece in csv_stream(columns, _rows(rows))]
        media = "text/csv; charset=utf-8"
    return File(f"{title}.{format}", media, b"".join(parts))


async def shift_file(rt: Runtime, who: Principal, shift_id: UUID, format: str) -> File:
    """The report of a shift as `pdf`, `csv` or `xlsx`, made outside of any transaction. Raises NoSuchShift."""
    async with rt.db.read(who.org, actor_id=who.sub) as tx:
        report = await shift_report(tx, who, shift_id)
        organisation, _ = await community_names(tx, report.shift.community_id)
        zone = await access.zone(tx, report.shift.community_id)
        at = tx.now
    number = report.shift.number

    def local(when: datetime | None) -> str:
        return "" if when is None else f"{when.astimezone(zone):%Y-%m-%d %H:%M}"

    if format != "pdf":
        rows = [
            [number, local(e.at), e.name.zh, e.unit, e.reference, e.amount.amount, "是" if e.after_close else ""]
            for e in report.entries
        ]
        return await _table(format, f"班次报表 {number}", _SHIFT_COLUMNS, rows)
    shown = _shown(report.shift.model_dump(mode="json"), local, report.shift)
    content = {
        "organisation": organisation,
        "community": report.community,
        "printed": local(at),
        "shift": shown,
        "sums": [[s.name.zh, s.name.en, str(s.times), s.amount.amount] for s in report.sums],
        "entries": [
            [local(e.at), e.name.zh + ("*" if e.after_close else ""), e.unit or "", e.amount.amount]
            for e in report.entries
        ],
    }
    pdf = await asyncio.to_thread(render, SHIFT, content, at)
    return File(f"班次报表 {number}.pdf", "application/pdf", pdf)


async def day_file(rt: Runtime, who: Principal, community_id: UUID, on: date | None, format: str) -> File:
    """The report of a day as `pdf`, `csv` or `xlsx`, made outside of any transaction. Raises NoSuchCommunity."""
    async with rt.db.read(who.org, actor_id=who.sub) as tx:
        report = await day_report(tx, who, community_id, on)
        organisation, _ = await community_names(tx, community_id)
        zone = await access.zone(tx, community_id)
        at = tx.now

    def local(when: datetime | None) -> str:
        return "" if when is None else f"{when.astimezone(zone):%Y-%m-%d %H:%M}"

    title = f"收银日报 {report.day}"
    shifts = [_shown(s.model_dump(mode="json"), local, s) for s in report.shifts]
    names = ("number", "cashier_id", "opened_at", "float", "expected", "counted", "difference", "closed_at")
    rows = [[s[name] for name in (*names, "settle_due_at", "settled_at")] for s in shifts]
    if format != "pdf":
        return await _table(format, title, _DAY_COLUMNS, rows)
    content = {
        "organisation": organisation,
        "community": report.community,
        "day": report.day.isoformat(),
        "printed": local(at),
        "methods": [
            [m.name.zh, m.name.en, str(m.payments)]
            + [money.amount for money in (m.received, m.undone, m.paid_out, m.net)]
            for m in report.methods
        ],
        "net": report.net.amount,
        "over_short": report.over_short.amount,
        "unsettled": report.unsettled.amount,
        "shifts": shifts,
    }
    pdf = await asyncio.to_thread(render, DAY, content, at)
    return File(f"{title}.pdf", "application/pdf", pdf)


def _shown(told: dict[str, Any], local: Any, shift: Any) -> dict[str, str]:
    """A shift's fields as they are printed: amounts without currency, times local, nothing for what is not there."""
    shown = {}
    for name, value in told.items():
        real = getattr(shift, name)
        if isinstance(value, dict):
            shown[name] = value["amount"]
        elif isinstance(real, datetime):
            shown[name] = local(real)
        else:
            shown[name] = "" if value is None else str(value)
    return shown
