"""What the states of cases are called where people read them: counted ones, and the reasons why one did not count."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.kpi.domain.facts import NEVER_CHECKED, NOT_ASKED, OBJECTED, OPEN_BEFORE, WITHDRAWN, WITHIN_LIMIT
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
        OPEN_BEFORE: Text("期初未整改", "open from before"),
        "found": Text("本期发现", "found"),
        "rectified": Text("已整改", "rectified"),
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
        "credited_after_year": Text("本年度之后到账", "credited after the year"),
        "for_bill_of_other_year": Text("属于其他年度的账单", "for a bill of another year"),
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
        "ringing": Text("响铃中", "still ringing"),
        "picked_up": Text("已接听", "picked up"),
        "missed": Text("未完成或未接", "missed"),
        "abandoned": Text("对方挂断", "given up by the caller"),
        "in_time": Text("三声内接听", "within three rings"),
        "rings_unknown": Text("响铃次数不明", "rings not known"),
        "responded": Text("已响应", "seen to"),
        "not_handled": Text("未办理", "nothing came of it"),
        "greeted": Text("已问好", "greeted"),
        "not_greeted": Text("未问好", "not greeted"),
        "at_once": Text("当场办理", "done at once"),
        "transferred": Text("已转交", "passed on"),
        "ticketed": Text("已立单", "taken in as a case"),
        "received": Text("已受理", "taken in"),
        "handled": Text("已处理", "handled"),
        "solved": Text("已解决", "solved"),
        "done": Text("已完成", "done"),
        "passed": Text("一次通过", "passed at the first check"),
        "sent_back": Text("首次检查退回", "sent back at the first check"),
        "unconfirmed": Text("已上报，上级未确认", "reported done, not confirmed by the superior"),
        "held": Text("已召开，纪要已存档", "held, minutes on file"),
        "effective": Text("当月提出当月见效", "made and effective in one month"),
        "other_month": Text("非当月见效", "effective in another month"),
        "spent": Text("已列支", "spent"),
        "not_reported": Text("支出未上报", "spending not reported yet"),
        "missing": Text("未提交", "not handed in"),
        "dispatched": Text("已派单", "dispatched"),
        "suspended": Text("已暂缓", "suspended"),
        "delivered": Text("按时送达", "delivered in time"),
        "not_delivered": Text("未送达", "not delivered"),
        "written": Text("已开单", "written"),
        "voided": Text("已作废", "voided"),
        "posted": Text("按时录入", "posted in time"),
        "posted_late": Text("录入过迟", "posted too late"),
        "called": Text("已回访", "called"),
        "not_called": Text("未回访", "not called"),
        "not_by_phone": Text("非电话回访", "followed up, but not by phone"),
        "unreachable": Text("多次联系未果", "could not be reached"),
        "not_valid": Text("裁定无效", "ruled not valid"),
        "accepted": Text("验收合格", "accepted"),
        "refused": Text("验收不合格", "not accepted"),
        "returned": Text("已收回", "returned"),
        "not_returned": Text("未收回", "not returned"),
        "major": Text("重大", "major"),
        "not_major": Text("不属重大", "not major"),
        "major_fire": Text("重大火灾", "a major fire"),
        "event": Text("安全事件", "a safety event"),
        "general": Text("一般事故", "a general accident"),
        "other": Text("不属此类", "of another class"),
        "patrolled": Text("已全面巡视", "patrolled"),
        "not_checked": Text("当日未检查", "not checked on the day"),
        "gap": Text("有空岗", "unstaffed"),
        "covered": Text("在岗", "staffed"),
        "open": Text("未截止", "not closed yet"),
        "closed": Text("已截止", "closed"),
        "asked": Text("已发放", "issued"),
        COUNTED: Text("计入", "counted"),
        EXCLUDED: Text("不计入", "not counted"),
    }
)


def words(verdict: str) -> Text:
    """The state in both languages; one that a plug-in made up and nobody named yet goes by its code."""
    return _WORDS.get(verdict) or Text(verdict, verdict.replace("_", " "))
