"""Time limits of cases, fees and owners: tickets, calls, dunning, archives, surveys, activities (B.1, B.3, B.5)."""

from __future__ import annotations

from datetime import timedelta

from services.kpi.domain.deadlines.dates import (
    AtMost,
    Days,
    MonthDays,
    Overdue,
    QuarterClose,
    WorkingDays,
)
from services.kpi.domain.deadlines.limits import Agreed, Arrival, Call, Gate, Given, Rings, Within
from services.kpi.domain.deadlines.rows import NO_TIME, PARAMETER, PERIODIC, PROMPT, STEP, often, row
from services.kpi.domain.numbers import Text

_MINUTES_10 = Within(timedelta(minutes=10), Text("接到投诉起10分钟内", "within 10 minutes of receipt"))
_MINUTES_30 = Within(timedelta(minutes=30), Text("接到紧急投诉起30分钟内", "within 30 minutes of receipt"))
_HOURS_24 = Within(timedelta(hours=24), Text("接到投诉起24小时内", "within 24 hours of receipt"))
_AGREED = Agreed(
    timedelta(hours=24),
    Text("在约定的解决时限内完成", "completed by the agreed deadline"),
    Text("接到投诉起24小时内明确解决时限", "a deadline agreed within 24 hours of receipt"),
)
_SIGNED = Gate(Text("无时限，业主签字前不结案", "no time limit; open until the owner signs"))
_CALLED = Call(timedelta(hours=48), Text("处理完毕起48小时内", "within 48 hours of completion"))
_THREE_DAYS = WorkingDays(3, Text("次一工作日起3个工作日内", "within 3 working days from the next one"))
_RINGS = Rings(3, Text("响铃三声内（按响铃次数计）", "within three rings (counted in rings)"))
_ARRIVED = Arrival(
    Text(
        "紧急30分钟内到场，否则按预约，未预约24小时内",
        "urgent within 30 minutes, else as appointed, else within 24 hours",
    )
)
_APPOINTED = Given("appointment", Text("按预约时间", "at the appointed time"))
_BEFORE_RUN = Given("run_at", Text("在划扣之前", "before the deduction run"), before=True)
_SMS = MonthDays(1, 10, Text("月初（默认1至10日）", "at the beginning of the month (days 1 to 10 by default)"))
_CALLS = MonthDays(11, 20, Text("月中（默认11至20日）", "in mid-month (days 11 to 20 by default)"))
_VISITS = MonthDays(21, 31, Text("月末（默认21日至月底）", "at the month's end (day 21 to the last by default)"))
_LEGAL = Overdue(
    3, Text("自到期次日起满3个月后应移交，当月底前完成", "due once 3 full months are overdue, by that month's end")
)
_QUARTER = QuarterClose(Text("季度末日24时前到账", "credited by the quarter's last day 24:00"))
_NOTICE = Days(-3, Text("活动日前3天（当日24时止）", "3 days before the activity, that day included"))
_SUMMARY = Days(5, Text("活动日后5天（当日24时止）", "5 days after the activity, that day included"))
_FIVE = AtMost(5, "year", Text("自然年内不超过5起", "no more than 5 in the calendar year"))

