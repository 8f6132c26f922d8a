"""Billing's tables; one file per family, all on one metadata with the spine's own tables."""

from services.billing.models.base import metadata
from services.billing.models.bills import bill_balances, bill_lines, billing_runs, bills
from services.billing.models.collection import collection_closes
from services.billing.models.money import accounts, allocations, payments, postings, prepayments
from services.billing.models.orders import callbacks, payment_orders
from services.billing.models.payment_corrections import payment_corrections, receipts, refunds
from services.billing.models.reconciliation import reconciliations
from services.billing.models.register import ref_communities, ref_relations, ref_units
from services.billing.models.standards import charge_standards, standard_versions

__all__ = [
    "accounts",
    "allocations",
    "bill_balances",
    "bill_lines",
    "billing_runs",
    "bills",
    "callbacks",
    "charge_standards",
    "collection_closes",
    "metadata",
    "payment_corrections",
    "payment_orders",
    "payments",
    "postings",
    "prepayments",
    "receipts",
    "reconciliations",
    "ref_communities",
    "ref_relations",
    "ref_units",
    "refunds",
    "standard_versions",
]
