"""Reports and plans that letters want on certain days: their forms, the periods they are about, when each is due.

A printed day counts to its last second and no weekend moves it (RR9); a day the month has not is its last. Where the
document leaves the time open, the duty itself carries the rule, working days among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final, Protocol

from services.kpi.domain.deadlines.dates import bounds
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import add_months, month_end

UNITS: Final = ("week", "month", "quarter", "half", "year")
_MONTHS: Final = {"month": 1, "quarter": 3, "half": 6, "year": 12}


class Calendar(Protocol):
    """What is asked of a working calendar."""

    def is_working_day(self, day: date) -> bool: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """When the report on each period is due.

    `unit` is the length of the periods; `lag` says where the day lies: in the period itself (0), in the one after
    (1), in the one before (-1, a plan). There it is `day` of the `month`-th month (both from 1; a month of -1 is the
    last), or the `working_day`-th (negative: from the end), or of a week the `weekday` (0 is Monday).
    """

    unit: str
    lag: int = 0
    day: int | None = None
    month: int = 1
    working_day: int | None = None
    weekday: int | None = None

    def as_json(self) -> dict[str, Any]:
        """As a duty keeps it."""
        return {name: getattr(self, name) for name in ("unit", "lag", "day", "month", "working_day", "weekday")}


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of report: its name, its printed rule (None: agreed with the duty), the figures it must carry, and of
    a plan the kind of task that its items become once it is accepted."""

    title: Text
    rule: Rule | None
    figures: tuple[str, ...] = ()
    items: str | None = None


def _month(day: int, lag: int) -> Rule:
    return Rule("month", lag, day)


_YEAR_END: Final = Rule("year", 0, 31, -1)
_BEFORE_YEAR_END: Final = Rule("year", -1, 31, -1)

FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        # row: B-077, AMB-056 on the 1st, a holiday or not
        "attendance": Form(Text("上月员工考勤报表", "Attendance of last month"), _month(1, 1)),
        # row: B-078, E-036 next month's plan by the 27th or the 30th, as the letter says
        "plan_27": Form(
            Text("次月工作计划（27日前）", "Plan of next month, by the 27th"), _month(27, -1), items="plan"
        ),
        # row: B-081, E-036
        "plan_30": Form(
            Text("下月工作计划（30日前）", "Plan of next month, by the 30th"), _month(30, -1), items="plan"
        ),
        # row: B-089, C-245 the monthly plan carries reception, complaints and dunning
        "plan_cs": Form(
            Text("客服部月度工作计划", "Monthly plan of customer service"),
            _month(31, 0),
            ("reception", "complaints", "dunning"),
            "plan",
        ),
        "plan_training": Form(Text("员工培训计划", "Training plan of next month"), _month(30, -1), items="training"),
        # row: B-083, C-246, E-035 every Monday, with next week's plan and who is responsible for each item
        "weekly": Form(Text("周工作汇报及下周计划", "Weekly report and plan"), Rule("week", weekday=0), items="weekly"),
        # row: B-082, E-037 last month's detailed report by the 5th
        "monthly": Form(Text("上月详细工作报告", "Detailed report of last month"), _month(5, 1)),
        # row: B-079, E-039 goals evaluated and quality reviewed by the 2nd
        "evaluation": Form(Text("目标评估、质量评审记录", "Goal evaluation and quality review"), _month(2, 1)),
        # row: B-080, E-040 the quarter appraised by the 3rd of the month after it
        "appraisal": Form(Text("季度绩效考评", "Quarterly performance appraisal"), Rule("quarter", 1, 3)),
        # row: B-097 with a plan of improvement
        "evaluation_quarter": Form(
            Text("季度目标评估与改进计划", "Quarterly evaluation and improvement plan"),
            Rule("quarter", 0, 31, -1),
            items="improvement",
        ),
        # row: B-085 before the year that it is for
        "budget": Form(Text("下一年度预算", "Budget of next year"), _BEFORE_YEAR_END),
        # row: C-256, E-057 service targets, cost budget and headcount are the core of the annual business plan
        "business_plan": Form(
            Text("年度经营计划", "Annual business plan"),
            _BEFORE_YEAR_END,
            ("service_targets", "cost_budget", "headcount"),
        ),
        # row: B-095
        "finance_review": Form(Text("年度财务报表审核", "Review of the annual statements"), _YEAR_END),
        # row: B-086
        "training_outline": Form(Text("年度培训大纲及教材", "Annual training outline and materials"), _YEAR_END),
        # row: B-112, E-056 the plan for distributing the year-end bonus
        "bonus_plan": Form(Text("年终奖金分配方案", "Bonus distribution plan"), _YEAR_END),
        # row: B-084, E-043 the project management report, as often as was agreed
        "management": Form(Text("项目管理报告及合理化建议", "Project management report with suggestions"), None),
        # row: B-102 as often as was agreed
        "to_superior": Form(Text("向部门负责人的工作汇报", "Report to the department head"), None),
        # row: E-008 customer needs and behaviour, in the letter's term
        "customer_needs": Form(Text("客户需求和行为分析报告", "Customer need and behaviour report"), None),
    }
)


