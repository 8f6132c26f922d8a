"""A-304: measures from management reviews and internal audits that passed at their first check (C-261, AMB-069)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import one_of_one, when
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "improvement.firstpass.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """By the day of the first check: confirmed then, or sent back. What nobody has checked yet is in neither number."""
    doc = case.doc
    if doc.get("kind") != "improvement":
        return ()
    # A measure of the time before first checks were kept is known by its confirmation alone.
    found = doc.get("first_check") or ("confirmed" if doc.get("confirmed_at") is not None else None)
    if found is None:
        return ()
    return (
        one_of_one(
            CODE,
            case,
            when(case, "first_checked_at", "confirmed_at"),
            found == "confirmed",
            "passed" if found == "confirmed" else "sent_back",
            link=f"/kpi/v1/tasks/{case.subject}",
            who=doc.get("assignee_id"),
            detail={"number": doc.get("number")},
        ),
    )


INDICATOR = Indicator(
    code=CODE,
    row="A-304",
    title=Text("改进措施一次通过合格率", "Improvements passing at first check"),
    unit="percent",
    families=("work_task",),
    judge=judge,
    misses=Text("项未一次通过", "sent back at the first check"),
)

_SENT_BACK = {"kind": "improvement", "first_check": "returned", "first_checked_at": "2025-03-10T09:00:00+08:00"}
EXAMPLES = (
    Example(
        "passed at once; sent back and passed later; another kind of task; not checked yet",
        [
            {
                "kind": "improvement",
                "first_check": "confirmed",
                "first_checked_at": "2025-03-10T09:00:00+08:00",
                "confirmed_at": "2025-03-10T09:00:00+08:00",
            },
            {**_SENT_BACK, "confirmed_at": "2025-03-12T09:00:00+08:00"},
            {"kind": "important", "first_check": "returned", "first_checked_at": "2025-03-10T09:00:00+08:00"},
            {"kind": "improvement", "due_on": "2025-03-14"},
        ],
        1,
        2,
        ["passed", "sent_back"],
        period="2025-03",
    ),
    Example("a second check of another month changes nothing", [_SENT_BACK], 0, 1, ["sent_back"], period="2025-03"),
)
