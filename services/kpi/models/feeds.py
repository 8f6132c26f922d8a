"""The KPI feeds: every change of every row at a gap-free position, the rows as they stand being the live ones."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, LargeBinary, Numeric, String, Text, Uuid

from services.kpi.models.base import metadata
from shared.db.tables import UtcDateTime, plain_table

feed_changes = plain_table(
    "feed_changes",
    metadata,
    Column("feed", String(20), nullable=False),  # indicators, scorecards, cases
    Column("position", BigInteger, nullable=False),
    Column("key", String(500, collation="C"), nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("from_on", Date, nullable=False),  # the local dates that the row speaks of, both included
    Column("until_on", Date, nullable=False),
    Column("live", Boolean, nullable=False),  # the last change of its key
    Column("deleted", Boolean, nullable=False),  # a tombstone
    Column("doc", Text, nullable=False),  # the JSON as it goes out, to the byte: what the manifest's hash covers
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of doc
    Column("meaning", LargeBinary, nullable=False),  # of doc without its times: what is unchanged is not told again
    Column("numerator", Numeric, nullable=False),
    Column("denominator", Numeric, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Index("ix_feed_changes_live", "org_id", "feed", "key", unique=True, postgresql_where="live"),
    Index("ix_feed_changes_dead", "org_id", "written_at", postgresql_where="NOT live OR deleted"),
    key=("org_id", "feed", "position"),
)

# Below the floor changes were cleared away: whoever stands there starts anew.
feed_floors = plain_table(
    "feed_floors",
    metadata,
    Column("feed", String(20), nullable=False),
    Column("floor", BigInteger, nullable=False),
    key=("org_id", "feed"),
)
