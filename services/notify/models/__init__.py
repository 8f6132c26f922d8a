"""Notify's tables, one file per family."""

from services.notify.models.base import metadata
from services.notify.models.messages import attempts, deliveries, inbox, messages
from services.notify.models.register import contacts, ref_communities, ref_relations, ref_tickets, ref_units

__all__ = [
    "attempts",
    "contacts",
    "deliveries",
    "inbox",
    "messages",
    "metadata",
    "ref_communities",
    "ref_relations",
    "ref_tickets",
    "ref_units",
]
