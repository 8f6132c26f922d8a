"""What a caller asked of a payment: checked field by field, and told apart from another by its digest."""

from __future__ import annotations

import hashlib
import json
from datetime import date

from services.billing.domain.vocabulary import METHODS_TAKEN
from services.billing.errors import PaymentInvalid
from services.billing.payments.schemas import PaymentIn
from shared.errors import FieldError

REFUSALS = {
    "unknown_bill": ("bill_id", "该小区没有这张账单。", "There is no such bill in this community."),
    "twice": ("bill_id", "同一账单只能出现一次。", "A bill can be named only once."),
    "not_positive": ("amount", "金额应大于零。", "The amount must be above zero."),
    "above_open": (
        "amount",
        "超过账单未缴金额（{open}元）。",
        "More than is open on the bill ({open} yuan).",
    ),
}


def yuan(fen: int) -> str:
    """Fen as people read them in a sentence: ``12.50``."""
    return f"{fen // 100}.{fen % 100:02d}"


def invalid(path: str, zh: str, en: str) -> PaymentInvalid:
    """A refusal of one field."""
    return PaymentInvalid(fields=[FieldError(path, zh, en)])


def check(body: PaymentIn, today: date) -> tuple[int, date]:
    """Amount in fen and the day paid; everything wrong with single fields is reported at once.

    Raises:
        PaymentInvalid: unknown method, amount not above zero, another currency, dates in the future.
    """
    wrong: list[FieldError] = []
    if body.method not in METHODS_TAKEN:
        wrong.append(FieldError("method", f"没有缴费方式 {body.method}。", f"There is no method {body.method}."))
    amount = body.amount.money()
    if amount.fen <= 0:
        wrong.append(FieldError("amount.amount", "金额应大于零。", "The amount must be above zero."))
    told = [("amount", body.amount)]
    told += [(f"allocations.{n}.amount", item.amount) for n, item in enumerate(body.allocations or ())]
    for path, money in told:
        if money.currency != "CNY":
            wrong.append(FieldError(f"{path}.currency", "只接受人民币 CNY。", "Only CNY is accepted."))
    if body.value_date > today:
        wrong.append(FieldError("value_date", "到账日期不能晚于今天。", "The value date cannot be in the future."))
    paid_on = body.paid_on or body.value_date
    if paid_on > body.value_date:
        wrong.append(FieldError("paid_on", "缴费日期不能晚于到账日期。", "Paid no later than the value date."))
    if body.unit_id is None and body.payer_id is None and not body.allocations:
        wrong.append(FieldError("unit_id", "请指明房屋、缴费人或账单。", "Name the unit, the payer or the bills."))
    if wrong:
        raise PaymentInvalid(fields=wrong)
    return amount.fen, paid_on


def digest(body: PaymentIn) -> str:
    """What was asked, to tell a repeat of the same payment from another one with its reference."""
    asked = body.model_dump(mode="json", exclude={"reference"})
    asked["paid_on"] = asked["paid_on"] or asked["value_date"]
    asked["amount"] = body.amount.money().fen
    for item, given in zip(asked["allocations"] or (), body.allocations or (), strict=True):
        item["amount"] = given.amount.money().fen
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
