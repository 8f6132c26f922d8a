"""A-239: affairs that were answered: a call within three rings, or a visitor, and then seen to."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.calls import link
from services.kpi.domain.case_facts import one_of_one, when
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "affair.response.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """A call answered in time, or a visit received, whose matter was handled or passed on. By its day."""
    doc = case.doc
    if case.family == "visit":
        if doc.get("received_at") is None:
            return ()
        # row: AMB-059 every part that applies to it
        met = doc.get("handled_at") is not None and doc.get("greeted") is not False
        verdict = "responded" if met else "not_greeted" if doc.get("greeted") is False else "not_handled"
        return (
            one_of_one(
                CODE, case, when(case, "received_at"), met, verdict, link=f"/ticketing/v1/visits/{case.subject}"
            ),
        )
    at, handled = when(case, "offered_at"), doc.get("handled_at") is not None
    if doc.get("answered_at") is None:
        if doc.get("outcome") is None:
            return ()
        return (one_of_one(CODE, case, at, False, doc["outcome"], counted=doc["outcome"] == "missed", link=link(case)),)
    met = handled and doc.get("in_time") is not False  # row: AMB-059 in three rings, and seen to
    verdict = "responded" if met else "late" if doc.get("in_time") is False else "not_handled"
    return (one_of_one(CODE, case, at, met, verdict, link=link(case)),)


INDICATOR = Indicator(
    code=CODE,
    row="A-239",
    title=Text("事务响应率", "Affairs answered"),
    unit="percent",
    families=(
        "call",
        "visit",
    ),
    judge=judge,
    misses=Text("件未响应", "not answered"),
    version=2,
)

EXAMPLES = (
    Example(
        "answered and seen to",
        [
            {
                "offered_at": "2025-03-07T09:00:00+08:00",
                "answered_at": "2025-03-07T09:00:00+08:00",
                "in_time": True,
                "handled_at": "2025-03-07T09:00:00+08:00",
            }
        ],
        1,
        1,
        ["responded"],
    ),
    Example(
        "answered, and nothing became of it",
        [{"offered_at": "2025-03-07T09:00:00+08:00", "answered_at": "2025-03-07T09:00:00+08:00", "in_time": True}],
        0,
        1,
        ["not_handled"],
    ),
    Example("missed", [{"offered_at": "2025-03-07T09:00:00+08:00", "outcome": "missed"}], 0, 1, ["missed"]),
)
