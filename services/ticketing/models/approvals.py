"""Approvals in ticketing: the tables of the shared mechanism in this service's schema."""

from services.ticketing.models.base import metadata
from shared.approvals.tables import approval_tables

APPROVALS = approval_tables(metadata)
approvals, approval_entries, approval_ladders = APPROVALS.requests, APPROVALS.entries, APPROVALS.ladders
