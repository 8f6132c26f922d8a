"""Billing runs and what they issue. An issued bill never changes; what is open on it lives beside it."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.billing.models.base import metadata
from services.billing.models.standards import charge_standards, standard_versions
from shared.db.tables import UtcDateTime, entity_table, log_table

billing_runs = entity_table(
    "billing_runs",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("standard_id", Uuid, nullable=False),
    Column("version_id", Uuid, nullable=False),
    Column("period", String(7), nullable=False),
    Column("state", String(20), nullable=False),
    Column("requested_by", Uuid, nullable=True),
    Column("cursor_unit_id", Uuid, nullable=True),  # the last unit decided: where a resumed run goes on
    Column("units", Integer, nullable=False),
    Column("billed", Integer, nullable=False),  # units; a change of payer makes more bills than units
    Column("skipped", JSONB, nullable=False),  # reason -> units
    Column("bills_fen", BigInteger, nullable=False),
    Column("lines_fen", BigInteger, nullable=True),  # the proof: summed from the stored lines at the end
    Column("prepaid_used_fen", BigInteger, nullable=False),
    Column("register_state", String(20), nullable=False),
    Column("register_position", BigInteger, nullable=True),
    Column("register_head", BigInteger, nullable=True),
    Column("finished_at", UtcDateTime, nullable=True),
    Index("ix_billing_runs_standard", "org_id", "standard_id", "period"),
    ForeignKeyConstraint(["org_id", "standard_id"], [charge_standards.c.org_id, charge_standards.c.id]),
    ForeignKeyConstraint(["org_id", "version_id"], [standard_versions.c.org_id, standard_versions.c.id]),
)

bills = entity_table(
    "bills",
    metadata,
    Column("number", String(40), nullable=False),
    Column("run_id", Uuid, nullable=True),  # null: issued by itself, see source
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("payer_id", Uuid, nullable=True),
    Column("standard_id", Uuid, nullable=True),
    Column("version_id", Uuid, nullable=True),
    Column("part", SmallInteger, nullable=False),  # of the payers of a unit that changed hands in the period
    Column("source", String(20), nullable=True),  # supplementary, slip, deposit, late_fee; null: a run
    Column("source_id", Uuid, nullable=True),
    Column("fee_kind", String(40), nullable=False),
    Column("period", String(7), nullable=False),
    Column("due_date", Date, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("issued_at", UtcDateTime, nullable=False),
    UniqueConstraint("org_id", "standard_id", "unit_id", "period", "part"),
    UniqueConstraint("org_id", "number"),
    Index("ix_bills_unit", "org_id", "unit_id", "due_date"),
    Index("ix_bills_community_due", "org_id", "community_id", "fee_kind", "due_date"),
    Index("ix_bills_run", "org_id", "run_id"),
    Index("ix_bills_source", "org_id", "source_id", postgresql_where=text("source_id IS NOT NULL")),
    ForeignKeyConstraint(["org_id", "run_id"], [billing_runs.c.org_id, billing_runs.c.id]),
)

bill_lines = log_table(
    "bill_lines",
    metadata,
    Column("bill_id", Uuid, nullable=False),
    Column("run_id", Uuid, nullable=True),
    Column("rule", String(40), nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("text", JSONB, nullable=False),
    Column("quantity", Numeric(14, 4), nullable=False),
    Column("unit", String(20), nullable=False),
    Column("rate", Numeric(18, 4), nullable=False),  # of any amount that money may have
    Column("months", Integer, nullable=False),
    Column("share", String(60), nullable=False),  # an exact fraction such as 14/28
    Column("amount_fen", BigInteger, nullable=False),
    Index("ix_bill_lines_bill", "org_id", "bill_id"),
    Index("ix_bill_lines_run", "org_id", "run_id"),
)

# The id is the bill's. Only rows with money open on them are searched by payments.
bill_balances = entity_table(
    "bill_balances",
    metadata,
    Column("unit_id", Uuid, nullable=False),
    Column("open_fen", BigInteger, nullable=False),
    Column("credited_fen", BigInteger, nullable=False),
    CheckConstraint("open_fen >= 0", name="not_overpaid"),
    Index("ix_bill_balances_open", "org_id", "unit_id", postgresql_where=text("open_fen > 0")),
    ForeignKeyConstraint(["org_id", "id"], [bills.c.org_id, bills.c.id]),
)
