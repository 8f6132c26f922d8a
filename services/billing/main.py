"""Billing's API process: routers, nothing else."""

from __future__ import annotations

from fastapi import FastAPI

from services.billing import access, residents
from services.billing.accounts.router import router as accounts
from services.billing.approvals.router import router as approvals
from services.billing.bills.router import router as bills
from services.billing.cash.router import router as cash_shifts
from services.billing.collection.router import router as collection_rates
from services.billing.corrections.router import router as corrections
from services.billing.costs.router import router as shared_costs
from services.billing.credits.router import router as credits
from services.billing.debits.router import router as direct_debits
from services.billing.deposits.router import router as deposits
from services.billing.dunning.router import router as dunning
from services.billing.exports.router import router as exports
from services.billing.holds.router import router as dunning_holds
from services.billing.latefees.router import router as late_fees
from services.billing.legal.router import router as legal_packets
from services.billing.meters.router import router as meters
from services.billing.notices.router import router as dunning_notices
from services.billing.openings.router import router as opening_imports
from services.billing.orders.callbacks import router as payment_callbacks
from services.billing.orders.router import router as payment_orders
from services.billing.papers.router import router as papers
from services.billing.payments.router import router as payments
from services.billing.personal.registry import HOLDERS
from services.billing.proofs.router import router as notice_proofs
from services.billing.rates.router import router as rates
from services.billing.receipts.router import router as receipts
from services.billing.reconciliation.router import router as reconciliations
from services.billing.refunds.router import router as refunds
from services.billing.runs.router import router as billing_runs
from services.billing.settings import Settings
from services.billing.slips.router import router as service_slips
from services.billing.spaces.router import router as spaces
from services.billing.standards.router import fee_rules
from services.billing.standards.router import router as charge_standards
from services.billing.vacancies.router import router as vacancies
from services.billing.worker import SERVICE
from shared.http.app import build_app
from shared.personal.router import personal_router
from shared.settings import load


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application, with settings from the environment unless given."""
    return build_app(
        SERVICE,
        settings or load(Settings, "billing"),
        routers=[
            charge_standards,
            fee_rules,
            meters,
            spaces,
            shared_costs,
            billing_runs,
            bills,
            late_fees,
            credits,
            vacancies,
            approvals,
            service_slips,
            deposits,
            *(payments, payment_orders, payment_callbacks, corrections, refunds, receipts, reconciliations),
            *(cash_shifts, direct_debits, opening_imports),
            accounts,
            *(collection_rates, rates, papers, exports),
            *(dunning, dunning_holds, dunning_notices, notice_proofs, legal_packets),
            personal_router(HOLDERS),
        ],
        communities_of=access.communities_of,
        residence_of=residents.since_when,
        strangers_of=residents.before_them,
    )
