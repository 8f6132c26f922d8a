"""Billing: charge standards, billing runs, bills, payments, the ledger and the collection rate."""
