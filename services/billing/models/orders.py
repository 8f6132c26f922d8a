"""Payment orders and the inbox of the providers' callbacks. No name, openid or account of a payer is kept."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from services.billing.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table, plain_table

payment_orders = entity_table(
    "payment_orders",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("payer_id", Uuid, nullable=True),  # who asked, where it was a resident
    Column("method", String(40), nullable=False),
    Column("account", String(40), nullable=False),  # the merchant account it is paid into
    Column("amount_fen", BigInteger, nullable=False),
    Column("allocations", JSONB, nullable=False),  # [{bill_id, fen}]; empty: the oldest first
    Column("state", String(20), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("asked", Integer, nullable=False),  # how often the provider was asked
    Column("trade", String(64), nullable=True),  # the provider's own number
    Column("said_fen", BigInteger, nullable=True),  # what the provider took, where it differs
    Column("payment_id", Uuid, nullable=True),
    UniqueConstraint("org_id", "payment_id"),
    Index("ix_payment_orders_unit", "org_id", "unit_id"),
    Index("ix_payment_orders_state", "org_id", "state"),
    Index("ix_payment_orders_payer", "org_id", "payer_id", postgresql_where=text("payer_id IS NOT NULL")),
)

# One row per notification that a provider signed; its key is what makes three deliveries one.
callbacks = plain_table(
    "callbacks",
    metadata,
    Column("account", String(40), nullable=False),
    Column("notification", String(128), nullable=False),
    Column("order_id", Uuid, nullable=False),
    Column("trade", String(64), nullable=True),
    Column("said", String(20), nullable=False),
    Column("amount_fen", BigInteger, nullable=True),
    Column("verdict", String(20), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Index("ix_callbacks_order", "org_id", "order_id"),
    key=("org_id", "account", "notification"),
)
