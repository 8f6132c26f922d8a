"""What stands on the printed lists and reports. Content is data; it names dwellings, for billing holds no names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.billing import access
from services.billing.collection.service import rate
from services.billing.domain.collection import Rate
from services.billing.domain.dunning import CALL, STEPS
from services.billing.domain.dunning_contacts import RESULTS
from services.billing.domain.rates import RATED_KINDS
from services.billing.domain.vocabulary import FEE_KINDS
from services.billing.dunning import service as dunning
from services.billing.papers import repository
from services.billing.papers.errors import PaperTooLong
from shared.auth import Principal
from shared.db.tx import Tx
from shared.money import Money
from shared.periods import Period

MOST: Final = 3000
Content = dict[str, Any]


def _yuan(fen: int) -> str:
    return str(Money(fen))


def _local(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _column(zh: str, en: str, *, right: bool = False, wide: bool = False) -> dict[str, Any]:
    return {"zh": zh, "en": en, "right": right, "wide": wide}


async def to_do(
    tx: Tx, who: Principal, kind: str, community_id: UUID, period: str, assignee_id: UUID | None
) -> Content:
    """The call list or the visit list of a month: who is still to be called or visited.

    Raises:
        NoSuchCommunity: outside the caller's scope. PaperTooLong: more rows than a paper holds (409).
    """
    community = await access.community(tx, who, community_id)
    rows = await repository.to_do(tx, community_id, period, kind, assignee_id, MOST + 1)
    if len(rows) > MOST:
        raise PaperTooLong(most=MOST)
    title = ("电话催缴名单", "Call List") if kind == CALL else ("上门催缴名单", "Visit List")
    total = sum(row.amount_fen for row in rows)
    return {
        "zh": title[0],
        "en": title[1],
        "facts": [
            ["小区 Community", await repository.community_name(tx, community_id)],
            ["月份 Month", period],
            ["户数 Households", str(len(rows))],
            ["欠费合计 Owed in all", _yuan(total)],
        ],
        "columns": [
            _column("房号", "Unit"),
            _column("欠费", "Owed", right=True),
            _column("账单", "Bills", right=True),
            _column("最早应缴日", "Oldest due"),
            _column("期限", "Window"),
            _column("上次联系", "Last contact"),
            _column("次数", "Tries", right=True),
            _column("结果及备注", "Result and note", wide=True),
        ],
        "rows": [
            [
                row.unit or "",
                _yuan(row.amount_fen),
                str(row.bills),
                row.oldest_due.isoformat(),
                f"{row.opens_on:%m-%d} – {row.last_on:%m-%d}",
                _local(row.reached_at, community.zone),
                str(row.attempts),
                "" if row.result not in RESULTS else "{zh} {en}".format(**RESULTS[row.result].text),
            ]
            for row in rows
        ],
        "signs": ["经办人 Clerk", "日期 Date"],
    }


async def month_plan(tx: Tx, who: Principal, plan_id: UUID) -> Content:
    """The month's dunning plan: its windows, how many steps each, and who is responsible for how much.

    Raises:
        NoSuchPlan: unknown, or outside the caller's scope.
    """
    plan = await dunning.plan(tx, who, plan_id)
    zone = (await access.known(tx, plan.community_id)).zone
    confirmed = "" if plan.confirmed_at is None else _local(plan.confirmed_at, zone)
    people = await repository.by_assignee(tx, plan_id)
    return {
        "zh": "月度催缴计划",
        "en": "Monthly Dunning Plan",
        "facts": [
            ["小区 Community", await repository.community_name(tx, plan.community_id)],
            ["月份 Month", plan.period],
            ["欠费户数 Debtors", str(plan.debtors)],
            ["欠费合计 Owed in all", _yuan(plan.amount_fen)],
            ["中止户数 Suspended", str(plan.suspended)],
            ["财务确认 Confirmed by finance", confirmed],
            *(
                [
                    f"责任人 Responsible {'—' if row.assignee_id is None else row.assignee_id}",
                    f"{row.households} 户 households, {_yuan(int(row.fen))}",
                ]
                for row in people
            ),
        ],
        "columns": [
            _column("步骤", "Step", wide=True),
            _column("期限", "Window"),
            _column("应办", "Steps", right=True),
            _column("待办", "To do", right=True),
            _column("完成", "Done", right=True),
            _column("漏办", "Missed", right=True),
            _column("中止", "Suspended", right=True),
            _column("取消", "Cancelled", right=True),
        ],
        # row: E-012 what is to be done in the month, by which day, for how many
        "rows": [
            [
                "{zh} {en}".format(**STEPS[row.kind]),
                f"{row.opens_on:%m-%d} – {row.last_on:%m-%d}",
                *(str(n) for n in (row.steps, row.open + row.asked, row.done)),
                *(str(n) for n in (row.missed, row.suspended, row.cancelled)),
            ]
            for row in await repository.by_window(tx, plan_id)
        ],
        "signs": ["客服主管 Supervisor", "财务 Finance"],
    }


@dataclass(frozen=True, slots=True)
class Quarter:
    """The collection of a natural quarter and fee kind, with what was written down at its close."""

    period: str
    fee_kind: str
    rate: Rate
    close: Any | None


async def quarters(
    tx: Tx, who: Principal, community_id: UUID, year: int, cash_basis: str
) -> tuple[list[Quarter], ZoneInfo]:
    """The quarters of a year by fee kind, those with bills due alone. Raises NoSuchCommunity."""
    community = await access.community(tx, who, community_id)
    found = []
    for period in Period(year, 1, 12).split(3):
        kinds = await repository.kinds_due(tx, community_id, period)
        closes = await repository.closes(tx, community_id, str(period))
        for kind in (kind for kind in RATED_KINDS if kind in kinds):
            # row: E-018 receivable, cash received and rate by natural quarter
            measured = await rate(tx, community_id, period, kind, cash_basis)
            found.append(Quarter(str(period), kind, measured, closes.get(kind)))
    return found, community.zone


async def quarter_report(tx: Tx, who: Principal, community_id: UUID, year: int, cash_basis: str) -> Content:
    """The quarterly collection report of a year on paper. Raises NoSuchCommunity."""
    found, zone = await quarters(tx, who, community_id, year, cash_basis)
    basis = "到账日 value date" if cash_basis == "settled" else "缴款日 day paid"
    return {
        "zh": "季度收缴情况表",
        "en": "Quarterly Collection Report",
        "facts": [
            ["小区 Community", await repository.community_name(tx, community_id)],
            ["年度 Year", str(year)],
            ["现金口径 Cash basis", basis],
        ],
        "columns": [
            _column("季度", "Quarter"),
            _column("费用", "Fee"),
            _column("应收", "Receivable", right=True),
            _column("实收", "Received", right=True),
            _column("收缴率%", "Rate %", right=True),
            _column("期后到账", "Later", right=True),
            _column("季末实收/应收", "At close", right=True),
            _column("结账时间", "Closed at"),
        ],
        "rows": [_quarter_row(item, zone) for item in found],
        "signs": ["财务 Finance", "总经理 General manager"],
    }


def _quarter_row(item: Quarter, zone: ZoneInfo) -> Sequence[str]:
    measured, close = item.rate, item.close
    return [
        item.period,
        FEE_KINDS[item.fee_kind]["zh"],
        _yuan(measured.denominator_fen),
        _yuan(measured.numerator_fen),
        measured.percent or "",
        _yuan(measured.later_fen),
        "" if close is None else f"{_yuan(close.numerator_fen)} / {_yuan(close.denominator_fen)}",
        "" if close is None else _local(close.closed_at, zone),
    ]
