"""Webhooks of integrators: subscriptions, what was brought or is to be brought to each, and every attempt.

Bodies are events as the change feed has them: without personal data. The log keeps thirty days.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.notify.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table, plain_table

webhooks = entity_table(
    "webhooks",
    metadata,
    Column("owner_id", Uuid, nullable=False),  # who made it, and hears when it is switched off
    Column("name", String(100), nullable=False),
    Column("url", String(2000), nullable=False),
    Column("events", ARRAY(String(80)), nullable=False),  # types, or *
    Column("scope", ARRAY(Uuid), nullable=False),  # communities and org units; empty: the whole organisation
    Column("enabled", Boolean, nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("disabled_for", String(20)),  # owner, failures, gone
    Column("secret", LargeBinary, nullable=False),  # sealed under the installation's master key
    Column("previous_secret", LargeBinary),
    Column("previous_until", UtcDateTime),  # wall time: until then both secrets sign
    Column("ended_at", UtcDateTime),
    Index("ix_webhooks_owner", "org_id", "owner_id"),
)

webhook_deliveries = entity_table(
    "webhook_deliveries",
    metadata,
    Column("webhook_id", Uuid, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("event_type", String(80), nullable=False),
    Column("body", Text, nullable=False),  # what is signed, to the byte
    Column("state", String(20), nullable=False),  # domain/webhooks.py
    Column("attempts", SmallInteger, nullable=False),
    Column("next_at", UtcDateTime),  # wall time, while waiting
    Column("last_status", SmallInteger),
    ForeignKeyConstraint(["org_id", "webhook_id"], [webhooks.c.org_id, webhooks.c.id], name="fk_webhook_deliveries"),
    UniqueConstraint("org_id", "webhook_id", "event_id", name="uq_webhook_deliveries_once"),
    Index("ix_webhook_deliveries_log", "org_id", "webhook_id", "id"),
)

webhook_attempts = plain_table(  # no log table: it is emptied with its deliveries
    "webhook_attempts",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("delivery_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),  # wall time, as is ended_at
    Column("ended_at", UtcDateTime, nullable=False),
    Column("answer", String(20), nullable=False),
    Column("status", SmallInteger),
    Column("detail", String(80)),
    Column("address", String(64)),  # the address it went to, resolved for this attempt
    Index("ix_webhook_attempts_delivery", "org_id", "delivery_id"),
)
