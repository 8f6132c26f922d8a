"""A-231: steps of the month's dunning (text message, call, visit) done in their windows (B-067 to B-069)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import one_of_one
from services.kpi.domain.dunning import last_day
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "dunning.step.completion.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """One share a step, in the month of the plan. A suspended step is in neither number."""
    return [
        one_of_one(
            CODE,
            case,
            last_day(case),
            step["state"] == "done",
            step["state"],
            counted=step["state"] != "suspended",
            subject=name,
            detail={"unit_id": case.doc.get("unit_id"), "step": step["kind"], "outcome": step.get("outcome")},
        )
        for name, step in sorted(case.doc["steps"].items())
    ]


INDICATOR = Indicator(
    code=CODE,
    row="A-231",
    title=Text("月度催缴三步完成率", "Dunning steps done in their windows"),
    unit="percent",
    families=("dunning_month",),
    judge=judge,
    misses=Text("步未按期完成", "not in their windows"),
    version=2,
)

EXAMPLES = (
    Example(
        "done, missed, suspended",
        [
            {
                "period": "2025-03",
                "steps": {
                    "a": {"kind": "sms", "state": "done"},
                    "b": {"kind": "call", "state": "missed"},
                    "c": {"kind": "visit", "state": "suspended"},
                },
            }
        ],
        1,
        2,
        ["done", "missed", "suspended"],
    ),
)
