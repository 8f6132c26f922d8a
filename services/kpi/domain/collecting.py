"""What a collection rate is made of: bills by their due date, and the money allocated to them in time.

As the dictionary of rates has it (billing, `current.amount`): a bill counts as it should have been (what was charged
wrongly and credited is taken off, a waiver is not), money by the day it was credited or, where the letter says so, paid
(AMB-114). Indicators differ in the letter's period, after whose last day money is too late.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from services.kpi.domain.facts import Case, Fact
from services.kpi.domain.times import local_date, midnight_after

FEE_KIND = "property"


@dataclass(frozen=True, slots=True)
class Span:
    """The period of a letter: its last day from any day in it, and what money is called that fell out of it.

    ``running``: values of shorter periods within are asked for too, and take only what had come in by their own end.
    """

    last_day: Callable[[date], date]
    too_late: str
    other: str
    running: bool = False


def collected(code: str, case: Case, parameters: Mapping[str, str], span: Span) -> Sequence[Fact]:
    """The bill is the denominator; each allocation a numerator, if it came in by the last day 24:00 of its period.

    Money that does not count is listed beside with its reason: too late, in this period for a bill of another one, or
    not allocated at all. Under `collection_reading: literal` all property-fee money counts where it came in.
    """
    if case.family == "payment":
        return _prepaid(code, case)
    doc = case.doc
    if doc.get("fee_kind", FEE_KIND) != FEE_KIND:
        return ()
    due = local_date(doc["due_date"], case.zone)
    facts = [_due(code, case, due)] if doc.get("amount_fen") is not None else []
    literal = parameters.get("collection_reading") == "literal"
    paid = parameters["cash_basis"] == "paid"
    for place, allocation in enumerate(doc.get("allocations") or ()):
        basis = (allocation.get("paid_on") if paid else None) or allocation["value_date"]
        facts.extend(
            _allocated(
                code,
                case.subject,
                str(allocation.get("allocation_id", place)),
                due,
                local_date(basis, case.zone),
                int(allocation["amount_fen"]),
                doc.get("unit_id"),
                allocation.get("payment_id"),
                span,
                literal,
                case.zone,
            )
        )
    return facts


def _due(code: str, case: Case, due: date) -> Fact:
    doc = case.doc
    wrong = sum(int(credit["amount_fen"]) for credit in doc.get("credits") or () if credit["kind"] == "credit")
    detail: dict[str, Any] = {name: doc.get(name) for name in ("number", "unit_id", "period")}
    return Fact(
        indicator=code,
        subject=case.subject,
        numerator=0,
        denominator=int(doc["amount_fen"]) - wrong,
        on=due,
        verdict="due",
        link=f"/billing/v1/bills/{case.subject}",
        detail={**detail, "credited_fen": wrong} if wrong else detail,
    )


@lru_cache(1024)  # a bill paid in many parts is judged before and after each: only the new part is judged anew
def _allocated(
    code: str,
    bill: str,
    name: str,
    due: date,
    credited: date,
    fen: int,
    unit: str | None,
    payment: str | None,
    span: Span,
    literal: bool,
    zone: tzinfo,
) -> Sequence[Fact]:
    detail = {
        "bill_id": bill,
        "unit_id": unit,
        "payment_id": payment,
        "value_date": credited.isoformat(),
        "amount_fen": fen,
    }
    last, came = span.last_day(due), span.last_day(credited)
    in_time = credited <= last
    # The day counts with its last minute: what is known when it begins is known before any period that holds it ends.
    known = midnight_after(credited - timedelta(days=1), zone) if span.running and in_time else None

    def fact(subject: str, on: date, verdict: str, counted: bool) -> Fact:
        return Fact(
            indicator=code,
            subject=subject,
            numerator=fen,
            denominator=0,
            on=on,
            verdict=verdict,
            counted=counted,
            decided_at=known,
            link=f"/billing/v1/bills/{bill}",
            detail=detail,
        )

    key = f"{bill}/{name}"
    if literal:
        return (fact(key, credited, "collected", True),)
    own = fact(key, due, "collected" if in_time else span.too_late, in_time)
    if came == last:
        return (own,)
    # The same money seen from the period in which it came in, so that nobody looks for it there in vain.
    return (own, fact(f"{key}/beside", credited, span.other, False))


def _prepaid(code: str, case: Case) -> Sequence[Fact]:
    prepaid = int(case.doc.get("prepaid_fen") or 0)
    if prepaid == 0:
        return ()
    return (
        Fact(
            indicator=code,
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
