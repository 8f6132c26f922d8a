"""Opening balances: what a row must say before it becomes a bill of its own age, or money paid in advance.

A debt keeps its period, its due date and the last day on which its limitation period began anew, so that ageing, the
three months before a packet and the limitation period are right on the first day. Late fees up to the cutover come in
as rows of their own; ours count from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final
from uuid import UUID

CHECKED, REFUSED, RUNNING, DONE, UNDOING, UNDONE = "checked", "refused", "running", "done", "undoing", "undone"

PREPAID: Final = "prepayment"
"""The word that stands in place of a fee where a row is money that was paid in advance; its due date is the day it was
paid, which is the value date it keeps."""

MOST_FEN: Final = 10**11
OLDEST: Final = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Opening:
    """A debt of a unit, or what it had paid in advance, as it stood at the cutover (fen)."""

    unit_id: UUID
    fee_kind: str
    period: str
    due_date: date
    amount_fen: int
    interrupted_on: date | None


class Wrong(ValueError):
    """A cell that cannot be; the column's key and the sentence in Chinese and English."""

    def __init__(self, column: str | None, zh: str, en: str) -> None:
        super().__init__(en)
        self.column, self.zh, self.en = column, zh, en


def read(
    values: dict[str, str], unit_of: Callable[[str], UUID | None], cutover: date
) -> tuple[Opening | None, list[Wrong]]:
    """A row's cells as a debt, or everything that is wrong with them."""
    wrong: list[Wrong] = []
    unit = unit_of(values["unit"])
    if unit is None:
        wrong.append(Wrong("unit", "小区内没有此房号", "there is no such unit in the community"))
    period = values["period"].replace("/", "-").replace(".", "-")
    year, _, month = period.partition("-")
    if not (year.isdigit() and len(year) == 4 and month.isdigit() and 1 <= int(month) <= 12 and len(month) <= 2):
        wrong.append(Wrong("period", "应为月份，例如 2024-05", "should be a month such as 2024-05"))
    due = date.fromisoformat(values["due_date"])
    if not OLDEST <= due < cutover:
        zh, en = f"到期日应早于切换日 {cutover}", f"should be due before the cutover, {cutover}"
        wrong.append(Wrong("due_date", zh, en))
    interrupted = date.fromisoformat(values["interrupted_on"]) if values.get("interrupted_on") else None
    if interrupted is not None and not due < interrupted <= cutover:
        zh, en = "应晚于到期日、不晚于切换日", "should lie after the due date and not after the cutover"
        wrong.append(Wrong("interrupted_on", zh, en))
    if interrupted is not None and values["fee_kind"] == PREPAID:
        wrong.append(Wrong("interrupted_on", "预存款无诉讼时效", "money paid in advance has no limitation period"))
    fen = _fen(values["amount"])
    if fen is None:
        wrong.append(Wrong("amount", "应为大于零、最多两位小数的金额（元）", "should be yuan above zero, two decimals"))
    if wrong or unit is None or fen is None:
        return None, wrong
    return Opening(unit, values["fee_kind"], f"{year}-{int(month):02d}", due, fen, interrupted), []


def _fen(text: str) -> int | None:
    try:
        fen = Decimal(text) * 100
    except InvalidOperation:
        return None
    if not fen.is_finite() or fen != fen.to_integral_value() or not 0 < fen < MOST_FEN:
        return None
    return int(fen)
