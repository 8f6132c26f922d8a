"""The ladder of a month: which steps a debtor household is owed, and between which days.

A text message at the beginning, a call in the middle, a visit at the end (AMB-026); the written demand so early that
its term ends before the legal packet may go; the packet from the day the third full month is over (F-086). These five
are all there are: cutting water, power, heat, gas, access or the release of belongings (民法典 944) has no word here,
and the database knows no other either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from shared.periods import Period

SMS, CALL, VISIT, DEMAND, LEGAL = "sms", "call", "visit", "demand", "legal"
STEPS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        SMS: {"zh": "月初短信提醒", "en": "text message at the beginning of the month"},
        CALL: {"zh": "月中电话跟进", "en": "phone call in the middle of the month"},
        VISIT: {"zh": "月末上门拜访", "en": "home visit at the end of the month"},
        DEMAND: {"zh": "书面催告", "en": "written demand with proof of service"},
        LEGAL: {"zh": "移交法务", "en": "packet to the legal department"},
    }
)

OPEN, ASKED, DONE, MISSED, SUSPENDED, CANCELLED = "open", "asked", "done", "missed", "suspended", "cancelled"
STEP_STATES: Final = (OPEN, ASKED, DONE, MISSED, SUSPENDED, CANCELLED)
UNDONE: Final = (OPEN, ASKED)
"""A step that somebody still has to see to."""

CASE_OPEN, CASE_SETTLED = "open", "settled"


@dataclass(frozen=True, slots=True)
class Policy:
    """The parameters of a community's dunning; days are days of the month, inclusive, hours local.

    ``*_to`` of the visit is the month's last day. ``demand_days`` is the term a written demand gives.
    """

    sms_from: int = 1
    sms_to: int = 10
    call_from: int = 11
    call_to: int = 20
    visit_from: int = 21
    hour_from: int = 8
    hour_to: int = 20
    cool_down_hours: int = 24
    unreachable_after: int = 3
    demand_days: int = 15
    legal_months: int = 3
    limitation_years: int = 3
    hold_days: int = 31

    def faults(self) -> dict[str, tuple[str, str]]:
        """What is wrong with it: field -> sentence in Chinese and English; nothing when it can be used."""
        found: dict[str, tuple[str, str]] = {}
        days = ("sms_from", "sms_to", "call_from", "call_to", "visit_from")
        values = [getattr(self, name) for name in days]
        for name, before, value in zip(days[1:], values, values[1:], strict=False):
            if value < before or (name in ("call_from", "visit_from") and value == before):
                found[name] = ("各步骤的日期必须先后相接，不得重叠。", "The windows must follow each other.")
        if not 1 <= values[0] or values[-1] > 28:
            found["visit_from"] = ("日期应在1到28之间。", "Days lie between 1 and 28, so that each month has them.")
        if not 0 <= self.hour_from < self.hour_to <= 24:
            found["hour_to"] = ("联系时段有误。", "The contact hours end after they begin, within one day.")
        for name in (f.name for f in fields(self)):
            if getattr(self, name) < 0 or getattr(self, name) > 366:
                found.setdefault(name, ("数值超出范围。", "The number is out of range."))
        for name in ("demand_days", "legal_months", "limitation_years", "hold_days", "unreachable_after"):
            if getattr(self, name) < 1:
                found[name] = ("至少为1。", "At least 1.")
        return found

    def doc(self) -> dict[str, Any]:
        """As it is stored with a plan, so that the plan is read by what it was made with."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Debt:
    """What a household owes beyond its due dates: fen, bills, the oldest due date; and how far its case has come."""

    amount_fen: int
    bills: int
    oldest_due: date
    demand_served: bool = False
    packet_submitted: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A step and its days, both inclusive."""

    kind: str
    first: date
    last: date


def add_months(day: date, months: int) -> date:
    """So many months later; the last day of the month where it has no such day."""
    first = day.replace(day=1)
    index = first.year * 12 + first.month - 1 + months
    month = Period(index // 12, index % 12 + 1, 1)
    return min(month.start + timedelta(days=day.day - 1), month.end - timedelta(days=1))


def due_from(due: date, months: int = 3) -> date:
    """The first day on which the packet may go: overdue counts from the day after the due date (F-086)."""
    # row: F-086, AMB-027 three full months, counted from the day after the due date
    return add_months(due + timedelta(days=1), months)


def packet_deadline(due: date, months: int = 3) -> date:
    """The last day of the month in which the duty begins."""
    begins = due_from(due, months)
    # row: B-071 by the end of the month in which the duty begins
    return Period(begins.year, begins.month, 1).end - timedelta(days=1)


def demand_by(due: date, policy: Policy) -> date:
    """The last day to serve the written demand, so that its term is over when the packet may go."""
    return due_from(due, policy.legal_months) - timedelta(days=policy.demand_days + 1)


def month_windows(period: Period, policy: Policy) -> list[Window]:
    """The three steps that every debtor is owed in a month."""
    first, last = period.start, period.end - timedelta(days=1)

    def day(number: int) -> date:
        return first + timedelta(days=number - 1)

    return [
        # row: AMB-026, B-067, C-056 the beginning of the month
        Window(SMS, day(policy.sms_from), day(policy.sms_to)),
        # row: AMB-026, B-068, C-057 the middle of the month
        Window(CALL, day(policy.call_from), day(policy.call_to)),
        # row: AMB-026, B-069, C-058 the end of the month
        Window(VISIT, day(policy.visit_from), last),
    ]


def steps_of(period: Period, policy: Policy, debt: Debt) -> list[Window]:
    """All steps a debtor is owed in a month: the three, the written demand and the packet when they are due.

    A demand or packet that should have gone earlier stays due until it is there, so that nothing is forgotten.
    """
    first, last = period.start, period.end - timedelta(days=1)
    found = month_windows(period, policy)
    by = demand_by(debt.oldest_due, policy)
    if by <= last and not debt.demand_served and not debt.packet_submitted:
        overtaken = first + timedelta(days=9)
        # row: B-075 the written demand has its day
        found.append(Window(DEMAND, first, by if by >= first else overtaken))
    begins = due_from(debt.oldest_due, policy.legal_months)
    if begins <= last and not debt.packet_submitted:
        found.append(Window(LEGAL, max(first, begins), last))
    return found


def still_owed(kind: str, last: date, oldest_due: date, policy: Policy) -> bool:
    """Whether a step is still called for after a part of the debt was paid and another bill is the oldest."""
    if kind == LEGAL:
        return due_from(oldest_due, policy.legal_months) <= last
    if kind == DEMAND:
        return demand_by(oldest_due, policy) <= last
    return True
