"""Who acts in whose place, what other departments and the company looked into, and who opened which originals."""

from sqlalchemy import BigInteger, Column, Date, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.kpi.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table, log_table, plain_table

# Written by whoever lends: nobody acts in somebody's place on their own word.
delegations = plain_table(
    "delegations",
    metadata,
    Column("about_id", Uuid, nullable=False),  # a review or a letter
    Column("place", String(20), nullable=False),  # its column, or the number of its place to sign
    Column("lent_by", Uuid, nullable=False),
    Column("lent_to", Uuid, nullable=False),
    Column("grounds", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    key=("org_id", "about_id", "place", "lent_by", "lent_to"),
)

inspections = entity_table(
    "inspections",
    metadata,
    Column("kind", String(20), nullable=False),  # supervision, investigation
    Column("community_id", Uuid, nullable=False),
    Column("subject_id", Uuid, nullable=False),  # the responsible person
    Column("department", String(80), nullable=False),  # that checks or investigates
    Column("title", String(200), nullable=False),
    Column("on_date", Date, nullable=False),
    Column("state", String(10), nullable=False),  # open, accepted, concluded
    Column("opened_by", Uuid, nullable=False),
    Column("closed_by", Uuid),
    Column("closed_at", UtcDateTime),
    Index("ix_inspections_community", "org_id", "community_id"),
)

# The case file: nothing of it is ever changed.
inspection_entries = log_table(
    "inspection_entries",
    metadata,
    Column("inspection_id", Uuid, nullable=False),
    Column("text", Text, nullable=False),
    Column("file_ids", ARRAY(Uuid), nullable=False),
    Column("written_by", Uuid, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Index("ix_inspection_entries_inspection", "org_id", "inspection_id", "id"),
)

# Numbered without a gap, and each under the hash of the one before: one taken out or changed is found.
original_openings = plain_table(
    "original_openings",
    metadata,
    Column("number", BigInteger, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("fact_id", Uuid, nullable=False),
    Column("indicator", String(120), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("reason", Text, nullable=False),
    Column("records", JSONB, nullable=False),  # address and SHA-256 of each original that was handed out
    Column("opened_by", Uuid, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("org_id", "id"),
    Index("ix_original_openings_community", "org_id", "community_id"),
    key=("org_id", "number"),
)
