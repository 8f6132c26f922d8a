"""What corrects, adds to and follows issued bills, which never change: credits, slips, deposits, late fees."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)

from services.billing.models.base import metadata
from services.billing.models.bills import bills
from shared.approvals.tables import approval_tables
from shared.db.tables import UtcDateTime, entity_table, log_table

APPROVALS = approval_tables(metadata)
approvals = APPROVALS.requests

credits = entity_table(
    "credits",
    metadata,
    Column("number", String(40), nullable=False),
    Column("kind", String(10), nullable=False),  # credit: it was charged wrongly; waiver: rightly, and let go
    Column("bill_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(10), nullable=False),  # pending, applied, refused
    Column("effective_on", Date, nullable=False),  # the day it counts from, which moves late fees
    Column("applied_at", UtcDateTime, nullable=True),
    UniqueConstraint("org_id", "number"),
    Index("ix_credits_bill", "org_id", "bill_id"),
    ForeignKeyConstraint(["org_id", "bill_id"], [bills.c.org_id, bills.c.id]),
)

service_slips = entity_table(
    "service_slips",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("payer_id", Uuid, nullable=True),
    Column("number", String(60), nullable=False),  # of the paper
    Column("service", String(200), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("served_on", Date, nullable=False),
    Column("posted_at", UtcDateTime, nullable=False),
    Column("run_at", UtcDateTime, nullable=False),  # the deduction run it has to be posted before
    Column("bill_id", Uuid, nullable=False),
    Column("ticket_id", Uuid, nullable=True),
    Column("voided_at", UtcDateTime, nullable=True),  # it changed or was made void, and its bill is credited
    UniqueConstraint("org_id", "community_id", "number"),
    Index("ix_service_slips_unit", "org_id", "unit_id"),
    ForeignKeyConstraint(["org_id", "bill_id"], [bills.c.org_id, bills.c.id]),
)

deposit_returns = entity_table(
    "deposit_returns",
    metadata,
    Column("bill_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("method", String(40), nullable=False),
    Column("reference", String(120), nullable=True),
    Column("returned_on", Date, nullable=False),
    Index("ix_deposit_returns_bill", "org_id", "bill_id"),
    ForeignKeyConstraint(["org_id", "bill_id"], [bills.c.org_id, bills.c.id]),
)

# Only ever added to: what changes the facts of the past is answered by an entry that takes the old one back.
late_fee_entries = log_table(
    "late_fee_entries",
    metadata,
    Column("bill_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("principal_fen", BigInteger, nullable=False),
    Column("rate", Numeric(9, 7), nullable=False),  # of the principal, per day
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("days", Integer, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),  # negative: takes an earlier entry back
    Column("computed_at", UtcDateTime, nullable=False),
    Index("ix_late_fee_entries_bill", "org_id", "bill_id"),
)

late_fee_holds = entity_table(
    "late_fee_holds",
    metadata,
    Column("bill_id", Uuid, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=True),  # the last day; null while the dispute lasts
    Column("reason", Text, nullable=False),
    Index("ix_late_fee_holds_bill", "org_id", "bill_id"),
    ForeignKeyConstraint(["org_id", "bill_id"], [bills.c.org_id, bills.c.id]),
)
