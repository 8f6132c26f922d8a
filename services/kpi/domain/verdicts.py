"""What the states of cases are called where people read them: counted ones, and the reasons why one did not count."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.kpi.domain.facts import NEVER_CHECKED, NOT_ASKED, OBJECTED, WITHDRAWN, WITHIN_LIMIT
from services.kpi.domain.numbers import Text

#: Kinds of states that may be asked for besides single ones.
COUNTED, EXCLUDED = "counted", "excluded"

_WORDS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        WITHIN_LIMIT: Text("期末尚在时限内", "still within its limit at the end of the period"),
        WITHDRAWN: Text("已撤回", "withdrawn"),
        OBJECTED: Text("申诉成立，不计入", "taken out by an upheld objection"),
        NOT_ASKED: Text("应询问而未询问", "not asked"),
        NEVER_CHECKED: Text("从未检查", "never checked"),
        "not_on_register": Text("期末不在册", "not on the register at the end of the period"),
        "met": Text("按时", "in time"),
        "late": Text("超时", "late"),
        "cancelled": Text("已取消", "cancelled"),
        "satisfied": Text("满意", "satisfied"),
        "unsatisfied": Text("不满意", "not satisfied"),
        "not_rated": Text("未评价", "not rated"),
        "due": Text("应收", "due"),
        "collected": Text("已收", "collected"),
        "credited_after_quarter": Text("本季度之后到账", "credited after the quarter"),
        "for_bill_of_other_quarter": Text("属于其他季度的账单", "for a bill of another quarter"),
        "prepayment": Text("预存款", "paid in advance"),
        "signed": Text("已签字", "signed"),
        "unsigned": Text("未签字", "not signed"),
        "not_in_scope": Text("不在调查范围", "not within the survey's scope"),
        "answered": Text("已作答", "answered"),
        "unanswered": Text("未作答", "not answered"),
        "outdated": Text("未更新", "out of date"),
        "up_to_date": Text("已更新", "up to date"),
        "complete": Text("完整", "complete"),
        "incomplete": Text("不完整", "not complete"),
        COUNTED: Text("计入", "counted"),
        EXCLUDED: Text("不计入", "not counted"),
    }
)


def words(verdict: str) -> Text:
    """The state in both languages; one that a plug-in made up and nobody named yet goes by its code."""
    return _WORDS.get(verdict) or Text(verdict, verdict.replace("_", " "))
