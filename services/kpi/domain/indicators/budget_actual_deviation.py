"""A-021: the department's expenses minus its budget, of the budget; reported, outside penalty and bonus (AMB-010)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.budget_facts import spent
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "budget.actual.deviation"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Every category and month of this level whose actual was reported."""
    return spent(CODE, case, "department", deviation=True)


INDICATOR = Indicator(
    code=CODE,
    row="A-021",
    title=Text("费用预算实绩偏差", "Expenses against the budget"),
    unit="percent",
    families=("budget_line",),
    judge=judge,
    fen=True,
    signed=True,
)

EXAMPLES = (
    Example(
        "two months with an actual, one without, one of another level: of 20,000.00 yuan 19,800.00 were spent",
        [
            {
                "level": "department",
                "category": "a",
                "month": "2025-01",
                "budgets": {"x": 1000000},
                "actual_fen": 1030000,
            },
            {
                "level": "department",
                "category": "b",
                "month": "2025-02",
                "budgets": {"x": 900000, "y": 100000},
                "actual_fen": 950000,
            },
            {"level": "department", "category": "b", "month": "2025-03", "budgets": {"x": 1000000}},
            {"level": "other", "category": "b", "month": "2025-02", "budgets": {"x": 1000000}, "actual_fen": 1},
        ],
        -200,
        20000,
        ["spent", "spent", "not_reported"],
    ),
)
