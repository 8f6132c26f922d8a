"""Time limits of plans, reports, appraisals and letters (B.4)."""

from __future__ import annotations

from datetime import date

from services.kpi.domain.deadlines.dates import AfterQuarter, DayOfMonth, Fixed, Months, WeekBefore, Weekday
from services.kpi.domain.deadlines.limits import Given
from services.kpi.domain.deadlines.rows import PERIODIC, often, row
from services.kpi.domain.numbers import Text


def _day(number: int) -> DayOfMonth:
    return DayOfMonth(number, Text(f"当月{number}日24时前（无此日则为月末）", f"by day {number} of the month, 24:00"))


_QUARTER_3 = AfterQuarter(3, Text("季末次月3日前", "by the 3rd of the month after the quarter"))
_MONDAY = Weekday(0, Text("每周一", "on the week's Monday"))
_PROBATION = WeekBefore(Text("试用期满前一周内", "within the week before the probation ends"))
_TERM = Given("deadline", Text("责任书约定的期限", "the term the letter names"))
_TERM_2018 = Fixed(date(2018, 1, 1), date(2018, 12, 31), Text("2018年全年", "the year 2018"))
_ONE_YEAR = Months(12, Text("自签订之日起一年", "one year from signing"), inclusive=True)

ROWS = (
    # row: B-077, AMB-056 on the 1st, a holiday or not
    row(77, "T000", "attendance.report", "上报上月考勤", "Last month's attendance", _day(1)),
    # row: B-078
    row(78, "T001P", "plan.next_month.27", "次月工作计划", "Next month's plan", _day(27)),
    # row: B-079
    row(79, "T001P", "goal.evaluation.2", "目标评估", "Goal evaluation", _day(2)),
    # row: B-080
    row(80, "T001P", "quarter.appraisal.3", "季度绩效考评", "Quarterly appraisal", _QUARTER_3),
    # row: B-081
    row(81, "T002J", "plan.next_month.30", "下月工作计划", "Next month's plan", _day(30)),
    # row: B-082
    row(82, "T002J", "report.last_month.5", "上月工作报告", "Last month's report", _day(5)),
    # row: B-083
    row(83, "T002J", "report.weekly", "每周工作报告", "Weekly report", _MONDAY),
    # row: B-084
    row(84, "T002J", "report.management", "项目管理报告", "Project management report", PERIODIC),
    # row: B-085
    row(85, "T002J", "budget.annual", "下年度预算", "Next year's budget", often(1, "year")),
    # row: B-086
    row(86, "T002J", "training.outline.annual", "年度培训大纲", "Annual training outline", often(1, "year")),
    # row: B-087
    row(87, "T002J", "probation.appraisal", "试用期评定", "Appraisal of a probation", _PROBATION),
    # row: B-088
    row(88, "T002J", "meeting.department", "部门会议", "Department meeting", PERIODIC),
    # row: B-089
    row(89, "T003S", "plan.month.cs", "客服部月度工作计划", "Monthly plan of customer service", often(1, "month")),
    # row: B-090
    row(90, "T003G", "meeting.business.quarterly", "经营分析会", "Business analysis meeting", often(1, "quarter")),
    # row: B-091
    row(91, "T003G", "gm.site.inspection", "现场巡查", "On-site inspections", often(2, "month")),
    # row: B-092
    row(92, "T003G", "owner.forum.halfyear", "业主代表座谈会", "Owners' forum", often(1, "half")),
    # row: B-093
    row(93, "T003G", "training.management.quarterly", "管理技能培训", "Management training", often(1, "quarter")),
    # row: B-094
    row(94, "T003G", "report.hearing", "听取工作汇报", "Hearing reports", PERIODIC),
    # row: B-095
    row(95, "T003G", "finance.annual.review", "审核年度财务报表", "Annual financial review", often(1, "year")),
    # row: B-096
    row(96, "T001I", "production.meeting.monthly", "生产调度会", "Production meeting", often(1, "month")),
    # row: B-097
    row(97, "T001N", "evaluation.quarterly", "季度目标评估", "Quarterly evaluation", often(1, "quarter")),
    # row: B-098
    row(98, "T001N", "training.quarterly", "季度培训", "Quarterly training", often(1, "quarter")),
    # row: B-099
    row(99, "T001N", "survey.periodic", "客户满意度调查", "Customer survey", PERIODIC),
    # row: B-100
    row(100, "T001N", "feedback.survey.periodic", "客户反馈调查", "Feedback survey", PERIODIC),
    # row: B-101
    row(101, "T001N", "staff.followup.periodic", "跟进客服人员工作", "Follow-up of staff", PERIODIC),
    # row: B-102
    row(102, "T001J", "report.periodic", "工作汇报", "Report to the department head", PERIODIC),
    # row: B-103
    row(103, "T001K", "training.periodic", "培训学习", "Training", PERIODIC),
    # row: B-104
    row(104, "T001K", "review.periodic", "经验总结", "Review of experience", PERIODIC),
    # row: B-105
    row(105, "T002J", "staff.appraisal.periodic", "员工监控考核", "Appraisal of staff", PERIODIC),
    # row: B-106
    row(106, "T001L", "appraisal.annual", "年度考核", "Annual appraisal", often(1, "year")),
    # row: B-107
    row(107, "T001H", "performance.monthly", "月度绩效", "Monthly performance", often(1, "month")),
    # row: B-108
    row(108, "T001M", "letter.term", "责任书期限", "Term of the letter", _TERM),
    # row: B-109
    row(109, "T001F", "letter.term.2018", "责任书期限", "Term of the letter", _TERM_2018),
    # row: B-110
    row(110, "T001R", "letter.annual", "责任书一年一签", "A letter a year", _ONE_YEAR),
    # row: B-111
    row(111, "T001R", "letter.term.2018", "责任书期限", "Term of the letter", _TERM_2018),
    # row: B-112
    row(112, "T000", "bonus.yearend", "年终奖金分配", "Year-end bonus", often(1, "year")),
    row(113, "T002A", "suggestion.month", "当月管理建议", "Suggestion of the month", often(1, "month")),
)
