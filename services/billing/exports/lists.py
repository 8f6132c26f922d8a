"""Lists as tables: page by page out of short transactions, so that an export of any length holds nothing for long."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Table, and_, select

from services.billing.access import within_reach
from services.billing.domain.dunning import STEPS
from services.billing.domain.vocabulary import FEE_KINDS, METHODS, bill_state
from services.billing.models import bill_balances, bills, dunning_cases, dunning_steps, payments, ref_units
from shared.auth import Principal
from shared.money import Money
from shared.periods import Period
from shared.runtime import Runtime

PAGE: Final = 1000


@dataclass(frozen=True)
class Export:
    """A list: its table (whose id orders it), what is read, how a month narrows it, and its columns as people know
    them: key, heading, value."""

    code: str
    zh: str
    power: str
    table: Table
    query: Select[Any]
    columns: Sequence[tuple[str, str, Callable[[Row[Any]], Any]]]
    of_month: Callable[[Period], Sequence[ColumnElement[bool]]]


def _get(name: str) -> Callable[[Row[Any]], Any]:
    return lambda row: getattr(row, name)


def _yuan(name: str) -> Callable[[Row[Any]], Any]:
    return lambda row: str(Money(getattr(row, name)))


def _unit_of(table: Table) -> ColumnElement[bool]:
    return and_(ref_units.c.org_id == table.c.org_id, ref_units.c.id == table.c.unit_id)


def _fee(row: Row[Any]) -> str:
    return FEE_KINDS.get(row.fee_kind, FEE_KINDS["other"])["zh"]


_UNIT = ("unit", "房号 Unit", _get("unit"))
_NUMBER = ref_units.c.number.label("unit")

_BILLS = Export(
    "bills",
    "账单",
    "bill.read",
    bills,
    select(bills, bill_balances.c.open_fen, bill_balances.c.credited_fen, _NUMBER).select_from(
        bills.join(
            bill_balances, and_(bill_balances.c.org_id == bills.c.org_id, bill_balances.c.id == bills.c.id)
        ).outerjoin(ref_units, _unit_of(bills))
    ),
    (
        ("number", "账单号 Number", _get("number")),
        _UNIT,
        ("fee", "费用 Fee", _fee),
        ("period", "账期 Period", _get("period")),
        ("due_date", "应缴日 Due", _get("due_date")),
        ("amount", "金额 Amount", _yuan("amount_fen")),
        ("credited", "减免 Credited", _yuan("credited_fen")),
        ("open", "未缴 Open", _yuan("open_fen")),
        ("state", "状态 State", lambda row: bill_state(row.amount_fen, row.open_fen, row.credited_fen)),
        ("issued_at", "出账时间 Issued at", _get("issued_at")),
        ("id", "标识 Id", _get("id")),
    ),
    lambda month: [bills.c.period == str(month)],
)
_PAYMENTS = Export(
    "payments",
    "收款",
    "payment.read",
    payments,
    select(payments, _NUMBER).select_from(payments.outerjoin(ref_units, _unit_of(payments))),
    (
        ("value_date", "到账日 Value date", _get("value_date")),
        ("paid_on", "缴款日 Paid on", _get("paid_on")),
        _UNIT,
        ("method", "方式 Method", lambda row: METHODS.get(row.method, METHODS["other"])["zh"]),
        ("reference", "流水号 Reference", _get("reference")),
        ("amount", "金额 Amount", _yuan("amount_fen")),
        ("prepaid", "其中预缴 Prepaid of it", _yuan("prepaid_fen")),
        ("received_at", "入账时间 Received at", _get("created_at")),
        ("id", "标识 Id", _get("id")),
    ),
    lambda month: [payments.c.value_date >= month.start, payments.c.value_date < month.end],
)
_ARREARS = Export(
    "arrears",
    "欠费",
    "dunning.read",
    dunning_cases,
    select(dunning_cases, _NUMBER)
    .select_from(dunning_cases.outerjoin(ref_units, _unit_of(dunning_cases)))
    .where(dunning_cases.c.state == "open"),
    (
        _UNIT,
        ("amount", "欠费 Owed", _yuan("amount_fen")),
        ("bills", "账单数 Bills", _get("bills")),
        ("oldest_due", "最早应缴日 Oldest due", _get("oldest_due")),
        ("opened_at", "立案时间 Since", _get("opened_at")),
        ("reached_at", "上次联系 Last contact", _get("reached_at")),
        ("demand_term_on", "书面催告期满 Demand ends", _get("demand_term_on")),
        ("assignee_id", "责任人 Responsible", _get("assignee_id")),
        ("id", "标识 Id", _get("id")),
    ),
    lambda month: [dunning_cases.c.oldest_due >= month.start, dunning_cases.c.oldest_due < month.end],
)
_STEPS = Export(
    "dunning-steps",
    "催缴步骤",
    "dunning.read",
    dunning_steps,
    select(dunning_steps, _NUMBER).select_from(dunning_steps.outerjoin(ref_units, _unit_of(dunning_steps))),
    (
        ("period", "月份 Month", _get("period")),
        _UNIT,
        ("kind", "步骤 Step", lambda row: STEPS[row.kind]["zh"]),
        ("opens_on", "自 From", _get("opens_on")),
        ("last_on", "至 To", _get("last_on")),
        ("amount", "计划时欠费 Owed when planned", _yuan("amount_fen")),
        ("state", "状态 State", _get("state")),
        ("cause", "原因 Cause", _get("cause")),
        ("result", "结果 Result", _get("result")),
        ("attempts", "次数 Tries", _get("attempts")),
        ("done_at", "完成时间 Done at", _get("done_at")),
        ("done_by", "经办人 Done by", _get("done_by")),
        ("on_time", "按时 In time", _get("on_time")),
        ("missed_at", "漏办时间 Missed at", _get("missed_at")),
        ("id", "标识 Id", _get("id")),
    ),
    lambda month: [dunning_steps.c.period == str(month)],
)

EXPORTS: Final[Mapping[str, Export]] = MappingProxyType({e.code: e for e in (_BILLS, _PAYMENTS, _ARREARS, _STEPS)})


async def rows(
    rt: Runtime, who: Principal, export: Export, community_id: UUID | None, month: Period | None
) -> AsyncIterator[list[Any]]:
    """Every row within the caller's reach in the order of making, each page out of its own transaction."""
    after: UUID | None = None
    c = export.table.c
    while True:
        async with rt.db.read(who.org) as tx:
            wanted = export.query.where(c.org_id == tx.org_id, *within_reach(tx, who, c.unit_id, c.community_id))
            if community_id is not None:
                wanted = wanted.where(c.community_id == community_id)
            if month is not None:
                wanted = wanted.where(*export.of_month(month))
            if after is not None:
                wanted = wanted.where(c.id > after)
            found = await tx.rows(wanted.order_by(c.id).limit(PAGE))
        for row in found:
            yield [value(row) for _, _, value in export.columns]
        if len(found) < PAGE:
            return
        after = found[-1].id
