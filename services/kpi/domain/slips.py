"""Shares of paid-service slips and dunning notices, for the indicator of each and the one of both."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import one_of_one, when
from services.kpi.domain.facts import Case, Fact
from services.kpi.domain.times import local_date


def slip_shares(code: str, case: Case) -> Sequence[Fact]:
    """A slip as written is a share of the denominator, posted in time one of the numerator."""
    detail = {"number": case.doc.get("number")}
    if case.family == "paid_slip":
        if case.doc.get("done_at") is None:
            return ()
        counted = case.doc.get("voided_at") is None
        verdict = "written" if counted else "voided"
        return (one_of_one(code, case, when(case, "done_at"), False, verdict, counted=counted, detail=detail),)
    in_time = bool(case.doc["in_time"])
    return (
        Fact(
            indicator=code,
            subject=f"{case.subject}/posted",
            numerator=1,
            denominator=0,
            on=local_date(case.doc["served_on"], case.zone),
            verdict="posted" if in_time else "posted_late",
            counted=in_time,
            at=when(case, "posted_at"),
            decided_at=when(case, "posted_at"),
            detail=detail,
        ),
    )


def notice_share(code: str, case: Case) -> Sequence[Fact]:
    """A notice, by the day it was to be delivered; not delivered, it counts once that day has passed."""
    due, delivered = when(case, "due_at"), case.doc.get("delivered_at") is not None
    on_time = delivered and bool(case.doc["on_time"])
    verdict = "delivered" if on_time else "late" if delivered else "not_delivered"
    decided = when(case, "delivered_at") if on_time else due
    detail = {"number": case.doc.get("number"), "unit_id": case.doc.get("unit_id")}
    return (one_of_one(code, case, due, on_time, verdict, decided=decided, detail=detail),)
