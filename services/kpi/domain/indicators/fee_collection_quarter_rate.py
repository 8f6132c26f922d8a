"""A-218: property fee of the quarter's bills credited by its last day (F-048, B-072, AMB-016, AMB-114)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.collecting import Span, collected
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import quarter_end

CODE = "fee.collection.quarter.rate"
_QUARTER = Span(quarter_end, "credited_after_quarter", "for_bill_of_other_quarter")


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Bills due in the quarter, and the money allocated to them that was credited by its last day 24:00."""
    return collected(CODE, case, judging.parameters, _QUARTER)


INDICATOR = Indicator(
    code=CODE,
    row="A-218",
    title=Text("物业费季度收缴率", "Quarterly collection rate of the property fee"),
    unit="percent",
    families=("bill", "payment"),
    judge=judge,
    fen=True,
    parameters={"cash_basis": "settled", "collection_reading": "allocated"},
    version=2,
)

_BILL = {"fee_kind": "property", "due_date": "2025-01-31", "amount_fen": 62500}

EXAMPLES = (
    Example(
        "paid on the quarter's last day",
        [{**_BILL, "allocations": [{"amount_fen": 62500, "value_date": "2025-03-31"}]}],
        625,
        625,
        ["due", "collected"],
    ),
    Example(
        "credited a day after the quarter's end",
        [{**_BILL, "allocations": [{"amount_fen": 62500, "value_date": "2025-04-01"}]}],
        0,
        625,
        ["due", "credited_after_quarter"],
    ),
    Example(
        "AMB-016: prepaid in the quarter before",
        [{**_BILL, "allocations": [{"amount_fen": 62500, "value_date": "2024-12-20"}]}],
        625,
        625,
        ["due", "collected"],
    ),
    Example(
        "AMB-114: paid on the last day, credited later, by `paid`",
        [{**_BILL, "allocations": [{"amount_fen": 62500, "paid_on": "2025-03-31", "value_date": "2025-04-02"}]}],
        625,
        625,
        ["due", "collected"],
        parameters={"cash_basis": "paid"},
    ),
    Example(
        "AMB-016 literal: old arrears credited inside the quarter count in it",
        [
            {**_BILL, "due_date": "2024-10-31", "allocations": [{"amount_fen": 62500, "value_date": "2025-02-01"}]},
            {**_BILL, "allocations": []},
        ],
        625,
        625,
        ["collected", "due"],
        parameters={"collection_reading": "literal"},
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
    ),
    Example("a parking bill is not a property fee", [{**_BILL, "fee_kind": "parking"}], 0, 0, state="no_data"),
)
