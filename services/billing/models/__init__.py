"""Billing's tables; one file per family, all on one metadata with the spine's own tables."""

from services.billing.models.base import metadata
from services.billing.models.bills import bill_balances, bill_lines, billing_runs, bills
from services.billing.models.collection import collection_closes
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
from services.billing.models.register import ref_communities, ref_relations, ref_units
from services.billing.models.standards import charge_standards, standard_versions

__all__ = [
    "accounts",
    "allocations",
    "bill_balances",
    "bill_lines",
    "billing_runs",
    "bills",
    "charge_standards",
    "collection_closes",
    "dunning_cases",
    "dunning_contacts",
    "dunning_holds",
    "dunning_notices",
    "dunning_plans",
    "dunning_policies",
    "dunning_steps",
    "legal_packets",
    "metadata",
    "payments",
    "postings",
    "prepayments",
    "ref_communities",
    "ref_relations",
    "ref_units",
    "standard_versions",
]