ROWS = (
    row(1, "T004A", "call.answer.rings", "电话接听", "Answering a call", _RINGS),
    row(2, "T004A", "visit.greet", "来访起身问好", "Greeting a visitor", NO_TIME),
    row(3, "T004A", "affair.handle.now", "权限内事务办理", "An affair within own power", PROMPT),
    row(4, "T004A", "affair.transfer", "事务转交", "Passing on an affair", PROMPT),
    row(5, "T000", "owner.call.notify", "通知有关部门", "Informing the department", PROMPT),
    row(6, "T000", "ticket.followup", "报修投诉跟进", "Following up a case", PROMPT),
    row(7, "T003S", "complaint.response", "投诉响应", "Response to a complaint", _MINUTES_10),
    row(8, "T003S", "complaint.onsite.urgent", "紧急投诉到场核实", "On site for an urgent complaint", _MINUTES_30),
    row(9, "T003S", "complaint.plan", "反馈初步处理方案", "Preliminary plan for a complaint", _HOURS_24),
    row(10, "T003S", "complaint.complex.deadline", "复杂投诉的解决时限", "Deadline of a complex complaint", _AGREED),
    row(11, "T003S", "complaint.signoff", "业主签字结案", "Owner's signature on a complaint", _SIGNED),
    row(12, "T003G", "complaint.major.timeliness", "重大投诉处理", "Handling a major complaint", _MINUTES_10),
    # row: F-083 48 hours by the wall clock, weekends included
    row(13, "T004A", "revisit.48h", "投诉处理后回访", "Follow-up call after a complaint", _CALLED),
    row(14, "T004B", "revisit.sop", "按规程回访", "Follow-up by the procedure", PARAMETER),
    row(15, "T001N", "issue.resolution", "客户问题解决", "A customer's issue solved", _THREE_DAYS),
    row(16, "T001N", "process.step.limit", "流程环节时限", "A step of the process", STEP),
    row(17, "T001N", "complaint.step.limit", "投诉环节时限", "A step of the complaint flow", STEP),
    row(18, "T004B", "repair.record.now", "填写报修记录", "Recording a repair request", PROMPT),
    row(19, "T004B", "repair.dispatch", "报修派工", "Dispatching a repair", PARAMETER),
    row(20, "T004B", "repair.appointment", "预约维修", "A repair by appointment", _APPOINTED),
    row(21, "T004B", "repair.completion", "维修完成", "Completing a repair", PARAMETER),
    row(22, "T004E0", "repair.timeliness", "维修及时", "A repair in time", _ARRIVED),
    row(23, "T001H", "repair.home.visit", "上门服务及时", "A home visit in time", _ARRIVED),
    row(24, "T001I", "hotline.dispatch", "热线分流", "Dispatching a hotline call", PROMPT),
    row(25, "T001I", "account.change.limit", "更名变价撤户", "Rename, tariff change or closing", PARAMETER),
    row(26, "T001K", "inquiry.reply", "咨询投诉回复", "Reply to an inquiry or complaint", PROMPT),
    row(27, "T001M", "channel.reply", "同渠道回复", "Reply on the same channel", PROMPT),
    row(28, "T002A", "complaint.rectification", "有效投诉整改", "Rectifying a valid complaint", PARAMETER),
    row(29, "T002B", "nonconformity.deadline", "不合格问题限期整改", "Rectifying a nonconformity", STEP),
    row(67, "T003S", "dunning.sms", "月初短信催缴", "Dunning text message", _SMS),
    row(68, "T003S", "dunning.call", "月中电话催缴", "Dunning phone call", _CALLS),
    row(69, "T003S", "dunning.visit", "月末上门催缴", "Dunning visit", _VISITS),
    row(70, "T003S", "dunning.plan.monthly", "月度催缴计划", "Monthly dunning plan", often(1, "month")),
    row(71, "T003S", "legal.overdue.3m", "逾期三个月移交法务", "Three months overdue: packet to legal", _LEGAL),
    row(72, "T003S", "collection.quarter.close", "季度收缴截止", "Close of the quarter's collection", _QUARTER),
    row(73, "T004A", "dunning.no_late", "不漏催不迟催", "No dunning missed or late", PARAMETER),
    row(74, "T004A", "slip.post", "金额录入", "Posting a service slip", _BEFORE_RUN),
    row(75, "T004A", "notice.print.deliver", "催缴单打印派发", "Printing and delivering a notice", PARAMETER),
    row(76, "T001I", "settlement.prompt", "及时结账", "Settling promptly", PROMPT),
    row(114, "T003S", "archive.check.monthly", "档案月度核查", "Monthly archive check", often(1, "month")),
    row(115, "T004B", "archive.inspection.plan", "档案检查计划", "Archive inspection plan", often(1, "year")),
    row(116, "T004B", "archive.inspection.twice", "档案检查", "Archive inspections", often(2, "year")),
    row(117, "T004B", "archive.change.now", "档案更改整理", "Sorting changed archives", PROMPT),
    row(118, "T003S", "survey.quarterly", "季度满意度调查", "Quarterly satisfaction survey", often(1, "quarter")),
    row(119, "T000", "survey.periodic", "满意度调查", "Satisfaction survey", PERIODIC),
    row(120, "T001K", "survey.revisit.periodic", "回访和满意度调查", "Revisit and survey", PERIODIC),
    row(121, "T003S", "activity.quarterly", "社区文化活动", "Community activities", often(2, "quarter")),
    row(122, "T003S", "activity.notice.3d", "活动通知", "Notice of an activity", _NOTICE),
    row(123, "T003S", "activity.summary.5d", "活动总结报告", "Summary of an activity", _SUMMARY),
    row(124, "T004E0", "survey.twice_2005", "业主满意率调查", "Owner satisfaction surveys", often(2, "year")),
    row(125, "T004C", "complaint.calendar_year", "自然年有效投诉", "Valid complaints of the calendar year", _FIVE),
)
