"""A-014: property fee of the year's bills credited by its last day (A-285, A-301, AMB-114)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.collecting import Span, collected
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import year_end

CODE = "fee.collection.rate"
_YEAR = Span(year_end, "credited_after_year", "for_bill_of_other_year", running=True)


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Bills due in the period, and the money allocated to them by its end; after the year none counts any more."""
    return collected(CODE, case, judging.parameters, _YEAR)


INDICATOR = Indicator(
    code=CODE,
    row="A-014",
    title=Text("物业费收缴率", "Property fees collected"),
    unit="percent",
    families=("bill", "payment"),
    judge=judge,
    fen=True,
    parameters={"cash_basis": "settled"},
    version=2,
)

_BILL = {"fee_kind": "property", "due_date": "2025-01-31", "amount_fen": 62500}

EXAMPLES = (
    Example(
        "paid on the year's last day",
        [{**_BILL, "allocations": [{"amount_fen": 62500, "value_date": "2025-12-31"}]}],
        625,
        625,
        ["due", "collected"],
        period="2025",
    ),
    Example(
        "credited a day after the year's end",
        [{**_BILL, "allocations": [{"amount_fen": 62500, "value_date": "2026-01-01"}]}],
        0,
        625,
        ["due", "credited_after_year"],
        period="2025",
    ),
    Example(
        "asked of a quarter: what came in by its end, to the last day",
        [
            {
                **_BILL,
                "allocations": [
                    {"amount_fen": 40000, "value_date": "2025-03-31"},
                    {"amount_fen": 22500, "value_date": "2025-04-01"},
                ],
            }
        ],
        400,
        625,
        ["due", "collected", "within_limit"],
    ),
    Example(
        "prepaid in the year before",
        [{**_BILL, "allocations": [{"amount_fen": 62500, "value_date": "2024-12-20"}]}],
        625,
        625,
        ["due", "collected"],
        period="2025",
    ),
    Example(
        "old arrears of the year before that came in",
        [{**_BILL, "due_date": "2024-10-31", "allocations": [{"amount_fen": 62500, "value_date": "2025-02-01"}]}],
        0,
        0,
        ["for_bill_of_other_year"],
        period="2025",
        state="no_data",
    ),
    Example(
        "AMB-114: paid on the last day, credited later, by `paid`",
        [{**_BILL, "allocations": [{"amount_fen": 62500, "paid_on": "2025-12-31", "value_date": "2026-01-02"}]}],
        625,
        625,
        ["due", "collected"],
        period="2025",
        parameters={"cash_basis": "paid"},
    ),
    Example(
        "charged 100.00 too much and credited: the bill counts as it should have been; a waiver changes nothing",
        [
            {
                **_BILL,
                "amount_fen": 72500,
                "credits": [{"kind": "credit", "amount_fen": 10000}, {"kind": "waiver", "amount_fen": 2500}],
                "allocations": [{"amount_fen": 60000, "value_date": "2025-03-31"}],
            }
        ],
        600,
        625,
        ["due", "collected"],
        period="2025",
    ),
    Example("a parking bill is not a property fee", [{**_BILL, "fee_kind": "parking"}], 0, 0, state="no_data"),
)
