"""Notify's tables, one file per family."""

from services.notify.models.accounts import accounts, permits, robots
from services.notify.models.base import metadata
from services.notify.models.campaigns import APPROVALS, approval_entries, approval_ladders, approvals, campaigns
from services.notify.models.messages import attempts, deliveries, inbox, messages, receipts
from services.notify.models.register import contacts, ref_communities, ref_relations, ref_staff, ref_tickets, ref_units
from services.notify.models.restraint import household_tells, preferences
from services.notify.models.templates import provider_templates
from services.notify.models.webhooks import webhook_attempts, webhook_deliveries, webhooks

__all__ = [
    "APPROVALS",
    "accounts",
    "approval_entries",
    "approval_ladders",
    "approvals",
    "attempts",
    "campaigns",
    "contacts",
    "deliveries",
    "household_tells",
    "inbox",
    "messages",
    "metadata",
    "permits",
    "preferences",
    "provider_templates",
    "receipts",
    "ref_communities",
    "ref_relations",
    "ref_staff",
    "ref_tickets",
    "ref_units",
    "robots",
    "webhook_attempts",
    "webhook_deliveries",
    "webhooks",
]