def rule_from(raw: Mapping[str, Any]) -> Rule:
    """A rule as a duty keeps it."""
    return Rule(**raw)


def fault(rule: Rule) -> str | None:
    """The field of a rule that makes no sense; None when it does."""
    ways = [name for name in ("day", "working_day", "weekday") if getattr(rule, name) is not None]
    if len(ways) != 1:
        return "day"
    if (rule.unit == "week") != (ways[0] == "weekday"):
        return ways[0]
    months = _MONTHS.get(rule.unit, 1)
    return None if rule.month == -1 or 1 <= rule.month <= months else "month"


def code_of(unit: str, starts_on: date) -> str:
    """`2025-W11`, `2025-03`, `2025-Q1`, `2025-H1` or `2025`."""
    if unit == "week":
        year, week, _ = starts_on.isocalendar()
        return f"{year:04d}-W{week:02d}"
    if unit == "month":
        return f"{starts_on:%Y-%m}"
    part = {"quarter": f"-Q{(starts_on.month + 2) // 3}", "half": f"-H{(starts_on.month + 5) // 6}", "year": ""}[unit]
    return f"{starts_on.year:04d}{part}"


def shifted(unit: str, starts_on: date, by: int) -> date:
    """The first day of the period so many later."""
    if unit == "week":
        return starts_on + timedelta(days=7 * by)
    return add_months(starts_on, _MONTHS[unit] * by)


def due_on(rule: Rule, starts_on: date, calendar: Calendar) -> date:
    """The day by which the report on the period that begins then is due."""
    first, last = bounds(shifted(rule.unit, starts_on, rule.lag), rule.unit)
    if rule.weekday is not None:
        # row: AMB-091 a Monday stays a Monday, whatever holiday it is
        return first + timedelta(days=rule.weekday)
    month = first if rule.month == 1 else last.replace(day=1) if rule.month == -1 else add_months(first, rule.month - 1)
    if rule.day is not None:
        return month.replace(day=min(rule.day, month_end(month).day))
    n = rule.working_day or 1
    days = [day for day in _days(month) if calendar.is_working_day(day)] or [month_end(month)]
    return days[max(n, -len(days))] if n < 0 else days[min(n, len(days)) - 1]


def first_period(rule: Rule, since: date, calendar: Calendar) -> date:
    """The first period whose report is due on or after a day."""
    start = shifted(rule.unit, bounds(since, rule.unit)[0], -2)
    while due_on(rule, start, calendar) < since:
        start = shifted(rule.unit, start, 1)
    return start


def may_begin(rule: Rule, starts_on: date) -> date:
    """From which day on a report can be handed in: one on what was, once it is over."""
    return bounds(starts_on, rule.unit)[1] + timedelta(days=1) if rule.lag > 0 else date.min


def _days(month: date) -> Iterator[date]:
    for n in range(month_end(month).day):
        yield month + timedelta(days=n)
