"""Billing's tables; one file per family, all on one metadata with the spine's own tables."""

from services.billing.models.base import metadata
from services.billing.models.bills import bill_balances, bill_lines, billing_runs, bills
from services.billing.models.cash import cash_entries, cash_policies, cash_shifts
from services.billing.models.charges import (
    cost_parts,
    meter_readings,
    meters,
    shared_costs,
    space_holdings,
    vacancies,
)
from services.billing.models.collection import collection_closes
from services.billing.models.corrections import (
    APPROVALS,
    approvals,
    credits,
    deposit_returns,
    late_fee_entries,
    late_fee_holds,
    late_fee_runs,
    service_slips,
)
from services.billing.models.debits import debit_claims, debit_lines, debit_mandates, debit_runs
from services.billing.models.dunning import (
    dunning_cases,
    dunning_contacts,
    dunning_holds,
    dunning_notices,
    dunning_plans,
    dunning_policies,
    dunning_steps,
    legal_packets,
)
from services.billing.models.money import accounts, allocations, payments, postings, prepayments
from services.billing.models.openings import opening_imports, opening_rows
from services.billing.models.orders import callbacks, payment_orders
from services.billing.models.payment_corrections import payment_corrections, receipts, refunds
from services.billing.models.proofs import notice_proofs
from services.billing.models.reconciliation import reconciliations
from services.billing.models.register import ref_communities, ref_relations, ref_units
from services.billing.models.standards import charge_standards, standard_versions

__all__ = [
    "APPROVALS",
    "accounts",
    "allocations",
    "approvals",
    "bill_balances",
    "bill_lines",
    "billing_runs",
    "bills",
    "callbacks",
    "cash_entries",
    "cash_policies",
    "cash_shifts",
    "charge_standards",
    "collection_closes",
    "debit_claims",
    "debit_lines",
    "debit_mandates",
    "debit_runs",
    "dunning_cases",
    "dunning_contacts",
    "dunning_holds",
    "dunning_notices",
    "dunning_plans",
    "dunning_policies",
    "dunning_steps",
    "legal_packets",
    "cost_parts",
    "credits",
    "deposit_returns",
    "late_fee_entries",
    "late_fee_holds",
    "late_fee_runs",
    "metadata",
    "opening_imports",
    "opening_rows",
    "payment_corrections",
    "payment_orders",
    "notice_proofs",
    "meter_readings",
    "meters",
    "payments",
    "postings",
    "prepayments",
    "receipts",
    "reconciliations",
    "ref_communities",
    "ref_relations",
    "ref_units",
    "refunds",
    "service_slips",
    "shared_costs",
    "space_holdings",
    "standard_versions",
    "vacancies",
]
