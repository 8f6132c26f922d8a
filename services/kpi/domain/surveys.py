"""What the survey indicators share: when an answer is valid, and which period a survey belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from services.kpi.domain.facts import Case, Doc, Event, Fact
from services.kpi.domain.numbers import Number, exact
from services.kpi.domain.times import local_date, maybe_instant
from shared.periods import Period

DIMENSIONS = 8


def quarterly(event: Event) -> bool:
    """Whether an event is about the quarterly survey: a topic's own survey (C-124) is in none of its numbers."""
    return bool(event.data.get("survey_type", "quarterly") == "quarterly")


# row: AMB-021, AMB-111 all eight dimensions, each from 0 to 100
def answer_is_valid(doc: Doc) -> bool:
    """All eight dimensions, each a whole mark from 0 to 100 (AMB-021, AMB-111)."""
    marks = doc.get("marks") or {}
    return len(marks) >= DIMENSIONS and all(
        isinstance(mark, int) and not isinstance(mark, bool) and 0 <= mark <= 100 for mark in marks.values()
    )


def satisfied(doc: Doc, parameters: Mapping[str, str]) -> bool:
    """Whether a valid answer is satisfied: the mark of the question the indicator names, else the mean of all."""
    marks, least = doc["marks"], exact(parameters["satisfied_from"])
    # row: AMB-111 80 or more, on the question the indicator names, else on the mean of the dimensions
    mark = marks[parameters["question"]] if "question" in parameters else Fraction(sum(marks.values()), len(marks))
    return bool(mark >= least)


def period_date(case: Case) -> date:
    """The date that decides the period: a survey belongs to the quarter it was issued for, whenever the last answer
    came."""
    doc = case.doc
    if doc.get("period"):
        return Period.parse(doc["period"]).end - timedelta(days=1)
    for name in ("closed_at", "answered_at", "listed_at", "opened_at"):
        if doc.get(name) is not None:
            return local_date(doc[name], case.zone)
    raise ValueError("period is missing")


def fact(code: str, case: Case, numerator: Number, denominator: Number, verdict: str, *, counted: bool = True) -> Fact:
    """A fact about a survey or one of its households."""
    doc = case.doc
    survey = doc.get("survey_id")
    shown = ("survey_id", "unit_id", "marks", "scope_count", "answer_count")
    detail: dict[str, Any] = {name: doc[name] for name in shown if name in doc}
    return Fact(
        indicator=code,
        subject=case.subject,
        numerator=numerator,
        denominator=denominator,
        on=period_date(case),
        verdict=verdict,
        counted=counted,
        at=maybe_instant(doc.get("closed_at") or doc.get("answered_at"), case.zone),
        link=f"/ticketing/v1/surveys/{survey}" if survey else None,
        detail=detail,
    )
