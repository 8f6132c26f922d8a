"""Meetings that letters and duties want, what each must record, and which suggestion counts in which month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from services.kpi.domain.facts import Case, Fact
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import local_date


@dataclass(frozen=True, slots=True)
class MeetingKind:
    """`outsiders`: it is with people from outside, who are named; `decisions`: without any it came to nothing."""

    title: Text
    outsiders: bool = False
    decisions: bool = False


KINDS: Final[Mapping[str, MeetingKind]] = MappingProxyType(
    {
        "department": MeetingKind(Text("部门会议", "Department meeting"), decisions=True),
        "production": MeetingKind(Text("生产调度会", "Production dispatch meeting")),
        # row: C-255 the strategy is adjusted, so a business analysis decides something
        "business": MeetingKind(Text("经营分析会", "Business analysis meeting"), decisions=True),
        "hearing": MeetingKind(Text("听取部门负责人汇报", "Hearing of department heads")),
        "review": MeetingKind(Text("工作回顾总结会", "Review of work experience")),
        # row: C-253 the regular exchange with contractors of cleaning and greening
        "contractor": MeetingKind(Text("承包商沟通会", "Meeting with contractors"), outsiders=True),
        # row: C-258, E-058 owners' opinions are collected, and each rectification is somebody's task
        "owner_forum": MeetingKind(
            Text("业主代表座谈会", "Forum of owner representatives"), outsiders=True, decisions=True
        ),
        "external": MeetingKind(Text("外部会议", "Meeting with developer, utilities or government"), outsiders=True),
    }
)


def lacking(kind: str, outsiders: str | None, decisions: int) -> str | None:
    """The field without which minutes of this kind are not complete; None when they are."""
    wanted = KINDS[kind]
    if wanted.outsiders and not outsiders:
        return "outsiders"
    return "decisions" if wanted.decisions and not decisions else None


def counts_in_month(suggested_on: date, effective_on: date) -> bool:
    """Whether a suggestion was made and had its effect in the same month (B-113)."""
    # row: C-260, B-113 made and effective in the same month
    return (suggested_on.year, suggested_on.month) == (effective_on.year, effective_on.month)


def held(code: str, kind: str, case: Case) -> Sequence[Fact]:
    """One for a meeting of this kind with minutes on file; at least one promised is missed by none at all (AMB-008)."""
    doc = case.doc
    if doc["kind"] != kind:
        return ()
    return (
        Fact(
            indicator=code,
            subject=case.subject,
            numerator=1,
            denominator=0,
            on=local_date(doc["held_on"], case.zone),
            verdict="held",
            who=doc.get("chair_id"),
            link=f"/kpi/v1/meetings/{case.subject}",
        ),
    )
