"""Payments, what they paid, what was paid in advance, and the double-entry ledger under all of it."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    Uuid,
    text,
)

from services.billing.models.base import metadata
from shared.db.tables import entity_table, log_table

# The unit's account: whoever moves money of a unit locks this row first, so that two payments at once
# cannot pay the same bill. The sums are the ledger's, kept here to be read without adding it up.
accounts = entity_table(
    "accounts",
    metadata,
    Column("unit_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("receivable_fen", BigInteger, nullable=False),
    Column("prepaid_fen", BigInteger, nullable=False),
    CheckConstraint("receivable_fen >= 0 AND prepaid_fen >= 0", name="not_negative"),
    UniqueConstraint("org_id", "unit_id"),
)

payments = entity_table(
    "payments",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),  # the unit the money is booked to
    Column("payer_id", Uuid, nullable=True),
    Column("method", String(40), nullable=False),
    Column("reference", String(120), nullable=True),
    Column("amount_fen", BigInteger, nullable=False),
    Column("prepaid_fen", BigInteger, nullable=False),  # left beside the bills when it came in
    Column("value_date", Date, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("digest", String(64), nullable=False),  # what was asked, to tell a repeat from a clash
    UniqueConstraint("org_id", "method", "reference"),
    Index("ix_payments_unit", "org_id", "unit_id"),
    Index("ix_payments_community", "org_id", "community_id", "value_date"),
    # Whose payments they are: asked by lists, and when two people of the register turn out to be one.
    Index("ix_payments_payer", "org_id", "payer_id", postgresql_where=text("payer_id IS NOT NULL")),
)

prepayments = entity_table(
    "prepayments",
    metadata,
    Column("unit_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("payment_id", Uuid, nullable=False),
    Column("value_date", Date, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("open_fen", BigInteger, nullable=False),
    CheckConstraint("open_fen >= 0", name="not_overspent"),
    Index("ix_prepayments_open", "org_id", "unit_id", postgresql_where=text("open_fen > 0")),
    ForeignKeyConstraint(["org_id", "payment_id"], [payments.c.org_id, payments.c.id]),
)

# Money on bills. The bill's and the payment's facts stand in the row, so that a collection rate is one
# grouped scan of an index.
allocations = log_table(
    "allocations",
    metadata,
    Column("payment_id", Uuid, nullable=False),
    Column("bill_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("fee_kind", String(40), nullable=False),
    Column("due_date", Date, nullable=False),
    Column("value_date", Date, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Index("ix_allocations_bill", "org_id", "bill_id"),
    Index("ix_allocations_payment", "org_id", "payment_id"),
    Index("ix_allocations_due", "org_id", "community_id", "fee_kind", "due_date"),
)

postings = log_table(
    "postings",
    metadata,
    Column("act_id", Uuid, nullable=False),  # the bill, payment or prepayment use; sums to zero
    Column("act", String(20), nullable=False),
    Column("ledger", String(20), nullable=False),
    Column("detail", String(40), nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("bill_id", Uuid, nullable=True),
    Column("amount_fen", BigInteger, nullable=False),  # debit positive, credit negative
    Column("booked_on", Date, nullable=False),
    Index("ix_postings_unit", "org_id", "unit_id", "ledger"),
    Index("ix_postings_act", "org_id", "act_id"),
)
