"""Notify's tables, one file per family."""

from services.notify.models.accounts import accounts, permits, robots
from services.notify.models.base import metadata
from services.notify.models.by_hand import hand_tasks
from services.notify.models.campaigns import APPROVALS, approval_entries, approval_ladders, approvals, campaigns
from services.notify.models.messages import attempts, deliveries, inbox, messages, receipts
from services.notify.models.register import contacts, ref_communities, ref_relations, ref_staff, ref_tickets, ref_units
from services.notify.models.restraint import channel_routes, household_tells, preferences
from services.notify.models.templates import own_templates, provider_templates, template_versions
from services.notify.models.webhooks import webhook_attempts, webhook_deliveries, webhooks

__all__ = [
    "APPROVALS",
    "accounts",
    "approval_entries",
    "approval_ladders",
    "approvals",
    "attempts",
    "campaigns",
    "channel_routes",
    "contacts",
    "deliveries",
    "hand_tasks",
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
    "own_templates",
    "template_versions",
    "webhook_attempts",
    "webhook_deliveries",
    "webhooks",
]
