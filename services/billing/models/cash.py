"""Cash: who had a drawer open, what went through it, and into whose hands it came."""

from sqlalchemy import (
    BigInteger,
    Boolean,
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
from shared.db.tables import UtcDateTime, entity_table, plain_table

cash_shifts = entity_table(
    "cash_shifts",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("cashier_id", Uuid, nullable=False),
    Column("number", String(40), nullable=False),
    Column("state", String(10), nullable=False),  # open, closed, offered, received
    Column("opened_at", UtcDateTime, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("by_first_cash", Boolean, nullable=False),  # nobody counted the drawer before the first money
    Column("float_fen", BigInteger, nullable=False),  # in the drawer when it was opened
    Column("carried_fen", BigInteger, nullable=False),  # of the float: takings of earlier shifts, still to be settled
    Column("nights", Integer, nullable=False),  # midnights it was left open over
    Column("closed_at", UtcDateTime, nullable=True),
    Column("closed_by", Uuid, nullable=True),
    Column("expected_fen", BigInteger, nullable=True),  # by the books, at the close
    Column("counted_fen", BigInteger, nullable=True),
    Column("count", JSONB, nullable=True),  # [{value_fen, pieces}]
    Column("difference_reason", Text, nullable=True),
    Column("offered_to", String(10), nullable=True),  # cashier, finance, bank
    Column("offered_fen", BigInteger, nullable=True),
    Column("offered_at", UtcDateTime, nullable=True),
    Column("offered_by", Uuid, nullable=True),
    Column("reference", String(120), nullable=True),  # the bank's number of a deposit
    Column("refusal", Text, nullable=True),
    Column("received_at", UtcDateTime, nullable=True),
    Column("received_by", Uuid, nullable=True),
    Column("successor_id", Uuid, nullable=True),  # the shift whose float it became
    Column("settle_due_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime, nullable=True),
    Column("missed_at", UtcDateTime, nullable=True),
    UniqueConstraint("org_id", "number"),
    Index(
        "ux_cash_shifts_open",
        "org_id",
        "community_id",
        "cashier_id",
        unique=True,
        postgresql_where=text("state = 'open'"),
    ),
    Index("ix_cash_shifts_day", "org_id", "community_id", "opened_on"),
    Index("ix_cash_shifts_successor", "org_id", "successor_id", postgresql_where=text("successor_id IS NOT NULL")),
)

# One row for each act that moved cash; its key is the act's, so that nothing goes through a drawer twice.
cash_entries = plain_table(
    "cash_entries",
    metadata,
    Column("act_id", Uuid, nullable=False),  # payment, correction, refund or return of a deposit
    Column("shift_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),  # negative: out of the drawer
    Column("at", UtcDateTime, nullable=False),
    Column("after_close", Boolean, nullable=False),  # it changed the books and no count
    Index("ix_cash_entries_shift", "org_id", "shift_id"),
    ForeignKeyConstraint(["org_id", "shift_id"], [cash_shifts.c.org_id, cash_shifts.c.id]),
    key=("org_id", "act_id"),
)

# The id is the community's.
cash_policies = entity_table(
    "cash_policies",
    metadata,
    Column("settle_days", Integer, nullable=False),
    Column("opening_by_hand", Boolean, nullable=False),
)
