"""Cases folded from events, every version of every fact judged from them, and the version that stands."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, Numeric, String, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from services.kpi.models.base import metadata
from shared.db.tables import UtcDateTime, log_table, plain_table

# Counts, marks and fen are whole; observations may carry decimals.
SHARE = Numeric(24, 6)

cases = plain_table(
    "cases",
    metadata,
    Column("family", String(40), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("community_id", Uuid),
    Column("doc", JSONB, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("last_on", Date),  # no fact of it is of a later day; null in rows from before there was this column
    # Cases that a period may speak of, without those that were done with years before.
    Index("ix_cases_last", "org_id", "family", "community_id", "last_on"),
    key=("org_id", "family", "subject"),
)

facts = log_table(
    "facts",
    metadata,
    Column("indicator", String(120), nullable=False),
    Column("indicator_version", Integer, nullable=False),
    Column("subject", String(200), nullable=False),
    Column("community_id", Uuid),
    Column("numerator", SHARE, nullable=False),
    Column("denominator", SHARE, nullable=False),
    Column("on_date", Date, nullable=False),  # decides the period
    Column("verdict", String(60), nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("at", UtcDateTime),
    Column("decided_at", UtcDateTime),
    Column("group_key", String(120)),
    Column("since", Date),
    Column("until", Date),
    Column("who", Uuid),
    Column("link", String(200)),
    Column("detail", JSONB, nullable=False),
    Column(
        "recorded_at", UtcDateTime, nullable=False
    ),  # when the source recorded what changed it: "as of" asks by this
    Index("ix_facts_history", "org_id", "indicator", "community_id", "recorded_at"),
)

facts_current = plain_table(
    "facts_current",
    metadata,
    Column("indicator", String(120), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("fact_id", Uuid, nullable=False),
    Column("community_id", Uuid),
    Column("numerator", SHARE, nullable=False),
    Column("denominator", SHARE, nullable=False),
    Column("on_date", Date, nullable=False),
    Column("verdict", String(60), nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("at", UtcDateTime),
    Column("decided_at", UtcDateTime),
    Column("group_key", String(120)),
    Column("since", Date),
    Column("until", Date),
    Index("ix_facts_current_period", "org_id", "community_id", "indicator", "on_date"),
    # Checks of a register's files, file by file: summed from the index alone (AMB-113).
    Index(
        "ix_facts_current_last",
        "org_id",
        "indicator",
        "group_key",
        "on_date",
        postgresql_include=["community_id", "numerator", "verdict", "at", "since"],
        postgresql_where=text("group_key IS NOT NULL"),
    ),
    # What came on a register before a period and stays there: few, beside all that was checked since (AMB-113).
    Index(
        "ix_facts_current_listed",
        "org_id",
        "community_id",
        "indicator",
        "on_date",
        postgresql_where=text("verdict = 'never_checked'"),
    ),
    # What was still open on a day: found before a period, it is read by when it was done, not by when it was found.
    Index(
        "ix_facts_current_open",
        "org_id",
        "community_id",
        "indicator",
        "until",
        postgresql_where=text("until IS NOT NULL"),
    ),
    key=("org_id", "indicator", "subject"),
)
