"""Facts about complaints that several indicators share: one kind of fact per clock, and the handler as the one it
concerns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.kpi.domain.case_facts import counted_once
from services.kpi.domain.complaints import CATALOGUE, Clock, clocks, received
from services.kpi.domain.facts import WITHIN_LIMIT, Case, Fact, Judging


def link(case: Case) -> str:
    """Where the complaint itself can be read."""
    return f"/ticketing/v1/tickets/{case.subject}"


def who(case: Case) -> str | None:
    """Who handled it, or was to."""
    return case.doc.get("handler_id") or case.doc.get("assignee_id")


def of_topic(code: str, case: Case, topic: str) -> Sequence[Fact]:
    """An occurrence for a complaint of one topic (C-030), by its day of receipt; not one that was ruled not valid."""
    doc = case.doc
    if doc.get("topic") != topic:
        return ()
    verdict = "cancelled" if doc.get("cancelled_at") is not None else "received"
    if doc.get("valid") is False:
        verdict = "not_valid"
    detail = {"number": doc.get("number")}
    counts = verdict == "received"
    return (counted_once(code, case, received(case), verdict, counts=counts, link=link(case), detail=detail),)


def timeliness(code: str, case: Case, judging: Judging, only: str | None = None) -> Sequence[Fact]:
    """One fact: 1 of 1 if every clock that applies (or the one named by `only`) was kept, 0 of 1 if one was missed.

    A case that is still inside a limit is in neither number (AMB-109). A cancelled complaint leaves, unless a clock
    was already missed: cancelling is no way out of a number.
    """
    applying = [clock for clock in clocks(case, judging) if only is None or clock.code == only]
    if not applying:
        return ()
    late = sorted((clock for clock in applying if clock.state == "late"), key=lambda clock: clock.due_at)
    still_open = [clock for clock in applying if clock.state == "open"]
    start = received(case)
    detail = {"number": case.doc.get("number"), "clocks": [clock.as_json() for clock in applying]}
    # row: AMB-005 late once, however many of its clocks are
    if late:
        verdict, counted, decided = "late", True, late[0].decided_at
        # Agreeing a deadline and keeping it are one promise of the catalogue (B-010), named once.
        detail["breached"] = list(dict.fromkeys(CATALOGUE.get(clock.code, clock.code) for clock in late))
    elif case.doc.get("cancelled_at") is not None:
        verdict, counted, decided = "cancelled", False, None
    elif still_open:
        # row: AMB-109 a case inside its limit is in neither number
        verdict, counted, decided = WITHIN_LIMIT, False, None
    else:
        verdict, counted, decided = "met", True, _last(applying)
    return (
        Fact(
            indicator=code,
            subject=case.subject,
            numerator=int(verdict == "met"),
            denominator=1,
            on=start.astimezone(case.zone).date(),
            verdict=verdict,
            counted=counted,
            at=start,
            decided_at=decided,
            who=who(case),
            link=link(case),
            detail=detail,
        ),
    )


def _last(applying: Sequence[Clock]) -> datetime:
    return max(clock.decided_at for clock in applying if clock.decided_at is not None)
