"""A-012: repairs and complaints of which no limit was exceeded (B-006)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.kpi.domain import complaint_facts
from services.kpi.domain.case_facts import one_of_one, when
from services.kpi.domain.facts import WITHIN_LIMIT, Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import in_time, instant, maybe_instant
from services.kpi.domain.works import REPAIRS, arrival, link, who

CODE = "ticket.followup.timeliness.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Every limit that the case itself has counts, and it is late once, however many were exceeded; by the day of
    receipt. One that still runs leaves the case in neither number (AMB-109)."""
    kind = case.doc.get("kind", "complaint")
    if kind not in ("complaint", *REPAIRS):
        return ()
    if judging.calendar is not None:
        # Limits of their own ran by the calendar that held: of another one only the printed limits are known.
        tried = complaint_facts.timeliness if kind == "complaint" else arrival
        return tried(CODE, case, judging)
    at = when(case, "received_at")
    clocks = {
        name: _state(clock, case, judging)
        for name, clock in (case.doc.get("clocks") or {}).items()
        if clock.get("due_at") is not None  # told of without a limit, it is none
    }
    late = [due for state, due in clocks.values() if state == "late"]
    if late:
        verdict, decided = "late", min(late)
    elif case.doc.get("cancelled_at") is not None:
        verdict, decided = "cancelled", None
    elif any(state == "open" for state, _ in clocks.values()):
        verdict, decided = WITHIN_LIMIT, None
    else:
        verdict, decided = "met", max((done for _, done in clocks.values()), default=None)
    exceeded = sorted(name for name, (state, _) in clocks.items() if state == "late")
    return (
        one_of_one(
            CODE,
            case,
            at,
            verdict == "met",
            verdict,
            counted=verdict in ("met", "late"),
            decided=decided,
            link=link(case),
            who=who(case),
            detail={"number": case.doc.get("number")} | ({"breached": exceeded} if exceeded else {}),
        ),
    )


def _state(clock: Mapping[str, Any], case: Case, judging: Judging) -> tuple[str, datetime]:
    """How a clock stands, and since when that is known."""
    due = instant(clock["due_at"], case.zone)
    met = maybe_instant(clock.get("met_at"), case.zone)
    if met is not None:
        return ("met", met) if in_time(met, due) and not clock.get("breached") else ("late", due)
    passed = judging.as_at is not None and not in_time(judging.as_at, due)
    return ("late" if clock.get("breached") or passed else "open"), due


INDICATOR = Indicator(
    code=CODE,
    row="A-012",
    title=Text("报修投诉跟进及时率", "Repairs and complaints followed up in time"),
    unit="percent",
    families=("complaint", "work"),
    judge=judge,
    misses=Text("件超时", "late"),
    version=2,
)

_AT = {"received_at": "2025-03-07T09:00:00+08:00"}
_KEPT = {"due_at": "2025-03-07T09:10:00+08:00", "met_at": "2025-03-07T09:10:00+08:00"}
_LATE = {"due_at": "2025-03-07T09:30:00+08:00", "breached": True}

EXAMPLES = (
    Example(
        "a complaint whose limits were kept to the last second, a repair of which one of two was not",
        [
            {**_AT, "clocks": {"complaint.response": _KEPT}},
            {**_AT, "kind": "repair", "clocks": {"repair.arrival": _LATE, "repair.dispatch": _KEPT}},
            {**_AT, "kind": "hotline", "clocks": {"hotline.dispatch": _LATE}},
        ],
        1,
        2,
        ["met", "late"],
    ),
    Example(
        "kept after all, but late",
        [{**_AT, "clocks": {"complaint.response": {**_LATE, "met_at": "2025-03-07T09:30:01+08:00"}}}],
        0,
        1,
        ["late"],
    ),
    Example(
        "a limit that passed without proof by the period's end, and one that still runs",
        [
            {**_AT, "clocks": {"complaint.plan": {"due_at": "2025-03-08T09:00:00+08:00"}}},
            {
                "received_at": "2025-03-31T20:00:00+08:00",
                "clocks": {"complaint.response": _KEPT, "complaint.plan": {"due_at": "2025-04-01T20:00:00+08:00"}},
            },
        ],
        0,
        1,
        ["late", "within_limit"],
    ),
    Example(
        "cancelled before anything was late, and after",
        [
            {**_AT, "cancelled_at": "2025-03-07T09:20:00+08:00", "clocks": {"complaint.response": _KEPT}},
            {**_AT, "cancelled_at": "2025-03-07T09:40:00+08:00", "clocks": {"complaint.response": _LATE}},
        ],
        0,
        1,
        ["cancelled", "late"],
    ),
    Example("no limit of its own: nothing was exceeded", [{**_AT, "kind": "repair"}], 1, 1, ["met"]),
)
