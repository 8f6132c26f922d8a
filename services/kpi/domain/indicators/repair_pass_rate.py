"""A-291: repairs whose work was accepted by the owner or a checker, of those checked (A-308)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import one_of_one, when
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.works import is_repair, link, who

CODE = "repair.pass.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """What the last check of the work found; by the day of receipt, known when it was checked (AMB-109)."""
    if not is_repair(case) or case.doc.get("checked_at") is None:
        return ()
    accepted = bool(case.doc["accepted"])
    return (
        one_of_one(
            CODE,
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


INDICATOR = Indicator(
    code=CODE,
    row="A-291",
    title=Text("维修合格率", "Repairs accepted"),
    unit="percent",
    families=("work",),
    judge=judge,
    misses=Text("件不合格", "not accepted"),
    version=2,
)

EXAMPLES = (
    Example(
        "accepted",
        [{"received_at": "2025-03-07T09:00:00+08:00", "accepted": True, "checked_at": "2025-03-07T09:00:00+08:00"}],
        1,
        1,
        ["accepted"],
    ),
    Example(
        "to be done again",
        [{"received_at": "2025-03-07T09:00:00+08:00", "accepted": False, "checked_at": "2025-03-07T09:00:00+08:00"}],
        0,
        1,
        ["refused"],
    ),
    Example("not checked yet", [{"received_at": "2025-03-07T09:00:00+08:00"}], 0, 0, state="no_data"),
)
