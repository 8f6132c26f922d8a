"""The words of billing: each code has one definition, in Chinese and English.

Codes are strings in the database, so that a new one needs no migration. Groups such as
"a bill that still wants money" are defined here once and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Text = Mapping[str, str]

FEE_KINDS: Mapping[str, Text] = MappingProxyType(
    {
        "property": {"zh": "物业服务费", "en": "property fee"},
        "parking": {"zh": "停车费", "en": "parking fee"},
        "other": {"zh": "其他费用", "en": "other fee"},
    }
)

METHODS: Mapping[str, Text] = MappingProxyType(
    {
        "cash": {"zh": "现金", "en": "cash"},
        "bank_transfer": {"zh": "银行转账", "en": "bank transfer"},
        "direct_debit": {"zh": "银行托收", "en": "direct debit"},
        "pos": {"zh": "刷卡", "en": "card terminal"},
        "wechat": {"zh": "微信支付", "en": "WeChat Pay"},
        "alipay": {"zh": "支付宝", "en": "Alipay"},
        "other": {"zh": "其他方式", "en": "other"},
    }
)

OPEN, PARTLY_PAID, PAID = "open", "partly_paid", "paid"
BILL_STATES: tuple[str, ...] = (OPEN, PARTLY_PAID, PAID)
BILL_STATES_OPEN = frozenset({OPEN, PARTLY_PAID})
"""States in which a bill still wants money."""

RUN_QUEUED, RUN_RUNNING, RUN_DONE = "queued", "running", "done"
RUN_STATES: tuple[str, ...] = (RUN_QUEUED, RUN_RUNNING, RUN_DONE)

RECEIVABLE, PREPAYMENT, INCOME, MONEY = "receivable", "prepayment", "income", "money"
"""The ledgers: what units owe, what they paid in advance, what was charged, what came in."""


def bill_state(amount_fen: int, open_fen: int) -> str:
    """The state of an issued bill, derived from its amount and what is still open (both fen)."""
    if open_fen <= 0:
        return PAID
    return OPEN if open_fen >= amount_fen else PARTLY_PAID
