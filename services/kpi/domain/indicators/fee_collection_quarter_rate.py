"""A-218: property fee of the quarter's bills credited by its last day (F-048, B-072, AMB-016, AMB-114)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import local_date, quarter_end

CODE = "fee.collection.quarter.rate"
FEE_KIND = "property"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """The bill is the denominator, by its due date and as it should have been: what was charged wrongly and credited is
    taken off, a waiver is not. Each allocation is a numerator, if credited by the quarter's last day 24:00.

    Money that does not count is listed beside with its reason: credited too late, credited in this quarter for a bill
    of another one, or not allocated at all. Under `collection_reading: literal` all property-fee money counts where
    it was credited.
    """
    if case.family == "payment":
        return _prepaid(case)
    doc = case.doc
    if doc.get("fee_kind", FEE_KIND) != FEE_KIND:
        return ()
    due = local_date(doc["due_date"], case.zone)
    link = f"/billing/v1/bills/{case.subject}"
    facts = []
    if doc.get("amount_fen") is not None:
        wrong = sum(int(credit["amount_fen"]) for credit in doc.get("credits") or () if credit["kind"] == "credit")
        detail = {"number": doc.get("number"), "unit_id": doc.get("unit_id"), "period": doc.get("period")}
        facts.append(
            Fact(
                indicator=CODE,
                subject=case.subject,
                numerator=0,
                denominator=int(doc["amount_fen"]) - wrong,
                on=due,
                verdict="due",
                link=link,
                detail={**detail, "credited_fen": wrong} if wrong else detail,
            )
        )
    literal = judging.parameters["collection_reading"] == "literal"
    paid = judging.parameters["cash_basis"] == "paid"
    for place, allocation in enumerate(doc.get("allocations") or ()):
        basis = (allocation.get("paid_on") if paid else None) or allocation["value_date"]
        facts.extend(
            _allocated(
                case.subject,
                str(allocation.get("allocation_id", place)),
                due,
                local_date(basis, case.zone),
                int(allocation["amount_fen"]),
                doc.get("unit_id"),
                allocation.get("payment_id"),
                literal,
            )
        )
    return facts


@lru_cache(512)  # a bill paid in many parts is judged before and after each: only the new part is judged anew
def _allocated(
    bill: str, name: str, due: date, credited: date, fen: int, unit: str | None, payment: str | None, literal: bool
) -> Sequence[Fact]:
    detail = {
        "bill_id": bill,
        "unit_id": unit,
        "payment_id": payment,
        "value_date": credited.isoformat(),
        "amount_fen": fen,
    }
    quarter, came = quarter_end(due), quarter_end(credited)
    in_time = credited <= quarter

    def fact(subject: str, on: date, verdict: str, counted: bool) -> Fact:
        return Fact(
            indicator=CODE,
            subject=subject,
            numerator=fen,
            denominator=0,
            on=on,
            verdict=verdict,
            counted=counted,
            link=f"/billing/v1/bills/{bill}",
            detail=detail,
        )

    key = f"{bill}/{name}"
    if literal:
        return (fact(key, credited, "collected", True),)
    own = fact(key, due, "collected" if in_time else "credited_after_quarter", in_time)
    if came == quarter:
        return (own,)
    # The same money seen from the quarter in which it came in, so that nobody looks for it there in vain.
    return (own, fact(f"{key}/beside", credited, "for_bill_of_other_quarter", False))


def _prepaid(case: Case) -> Sequence[Fact]:
    prepaid = int(case.doc.get("prepaid_fen") or 0)
    if prepaid == 0:
        return ()
    return (
        Fact(
            indicator=CODE,
            subject=f"prepaid/{case.subject}",
            numerator=prepaid,
            denominator=0,
            on=local_date(case.doc["value_date"], case.zone),
            verdict="prepayment",
            counted=False,
            link=f"/billing/v1/payments/{case.subject}",
            detail={"unit_id": case.doc.get("unit_id"), "amount_fen": prepaid},
        ),
    )


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
