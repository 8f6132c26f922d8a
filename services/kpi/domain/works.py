"""What the indicators of repairs and hotline cases share: which cases, by which promise, and where they are read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.kpi.domain.case_facts import one_of_one, when
from services.kpi.domain.facts import WITHIN_LIMIT, Case, Fact, Judging
from services.kpi.domain.times import in_time, maybe_instant

REPAIRS = frozenset({"repair", "gas_repair", "heating_repair"})
HOTLINE = frozenset({"hotline", "water_hotline"})
_URGENT, _USUAL = timedelta(minutes=30), timedelta(hours=24)
_ARRIVALS = ("repair.arrival", "repair.home.visit")


def is_repair(case: Case) -> bool:
    """Whether it is a repair; a record given without its kind is taken for one."""
    return case.doc.get("kind", "repair") in REPAIRS


def is_hotline(case: Case) -> bool:
    """Whether it came by the hotline; a record given without its kind is taken for one."""
    return case.doc.get("kind", "hotline") in HOTLINE


def link(case: Case) -> str:
    """The case itself."""
    return f"/ticketing/v1/tickets/{case.subject}"


def who(case: Case) -> str | None:
    """Who did the work, or was to."""
    return case.doc.get("handler_id") or case.doc.get("assignee_id")


def arrival(code: str, case: Case, judging: Judging) -> Sequence[Fact]:
    """Whether somebody was there in time: urgent within 30 minutes, else as appointed, else within 24 hours (AMB-116).

    The case's own clock says until when; a record without clocks is judged by these limits.
    """
    doc, at = case.doc, when(case, "received_at")
    name = next((name for name in _ARRIVALS if name in (doc.get("clocks") or {})), "")
    own = judging.own(doc.get("clocks"), name)
    urgent = doc.get("urgency") == "urgent"
    agreed = None if urgent else maybe_instant(doc.get("appointment"), case.zone)
    due = maybe_instant(own.get("due_at"), case.zone) or agreed or judging.until(at, _URGENT if urgent else _USUAL)
    return kept(code, case, judging, at, due, doc.get("arrived_at"), bool(own.get("breached")))


def kept(
    code: str, case: Case, judging: Judging, at: datetime, due: datetime, done_at: object, breached: bool
) -> Sequence[Fact]:
    """A promise kept or not, by the day of receipt; inside its limit, or taken back, it is in neither number."""
    done = maybe_instant(done_at, case.zone)
    passed = judging.as_at is not None and not in_time(judging.as_at, due)
    if done is not None:
        verdict = "met" if in_time(done, due) else "late"
    elif breached or passed:
        verdict = "late"
    else:
        verdict = "cancelled" if case.doc.get("cancelled_at") is not None else WITHIN_LIMIT
    return (
        one_of_one(
            code,
            case,
            at,
            verdict == "met",
            verdict,
            counted=verdict in ("met", "late"),
            decided=done if verdict == "met" else due if verdict == "late" else None,
            link=link(case),
            who=who(case),
            detail={"number": case.doc.get("number"), "due_at": due.isoformat()},
        ),
    )


def checked(code: str, case: Case) -> Sequence[Fact]:
    """What the last check of a repair found; by the day of receipt, known when it was checked (AMB-109)."""
    if not is_repair(case) or case.doc.get("checked_at") is None:
        return ()
    accepted = bool(case.doc["accepted"])
    return (
        one_of_one(
            code,
            case,
            when(case, "received_at"),
            accepted,
            "accepted" if accepted else "refused",
            decided=when(case, "checked_at"),
            link=link(case),
            who=who(case),
            detail={"number": case.doc.get("number")},
        ),
    )
