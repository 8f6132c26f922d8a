"""What was undone, given back and receipted. Payments themselves are never changed."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.billing.models.base import metadata
from services.billing.models.money import payments
from shared.db.tables import UtcDateTime, entity_table


def _of_payment() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["org_id", "payment_id"], [payments.c.org_id, payments.c.id])


payment_corrections = entity_table(
    "payment_corrections",
    metadata,
    Column("payment_id", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),  # what still stood of the payment
    Column("reason", Text, nullable=False),
    Column("corrected_by", Uuid, nullable=True),
    Column("new_payment_id", Uuid, nullable=True),  # of a move
    UniqueConstraint("org_id", "payment_id"),  # a payment is undone once
    UniqueConstraint("org_id", "new_payment_id"),
    _of_payment(),
)

refunds = entity_table(
    "refunds",
    metadata,
    Column("payment_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("asked_by", Uuid, nullable=False),
    Column("decided_by", Uuid, nullable=True),
    Column("decided_at", UtcDateTime, nullable=True),
    Column("decision", Text, nullable=True),
    Column("method", String(40), nullable=True),  # how it goes out
    Column("order_id", Uuid, nullable=True),  # of the trade it goes back to, at a provider
    Column("account", String(40), nullable=True),
    Column("asked", Integer, nullable=True),  # how often the provider was asked
    Column("trade", String(64), nullable=True),  # the provider's own number of the refund
    Column("said_fen", BigInteger, nullable=True),  # what the provider gave back, where it differs
    Column("trouble", Text, nullable=True),  # why it failed, or was given up
    Column("reference", String(120), nullable=True),  # the bank's number
    Column("paid_on", Date, nullable=True),
    Column("paid_by", Uuid, nullable=True),
    Index("ix_refunds_paid", "org_id", "community_id", "paid_on", postgresql_where=text("paid_on IS NOT NULL")),
    Index("ix_refunds_payment", "org_id", "payment_id"),
    _of_payment(),
)

receipts = entity_table(
    "receipts",
    metadata,
    Column("payment_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("series", String(20), nullable=False),  # the year; each counts from 1 without a gap
    Column("serial", BigInteger, nullable=False),
    Column("content", JSONB, nullable=False),  # what was printed, as it was known then
    Column("issued_by", Uuid, nullable=True),
    Column("voided_at", UtcDateTime, nullable=True),
    Column("voided_by", Uuid, nullable=True),
    Column("void_reason", Text, nullable=True),
    UniqueConstraint("org_id", "series", "serial"),
    Index("ux_receipts_valid", "org_id", "payment_id", unique=True, postgresql_where=text("voided_at IS NULL")),
    _of_payment(),
)
