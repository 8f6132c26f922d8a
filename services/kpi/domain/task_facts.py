"""Facts about tasks that several indicators share. A task belongs to the period in which it was due.

What the superior has not confirmed is not done: reported and unconfirmed counts as missed once its day is over, and
enters when it is confirmed. Cancelled before its day it leaves the number; afterwards it stays missed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Final

from services.kpi.domain.facts import WITHIN_LIMIT, Case, Fact, Judging
from services.kpi.domain.times import local_date, midnight_after, month_end

ALL: Final = None


def on_time(code: str, case: Case, judging: Judging, kinds: Collection[str] | None = ALL) -> Sequence[Fact]:
    """1 of 1 for a task done by its day, extensions that were granted included."""
    return _judged(code, case, judging, kinds, lambda due: due)


def completed(code: str, case: Case, judging: Judging, kinds: Collection[str]) -> Sequence[Fact]:
    """1 of 1 for a task done within the month in which it was due (002.7「当月」)."""
    return _judged(code, case, judging, kinds, month_end)


def unfinished(code: str, case: Case, judging: Judging, kinds: Collection[str]) -> Sequence[Fact]:
    """1 for a task that was not done by its day, 0 for one that was."""
    return [
        Fact(
            indicator=code,
            subject=fact.subject,
            numerator=int(fact.counted and fact.verdict != "met"),
            denominator=0,
            on=fact.on,
            verdict=fact.verdict,
            counted=fact.counted,
            at=fact.at,
            who=fact.who,
            link=fact.link,
            detail=fact.detail,
        )
        for fact in on_time(code, case, judging, kinds)
    ]


def _judged(
    code: str, case: Case, judging: Judging, kinds: Collection[str] | None, limit: Callable[[date], date]
) -> Sequence[Fact]:
    doc = case.doc
    if "due_on" not in doc or (kinds is not None and doc["kind"] not in kinds):
        return ()
    due = local_date(doc["due_on"], case.zone)
    over = doc.get("overdue_at") is not None or (
        judging.as_at is not None and judging.as_at >= midnight_after(due, case.zone)
    )
    verdict, counted = _verdict(case, limit(due), over)
    return (
        Fact(
            indicator=code,
            subject=case.subject,
            numerator=int(verdict == "met"),
            denominator=1,
            on=due,
            verdict=verdict,
            counted=counted,
            who=doc.get("assignee_id"),
            link=f"/kpi/v1/tasks/{case.subject}",
            detail={"number": doc.get("number"), "kind": doc["kind"], "due_on": due.isoformat()},
        ),
    )


def _verdict(case: Case, limit: date, over: bool) -> tuple[str, bool]:
    doc = case.doc
    if doc.get("cancelled_at") is not None and not over:
        return "cancelled", False
    reported = doc.get("reported_at")
    # row: C-247 nothing is done before somebody else confirmed it
    if reported is not None and doc.get("confirmed_at") is not None:
        return ("met" if local_date(reported, case.zone) <= limit else "late"), True
    if not over:
        return WITHIN_LIMIT, False
    return ("unconfirmed" if reported is not None else "open"), True
