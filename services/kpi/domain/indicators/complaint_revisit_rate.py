"""A-157: complaints called back within 48 hours of their completion (A-242, A-284, A-300, B-013)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from services.kpi.domain.case_facts import one_of_one
from services.kpi.domain.complaint_facts import link, who
from services.kpi.domain.facts import WITHIN_LIMIT, Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import in_time, instant, maybe_instant

CODE = "complaint.revisit.rate"
LIMIT = timedelta(hours=48)
_SAID = {"met": "called", "missed": "not_called", "excluded": "unreachable"}


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """By the day of completion (AMB-109); calls that reached nobody as the letter chose (AMB-088)."""
    doc = case.doc
    done = maybe_instant(doc.get("completed_at"), case.zone)
    if done is None or doc.get("cancelled_at") is not None:
        return ()
    clock = judging.own(doc.get("clocks"), "revisit.48h")
    due = maybe_instant(clock.get("due_at"), case.zone) or judging.until(done, LIMIT)
    reading = (doc.get("revisit_readings") or {}).get(judging.parameters["revisit_unreachable"])
    if judging.calendar is not None and reading != "excluded":
        reading = None  # it was kept or missed by the clock that held; here it is asked anew
        clock = {"met_at": clock.get("met_at") or (doc.get("revisit") or {}).get("done_at")}
    if reading is None and clock.get("met_at") is not None:
        reading = "met" if in_time(instant(clock["met_at"], case.zone), due) else "missed"
    passed = judging.as_at is not None and not in_time(judging.as_at, due)
    if reading in (None, "open") and (clock.get("breached") or passed):
        reading = "missed"
    verdict = "not_valid" if doc.get("valid") is False else _SAID.get(str(reading), WITHIN_LIMIT)
    counted = verdict in ("called", "not_called")
    return (
        one_of_one(
            CODE,
            case,
            done,
            verdict == "called",
            verdict,
            counted=counted,
            decided=due if verdict == "not_called" else maybe_instant(clock.get("met_at"), case.zone),
            link=link(case),
            who=who(case),
            detail={"number": doc.get("number")},
        ),
    )


INDICATOR = Indicator(
    code=CODE,
    row="A-157",
    title=Text("投诉回访率", "Complaints followed up"),
    unit="percent",
    families=("complaint",),
    judge=judge,
    parameters={"revisit_unreachable": "met_after_n"},
    misses=Text("件未回访", "not called"),
    version=2,
)

EXAMPLES = (
    Example(
        "F-083: called in the last second",
        [
            {
                "received_at": "2025-03-07T09:00:00+08:00",
                "completed_at": "2025-03-07T18:00:00+08:00",
                "clocks": {
                    "revisit.48h": {"due_at": "2025-03-09T18:00:00+08:00", "met_at": "2025-03-09T18:00:00+08:00"}
                },
            }
        ],
        1,
        1,
        ["called"],
    ),
    Example(
        "nobody called",
        [{"received_at": "2025-03-07T09:00:00+08:00", "completed_at": "2025-03-07T09:00:00+08:00"}],
        0,
        1,
        ["not_called"],
    ),
    Example(
        "AMB-088: tried often enough, by the letter's default",
        [
            {
                "received_at": "2025-03-07T09:00:00+08:00",
                "completed_at": "2025-03-07T09:00:00+08:00",
                "revisit_readings": {"met_after_n": "met", "exclude_after_n": "excluded", "miss": "missed"},
            }
        ],
        1,
        1,
        ["called"],
    ),
    Example(
        "AMB-088: the same where only a reached owner counts",
        [
            {
                "received_at": "2025-03-07T09:00:00+08:00",
                "completed_at": "2025-03-07T09:00:00+08:00",
                "revisit_readings": {"met_after_n": "met", "exclude_after_n": "excluded", "miss": "missed"},
            }
        ],
        0,
        1,
        ["not_called"],
        parameters={"revisit_unreachable": "miss"},
    ),
    Example(
        "ruled not valid",
        [{"received_at": "2025-03-07T09:00:00+08:00", "completed_at": "2025-03-07T09:00:00+08:00", "valid": False}],
        0,
        0,
        ["not_valid"],
        state="no_data",
    ),
)
