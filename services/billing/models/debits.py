"""Direct debit (托收): mandates, files of collections to the bank, and what the bank answered line by line."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.billing.models.base import metadata
from services.billing.models.bills import bills
from shared.db.tables import UtcDateTime, entity_table, plain_table

debit_mandates = entity_table(
    "debit_mandates",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("payer_id", Uuid, nullable=False),
    Column("number", String(40), nullable=False),
    Column("state", String(10), nullable=False),  # active, declined, ended
    Column("bank", String(100), nullable=True),
    Column("account_mask", String(40), nullable=True),
    Column("sealed", LargeBinary, nullable=True),  # account and holder, under the payer's key
    Column("fee_kinds", ARRAY(String(40)), nullable=False),  # empty: all but deposits
    Column("since", Date, nullable=False),
    Column("ended_on", Date, nullable=True),
    Column("note", Text, nullable=True),
    UniqueConstraint("org_id", "number"),
    Index(
        "ux_debit_mandates_live",
        "org_id",
        "unit_id",
        "payer_id",
        unique=True,
        postgresql_where=text("state <> 'ended'"),
    ),
    Index("ix_debit_mandates_community", "org_id", "community_id", "state"),
)

debit_runs = entity_table(
    "debit_runs",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("number", String(40), nullable=False),
    Column("state", String(10), nullable=False),  # sent, answered, done
    Column("collect_on", Date, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("differences", JSONB, nullable=False),  # [{kind, line, ours, theirs}]
    Column("answered_at", UtcDateTime, nullable=True),
    UniqueConstraint("org_id", "number"),
    Index("ix_debit_runs_community", "org_id", "community_id"),
)

debit_lines = plain_table(
    "debit_lines",
    metadata,
    Column("run_id", Uuid, nullable=False),
    Column("line", Integer, nullable=False),
    Column("mandate_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("bills", JSONB, nullable=False),  # [{bill_id, fen}]
    Column("state", String(10), nullable=False),  # sent, accepted, refused, booked
    Column("code", String(20), nullable=True),  # why it was refused
    Column("value_on", Date, nullable=True),
    Column("reference", String(120), nullable=True),
    Column("payment_id", Uuid, nullable=True),
    ForeignKeyConstraint(["org_id", "run_id"], [debit_runs.c.org_id, debit_runs.c.id]),
    ForeignKeyConstraint(["org_id", "mandate_id"], [debit_mandates.c.org_id, debit_mandates.c.id]),
    key=("org_id", "run_id", "line"),
)

# A bill is with the bank while it stands here, so that no second file collects it.
debit_claims = plain_table(
    "debit_claims",
    metadata,
    Column("bill_id", Uuid, nullable=False),
    Column("run_id", Uuid, nullable=False),
    Column("line", Integer, nullable=False),
    Index("ix_debit_claims_line", "org_id", "run_id", "line"),
    ForeignKeyConstraint(["org_id", "bill_id"], [bills.c.org_id, bills.c.id]),
    key=("org_id", "bill_id"),
)
