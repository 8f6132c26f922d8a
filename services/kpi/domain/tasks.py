"""Tasks: which kinds letters count, what may follow on what, who may say that one is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from services.kpi.domain.numbers import Text, fixed
from services.kpi.domain.times import midnight_after

#: The kinds that letters tell apart (002.7 to 002.9, 002.27, 001.156, 002.48, 004.179, 000.26).
KINDS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "important": Text("重要工作任务", "Important task"),
        "plan": Text("月度工作计划事项", "Item of the monthly work plan"),
        "weekly": Text("周工作计划事项", "Item of the weekly plan"),
        "training": Text("员工培训计划事项", "Item of the training plan"),
        "butler": Text("楼宇管家工作任务", "Building butler's task"),
        "assigned": Text("上级临时交办任务", "Task assigned by a superior"),
        "meeting": Text("会议决议事项", "Decision of a meeting"),
        "improvement": Text("管理评审或内审改进措施", "Measure from a management review or internal audit"),
        "publicity": Text("对外宣传任务", "Publicity task"),
        "renewal": Text("更新改造计划事项", "Renewal or retrofit plan"),
    }
)

STATES: Final = ("proposed", "open", "reported", "done", "refused", "cancelled")

#: Kinds that nobody carries out before the company has approved them.
NEEDS_APPROVAL: Final = frozenset({"renewal"})  # row: C-262 a renewal plan is implemented only after approval

_NEXT: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("proposed", "approve"): "open",
        ("proposed", "refuse"): "refused",
        ("open", "report"): "reported",
        ("reported", "confirm"): "done",
        ("reported", "return"): "open",
        **{(state, "cancel"): "cancelled" for state in ("proposed", "open", "reported")},
    }
)

#: Local time at which people are reminded, on the day before a task is due.
REMIND_AT: Final = time(9)


def after(state: str, step: str) -> str | None:
    """The state that a step leads to; None where it does not follow."""
    return _NEXT.get((state, step))


def first_state(kind: str, needs_approval: bool) -> str:
    """A task that wants the company's approval waits for it."""
    return "proposed" if needs_approval or kind in NEEDS_APPROVAL else "open"


def may_judge(who: str, assignee: str, reporter: str | None) -> bool:
    """Whether somebody may confirm, return, extend or cancel: never whoever does it or said that it was done."""
    return who not in (assignee, reporter)


def overdue_at(due_on: date, zone: tzinfo) -> datetime:
    """When a task is late: after the last second of its day (RR9)."""
    return midnight_after(due_on, zone)


def remind_at(due_on: date, zone: tzinfo, now: datetime) -> datetime | None:
    """The morning before the day it is due; None where that has passed."""
    at = datetime.combine(due_on - timedelta(days=1), REMIND_AT, zone)
    return at if at > now else None


def statistics(rows: Mapping[str, list[Mapping[str, Any]]], today: date, zone: tzinfo) -> list[dict[str, Any]]:
    """Of each kind, what was due, done in time, done late, still open and overdue, cancelled; with the share done.

    A row has `state`, `due_on`, `reported_at`. The share, in percent, is of all that was due but what was cancelled.
    """
    found = []
    for kind in KINDS:
        tasks = rows.get(kind, [])
        done = [row for row in tasks if row["state"] == "done"]
        in_time = sum(row["reported_at"].astimezone(zone).date() <= row["due_on"] for row in done)
        running = [row for row in tasks if row["state"] in ("open", "reported")]
        late = sum(row["due_on"] < today for row in running)
        base = len(done) + len(running)
        found.append(
            {
                "kind": kind,
                "due": base,
                "done": len(done),
                "done_in_time": in_time,
                "done_late": len(done) - in_time,
                "open": len(running) - late,
                "overdue": late,
                "cancelled": sum(row["state"] == "cancelled" for row in tasks),
                "completion": None if base == 0 else fixed(Fraction(100 * len(done), base)),
            }
        )
    return found
