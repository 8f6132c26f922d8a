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
        # row: C-063, C-070 property fee and every other service fee are charged here, each under its own word
        "property": {"zh": "物业服务费", "en": "property fee"},
        "parking": {"zh": "停车费", "en": "parking fee"},  # row: C-072 parking has charge records of its own
        "water": {"zh": "水费", "en": "water charge"},  # row: C-071 water is billed to units and households
        "electricity": {"zh": "电费", "en": "electricity charge"},
        "gas": {"zh": "燃气费", "en": "gas charge"},
        "shared": {"zh": "公摊费", "en": "shared cost"},
        "service": {"zh": "有偿服务费", "en": "paid service"},
        "deposit": {"zh": "押金", "en": "deposit"},
        "late_fee": {"zh": "违约金", "en": "late fee"},
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
        "opening": {"zh": "期初预存", "en": "opening prepayment"},
    }
)
METHODS_TAKEN = frozenset(METHODS) - {"opening"}
"""Ways in which money comes in or goes out; what others had taken in before us only comes in with the openings."""

OPEN, PARTLY_PAID, PAID = "open", "partly_paid", "paid"
BILL_STATES: tuple[str, ...] = (OPEN, PARTLY_PAID, PAID)
BILL_STATES_OPEN = frozenset({OPEN, PARTLY_PAID})
"""States in which a bill still wants money."""

RUN_QUEUED, RUN_RUNNING, RUN_DONE = "queued", "running", "done"
RUN_STATES: tuple[str, ...] = (RUN_QUEUED, RUN_RUNNING, RUN_DONE)

RECEIVABLE, PREPAYMENT, INCOME, MONEY = "receivable", "prepayment", "income", "money"
"""The ledgers: what units owe, what they paid in advance, what was charged, what came in."""

DEPOSIT, WAIVED = "deposit", "waived"
"""Two more: deposits held, which are the payer's and not income; what was charged rightly and let go."""

REFUND_DUE = "refund_due"
"""And one for what is approved to go back to a payer and has not gone yet."""

OTHERS_MONEY = frozenset({"deposit"})
"""Fee kinds that are owed back: their bills add to what is held, not to income."""


def bill_state(amount_fen: int, open_fen: int, credited_fen: int = 0) -> str:
    """The state of an issued bill, derived from its amount, what is still open and what was credited (all fen)."""
    if open_fen <= 0:
        return PAID
    return OPEN if open_fen >= amount_fen - credited_fen else PARTLY_PAID
