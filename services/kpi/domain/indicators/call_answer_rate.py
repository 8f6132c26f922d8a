"""A-312: calls that were answered, of those that came in (A-060)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.calls import link
from services.kpi.domain.case_facts import one_of_one, when
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "call.answer.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """By its day. One the caller gave up while it could still have been answered in time is beside."""
    at = when(case, "offered_at")
    answered = case.doc.get("answered_at") is not None
    if not answered and case.doc.get("outcome") is None:
        return (one_of_one(CODE, case, at, False, "ringing", counted=False, link=link(case)),)
    abandoned = not answered and case.doc["outcome"] == "abandoned"
    verdict = "picked_up" if answered else case.doc["outcome"]
    return (one_of_one(CODE, case, at, answered, verdict, counted=not abandoned, link=link(case)),)


INDICATOR = Indicator(
    code=CODE,
    row="A-312",
    title=Text("客户来电接听率", "Calls answered"),
    unit="percent",
    families=("call",),
    judge=judge,
    misses=Text("个未接", "not answered"),
    version=2,
)

EXAMPLES = (
    Example(
        "answered",
        [{"offered_at": "2025-03-07T09:00:00+08:00", "answered_at": "2025-03-07T09:00:00+08:00"}],
        1,
        1,
        ["picked_up"],
    ),
    Example("nobody answered", [{"offered_at": "2025-03-07T09:00:00+08:00", "outcome": "missed"}], 0, 1, ["missed"]),
    Example(
        "given up at once: in neither number",
        [{"offered_at": "2025-03-07T09:00:00+08:00", "outcome": "abandoned"}],
        0,
        0,
        ["abandoned"],
        state="no_data",
    ),
)
