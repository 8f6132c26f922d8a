"""A-009: completed cases that were followed up by phone (C-052)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.kpi.domain.case_facts import one_of_one, opened_and_done
from services.kpi.domain.facts import WITHIN_LIMIT, Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text, exact
from services.kpi.domain.times import in_time, instant, maybe_instant
from services.kpi.domain.works import REPAIRS, link, who

CODE = "revisit.phone.rate"
_DAY = 24 * 60 * 60
_SAID = {"met": "called", "missed": "not_called", "excluded": "unreachable"}
_VAIN = {"met_after_n": "met", "exclude_after_n": "excluded", "miss": "missed"}


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """By the day of completion (AMB-109); calls that reached nobody as the letter chose (AMB-088).

    A call is in time by the limit of its own, or by the letter's `revisit_due_days`. A case that no plan drew for a
    call is one of them all the same: it was followed up, or not.
    """
    doc = case.doc
    done = maybe_instant(doc.get("completed_at"), case.zone)
    if done is None or doc.get("cancelled_at") is not None or not _due(doc.get("kind", "complaint"), judging):
        return ()
    limit, own = _limits(case, judging, done)
    reading = _read(case, judging, limit, own)
    late = judging.as_at is not None and limit is not None and not in_time(judging.as_at, limit)
    if reading is None and (limit is None or limit != own or late or _overdue(case, judging)):
        reading = "missed"
    verdict = "not_valid" if doc.get("valid") is False else _SAID.get(str(reading), WITHIN_LIMIT)
    ended = doc.get("revisit_ended") or {}
    if verdict == "called" and (ended.get("channel") or "phone") != "phone":
        verdict = "not_by_phone"
    at = maybe_instant(ended.get("done_at"), case.zone)
    detail = {"number": doc.get("number")}
    if limit is None and verdict in ("called", "not_called"):
        # Without a limit it stays in the denominator from its completion on, whenever the call is made.
        called = at or done if verdict == "called" else None
        return opened_and_done(CODE, case, done, called, "called", link=link(case), who=who(case), detail=detail)
    return (
        one_of_one(
            CODE,
            case,
            done,
            verdict == "called",
            verdict,
            counted=verdict in ("called", "not_called", "not_by_phone"),
            decided=limit if verdict == "not_called" else at,
            link=link(case),
            who=who(case),
            detail=detail,
        ),
    )


def _due(kind: str, judging: Judging) -> bool:
    # row: AMB-086 repairs and complaints, unless the letter says all cases
    return judging.parameters["revisit_kinds"] == "all" or kind in ("complaint", *REPAIRS)


def _limits(case: Case, judging: Judging, done: datetime) -> tuple[datetime | None, datetime | None]:
    """Until when the call is due by the letter, and by the limit it had of its own; the same where the letter says
    nothing of it."""
    doc = case.doc
    clock = judging.own(doc.get("clocks"), "revisit.48h")
    own = maybe_instant(clock.get("due_at") or doc.get("revisit_due_at"), case.zone)
    days = judging.parameters["revisit_due_days"]
    return (judging.until(done, timedelta(seconds=int(exact(days) * _DAY))) if days else own), own


def _read(case: Case, judging: Judging, limit: datetime | None, own: datetime | None) -> str | None:
    doc, ways = case.doc, judging.parameters["revisit_unreachable"]
    told = (doc.get("revisit_readings") or {}).get(ways)
    if limit == own and told is not None:
        return None if told == "open" else str(told)
    ended = doc.get("revisit_ended") or {}
    if ended.get("done_at") is None:
        return None
    if limit is not None and not in_time(instant(ended["done_at"], case.zone), limit):
        return "missed"
    return _VAIN[ways] if ended.get("outcome") == "no_answer" else "met"


def _overdue(case: Case, judging: Judging) -> bool:
    """Whether the limit of its own passed without the call."""
    breached = judging.own(case.doc.get("clocks"), "revisit.48h").get("breached")
    return bool(breached or case.doc.get("revisit_overdue"))


INDICATOR = Indicator(
    code=CODE,
    row="A-009",
    title=Text("电话回访率", "Follow-up by phone"),
    unit="percent",
    families=("complaint", "work", "request"),
    judge=judge,
    parameters={
        "revisit_kinds": "repair_and_complaint",
        "revisit_unreachable": "met_after_n",
        "revisit_due_days": "",
    },
    misses=Text("件未电话回访", "not followed up by phone"),
    version=2,
)

_DONE = {"received_at": "2025-03-07T09:00:00+08:00", "completed_at": "2025-03-07T18:00:00+08:00"}
_REPAIR = {**_DONE, "kind": "repair"}
_CALLED = {"outcome": "reached", "done_at": "2025-03-09T18:00:00+08:00", "channel": "phone"}
_DUE = {"revisit_due_at": "2025-03-09T18:00:00+08:00"}
_IN_VAIN = {**_CALLED, "outcome": "no_answer"}

EXAMPLES = (
    Example(
        "AMB-086: a complaint and a repair, called; a repair that nobody called; a hotline case is not asked for",
        [
            {**_DONE, **_DUE, "revisit_ended": _CALLED, "revisit_readings": {"met_after_n": "met"}},
            {**_REPAIR, **_DUE, "revisit_ended": _CALLED},
            _REPAIR,
            {**_DONE, "kind": "hotline"},
        ],
        2,
        3,
        ["called", "called", "received"],
    ),
    Example(
        "AMB-086: of all cases, where the letter says so",
        [{**_DONE, "revisit_ended": _CALLED}, {**_DONE, "kind": "hotline"}, {**_DONE, "kind": "inquiry"}],
        1,
        3,
        ["received", "called", "received", "received"],
        parameters={"revisit_kinds": "all"},
    ),
    Example(
        "a visit is no call",
        [{**_REPAIR, "revisit_ended": {**_CALLED, "channel": "visit"}}],
        0,
        1,
        ["not_by_phone"],
    ),
    Example(
        "within the days of its plan at the period's end",
        [{**_REPAIR, "completed_at": "2025-03-31T18:00:00+08:00", "revisit_due_at": "2025-04-03T18:00:00+08:00"}],
        0,
        0,
        ["within_limit"],
        state="no_data",
    ),
    Example(
        "by the letter's two days: the last second, and one after it",
        [
            {**_REPAIR, "revisit_ended": _CALLED},
            {**_REPAIR, "revisit_ended": {**_CALLED, "done_at": "2025-03-09T18:00:01+08:00"}},
        ],
        1,
        2,
        ["called", "not_called"],
        parameters={"revisit_due_days": "2"},
    ),
    Example(
        "by the letter's days, which are not over at the period's end",
        [{**_REPAIR, "completed_at": "2025-03-31T18:00:00+08:00"}],
        0,
        0,
        ["within_limit"],
        parameters={"revisit_due_days": "2"},
        state="no_data",
    ),
    Example(
        "AMB-088: tried often enough in vain, taken out where the letter says so",
        [
            {**_DONE, "revisit_readings": {"met_after_n": "met", "exclude_after_n": "excluded", "miss": "missed"}},
            {**_REPAIR, "revisit_ended": _IN_VAIN},
        ],
        0,
        0,
        ["unreachable", "unreachable"],
        parameters={"revisit_unreachable": "exclude_after_n"},
        state="no_data",
    ),
    Example(
        "AMB-088: tried often enough in vain counts as called by default",
        [{**_REPAIR, **_DUE, "revisit_ended": _IN_VAIN}],
        1,
        1,
        ["called"],
    ),
    Example(
        "AMB-109: no limit, and called after the period's end: it stays in the denominator",
        [{**_REPAIR, "revisit_ended": {**_CALLED, "done_at": "2025-04-02T09:00:00+08:00"}}],
        0,
        1,
        ["received", "within_limit"],
    ),
    Example(
        "a limit of its own that passed without a call",
        [{**_REPAIR, **_DUE, "revisit_overdue": True}],
        0,
        1,
        ["not_called"],
    ),
    Example("ruled not valid", [{**_DONE, "valid": False}], 0, 0, ["not_valid"], state="no_data"),
    Example(
        "cancelled, and not completed",
        [{**_DONE, "cancelled_at": "2025-03-07T19:00:00+08:00"}, {"received_at": "2025-03-07T09:00:00+08:00"}],
        0,
        0,
        state="no_data",
    ),
)
