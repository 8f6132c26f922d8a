"""The rows: which promise runs how. Adding one is a line here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.kpi.domain.deadlines.limits import (
    Agreed,
    Call,
    Days,
    Gate,
    Limit,
    MonthDays,
    Overdue,
    QuarterClose,
    Times,
    Within,
    WorkingDays,
)
from services.kpi.domain.numbers import Text


@dataclass(frozen=True, slots=True)
class Row:
    """One time limit of the catalogue."""

    row: str
    template: str
    clock: str
    title: Text
    limit: Limit


def _t(zh: str, en: str) -> Text:
    return Text(zh, en)


ROWS: Sequence[Row] = (
    Row(
        "B-007",
        "T003S",
        "complaint.response",
        _t("投诉响应", "Response to a complaint"),
        Within(timedelta(minutes=10), _t("接到投诉起10分钟内", "within 10 minutes of receipt")),
    ),
    Row(
        "B-008",
        "T003S",
        "complaint.onsite.urgent",
        _t("紧急投诉到场核实", "On site for an urgent complaint"),
        Within(timedelta(minutes=30), _t("接到紧急投诉起30分钟内", "within 30 minutes of receipt")),
    ),
    Row(
        "B-009",
        "T003S",
        "complaint.plan",
        _t("反馈初步处理方案", "Preliminary plan for a complaint"),
        Within(timedelta(hours=24), _t("接到投诉起24小时内", "within 24 hours of receipt")),
    ),
    Row(
        "B-010",
        "T003S",
        "complaint.complex.deadline",
        _t("复杂投诉的解决时限", "Agreed deadline of a complex complaint"),
        Agreed(
            timedelta(hours=24),
            _t("在约定的解决时限内完成", "completed by the agreed deadline"),
            _t("接到投诉起24小时内明确解决时限", "a deadline agreed within 24 hours of receipt"),
        ),
    ),
    Row(
        "B-011",
        "T003S",
        "complaint.signoff",
        _t("业主签字结案", "Owner's signature on a complaint"),
        Gate(_t("无时限，业主签字前不结案", "no time limit; open until the owner signs")),
    ),
    Row(
        "B-013",
        "T004A",
        "revisit.48h",
        _t("投诉处理后回访", "Follow-up call after a complaint"),
        Call(timedelta(hours=48), _t("处理完毕起48小时内", "within 48 hours of completion")),
    ),
    Row(
        "B-015",
        "T001N",
        "issue.resolution",
        _t("客户问题解决", "A customer's issue solved"),
        WorkingDays(3, _t("次一工作日起3个工作日内", "within 3 working days from the next one")),
    ),
    Row(
        "B-031",
        "T003S",
        "roster.check",
        _t("排班在岗检查", "Roster and presence check"),
        Times(1, "day", _t("每日1次", "once a day")),
    ),
    Row(
        "B-067",
        "T003S",
        "dunning.sms",
        _t("月初短信催缴", "Dunning text message"),
        MonthDays(1, 10, _t("月初（默认1至10日）", "at the beginning of the month (days 1 to 10 by default)")),
    ),
    Row(
        "B-068",
        "T003S",
        "dunning.call",
        _t("月中电话催缴", "Dunning phone call"),
        MonthDays(11, 20, _t("月中（默认11至20日）", "in mid-month (days 11 to 20 by default)")),
    ),
    Row(
        "B-069",
        "T003S",
        "dunning.visit",
        _t("月末上门催缴", "Dunning visit"),
        MonthDays(21, 31, _t("月末（默认21日至月底）", "at the month's end (day 21 to the last by default)")),
    ),
    Row(
        "B-070",
        "T003S",
        "dunning.plan.monthly",
        _t("月度催缴计划", "Monthly dunning plan"),
        Times(1, "month", _t("每月1次", "once a month")),
    ),
    Row(
        "B-071",
        "T003S",
        "legal.overdue.3m",
        _t("逾期三个月移交法务", "Three months overdue: packet to legal"),
        Overdue(
            3,
            _t("自到期次日起满3个月后应移交，当月底前完成", "due once 3 full months are overdue, by that month's end"),
        ),
    ),
    Row(
        "B-072",
        "T003S",
        "collection.quarter.close",
        _t("季度收缴截止", "Close of the quarter's collection"),
        QuarterClose(_t("季度末日24时前到账", "credited by the quarter's last day 24:00")),
    ),
    Row(
        "B-089",
        "T003S",
        "plan.month.cs",
        _t("客服部月度工作计划", "Monthly plan of customer service"),
        Times(1, "month", _t("每月1次", "once a month")),
    ),
    Row(
        "B-114",
        "T003S",
        "archive.check.monthly",
        _t("档案月度核查", "Monthly archive check"),
        Times(1, "month", _t("每月1次", "once a month")),
    ),
    Row(
        "B-118",
        "T003S",
        "survey.quarterly",
        _t("季度满意度调查", "Quarterly satisfaction survey"),
        Times(1, "quarter", _t("每季度1次", "once a quarter")),
    ),
    Row(
        "B-121",
        "T003S",
        "activity.quarterly",
        _t("社区文化活动", "Community activities"),
        Times(2, "quarter", _t("每季度至少2场", "at least twice a quarter")),
    ),
    Row(
        "B-122",
        "T003S",
        "activity.notice.3d",
        _t("活动通知", "Notice of an activity"),
        Days(-3, _t("活动日前3天（当日24时止）", "3 days before the activity, that day included")),
    ),
    Row(
        "B-123",
        "T003S",
        "activity.summary.5d",
        _t("活动总结报告", "Summary of an activity"),
        Days(5, _t("活动日后5天（当日24时止）", "5 days after the activity, that day included")),
    ),
)
