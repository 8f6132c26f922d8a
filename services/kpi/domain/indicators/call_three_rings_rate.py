"""A-240: calls answered within three rings (B-001); one whose rings are not known is shown beside."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.calls import link
from services.kpi.domain.case_facts import one_of_one, when
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "call.three_rings.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """By its day. A missed call was not answered within three rings; one given up within them is beside."""
    at, doc = when(case, "offered_at"), case.doc
    if doc.get("answered_at") is not None:
        known = doc.get("in_time")
        verdict = "rings_unknown" if known is None else "in_time" if known else "late"
        return (one_of_one(CODE, case, at, bool(known), verdict, counted=known is not None, link=link(case)),)
    if doc.get("outcome") is None:
        return ()
    missed = doc["outcome"] == "missed"
    return (one_of_one(CODE, case, at, False, doc["outcome"], counted=missed, link=link(case)),)


INDICATOR = Indicator(
    code=CODE,
    row="A-240",
    title=Text("响铃三声内接听率", "Calls answered within three rings"),
    unit="percent",
    families=("call",),
    judge=judge,
    misses=Text("个超过三声", "not within three rings"),
    version=2,
)

EXAMPLES = (
    Example(
        "three rings",
        [{"offered_at": "2025-03-07T09:00:00+08:00", "answered_at": "2025-03-07T09:00:00+08:00", "in_time": True}],
        1,
        1,
        ["in_time"],
    ),
    Example(
        "four rings",
        [{"offered_at": "2025-03-07T09:00:00+08:00", "answered_at": "2025-03-07T09:00:00+08:00", "in_time": False}],
        0,
        1,
        ["late"],
    ),
    Example(
        "no exchange counted the rings",
        [{"offered_at": "2025-03-07T09:00:00+08:00", "answered_at": "2025-03-07T09:00:00+08:00"}],
        0,
        0,
        ["rings_unknown"],
        state="no_data",
    ),
    Example("missed", [{"offered_at": "2025-03-07T09:00:00+08:00", "outcome": "missed"}], 0, 1, ["missed"]),
)
