"""Every table of billing that names or describes a person, and why the others are none of theirs.

Billing knows people as ids; what it says of them is in the words that clerks wrote while collecting.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.billing.debits.personal import HOLDER as DEBITS
from services.billing.models import (
    bills,
    credits,
    metadata,
    payment_orders,
    payments,
    receipts,
    ref_relations,
    refunds,
    service_slips,
)
from services.billing.personal.collecting import HOLDER as COLLECTING
from shared.personal import Held, Holder, of_tables
from shared.personal.trail import SPINE_NOT_HELD, keys_holder

_BILLS = Held(bills, ("payer_id",))
_PAYMENTS = Held(payments, ("payer_id",))

BOOKS: Final = of_tables(
    "books",
    _BILLS,
    Held(credits, key="bill_id", via=_BILLS),
    Held(service_slips, ("payer_id",)),
    _PAYMENTS,
    Held(payment_orders, ("payer_id",)),
    Held(refunds, key="payment_id", via=_PAYMENTS),
    Held(receipts, key="payment_id", via=_PAYMENTS),
    kept_zh="账单、缴费、收据及减免退款的凭据仅以编号保留：会计档案须依法保存",
    kept_en="Bills, payments, receipts, waivers and refunds stay under the id alone: the law has accounts kept",
)

RELATIONS: Final = of_tables(
    "relations",
    Held(ref_relations, ("person_id",)),
    kept_zh="人房关系的起止日期仅以编号保留：已出账单以此为据",
    kept_en="The dates of relations stay under the id alone: bills that were issued rest on them",
)

HOLDERS: Final[tuple[Holder, ...]] = (COLLECTING, DEBITS, BOOKS, RELATIONS, keys_holder(metadata))

#: Where a merged person is named by the survivor from then on, in this order: bills are found by relations.
FOLLOWED: Final = (
    (bills, "payer_id"),
    (payments, "payer_id"),
    (payment_orders, "payer_id"),
    (service_slips, "payer_id"),
    (ref_relations, "person_id"),
)

#: Other columns that name a person, and how each follows a merge.
FOLLOW_OTHERWISE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "debit_mandates": "sealed anew under the survivor's key; of two live ones of a unit one ends",
        "dunning_cases": "the open one follows, two of a unit become one; settled ones are history and stay",
        "dunning_steps": "those that wait follow with their case; what was done stays under whom it was done to",
        "audit": "what was recorded stays as it was",
        "person_keys": "a key is nobody else's",
    }
)

_EMPLOYEES: Final = "employees at work: who asked, decided or entered it, and why, about the company's money"

#: Tables with a column that could name a person and holds none of a resident's data: why.
NOT_HELD: Final[Mapping[str, str]] = MappingProxyType(
    {
        **SPINE_NOT_HELD,
        "approvals": _EMPLOYEES,
        "approval_entries": _EMPLOYEES,
        "billing_runs": "the employee who started the run",
        "cash_shifts": "employees at work: who held the till, who took it over, and how its count differed",
        "charge_standards": "the name is that of a fee",
        "deposit_returns": "the number of a bank transfer; whose it was, the bill says",
        "dunning_plans": "employees at work: who asked for the month's plan and who confirmed it",
        "late_fee_runs": "the employee who started the run",
        "late_fee_holds": "why a bill bears no late fee for a time, of a bill and not of a person",
        "opening_imports": _EMPLOYEES,
        "payment_corrections": _EMPLOYEES,
        "postings": "the detail is a code of the ledger",
        "reconciliations": "statements of a day by reference and amount, and the employee who closed it",
        "shared_costs": "a cost that all units share, with a word on what it was",
        "vacancies": "that a unit stands empty and why; a matter of the unit",
    }
)
