"""Reviews of scorecards: the columns people filled; objections to single cases; what follows beyond points."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, Numeric, String, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.kpi.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table, plain_table

reviews = entity_table(
    "reviews",
    metadata,
    Column("letter_id", Uuid, nullable=False),
    Column("template", String(20), nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("period", String(10), nullable=False),
    Column("state", String(20), nullable=False),  # open, <column>_scored, final
    Column("lines", JSONB, nullable=False),  # what is scored, with each line's maximum and the points computed
    UniqueConstraint("org_id", "letter_id", "period"),
    Index("ix_reviews_community", "org_id", "community_id", "period"),
)

# One row a column: none is ever changed, so that all columns stay side by side.
review_scores = plain_table(
    "review_scores",
    metadata,
    Column("review_id", Uuid, nullable=False),
    Column("column", String(20), nullable=False),
    Column("place", Integer, nullable=False),
    Column("scorer_id", Uuid, nullable=False),
    Column("delegated_by", Uuid),
    Column("delegation", Text),
    Column("lines", JSONB, nullable=False),
    Column("total", Numeric(12, 2), nullable=False),
    Column("analysis", Text),
    Column("hash", String(64), nullable=False),  # what the scorer signed by sending it
    Column("at", UtcDateTime, nullable=False),
    key=("org_id", "review_id", "column"),
)

objections = entity_table(
    "objections",
    metadata,
    Column("indicator", String(120), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("fact_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("on_date", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("file_ids", ARRAY(Uuid), nullable=False),
    Column("state", String(10), nullable=False),  # open, upheld, refused
    Column("raised_by", Uuid, nullable=False),
    Column("decided_by", Uuid),
    Column("decided_at", UtcDateTime),
    Column("decision", Text),
    Column("decision_files", ARRAY(Uuid), nullable=False),
    Column("restated", ARRAY(Uuid), nullable=False),  # the scorecards that the decision restated
    Index("ix_objections_case", "org_id", "indicator", "subject"),
    # Two people object at once: one case has one open objection.
    Index("uq_objections_open", "org_id", "indicator", "subject", unique=True, postgresql_where="state = 'open'"),
    Index("ix_objections_community", "org_id", "community_id"),
)

# Cases that an upheld objection takes out of a number, whatever is told of them later.
case_exclusions = plain_table(
    "case_exclusions",
    metadata,
    Column("indicator", String(120), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("objection_id", Uuid, nullable=False),
    key=("org_id", "indicator", "subject"),
)

consequences = entity_table(
    "consequences",
    metadata,
    Column("scorecard_id", Uuid, nullable=False),
    Column("letter_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("period", String(10), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("number", Integer, nullable=False),  # its place among those of the scorecard
    Column("rule", JSONB, nullable=False),  # the sentence that led to it, in both languages
    Column("indicators", ARRAY(String(120)), nullable=False),
    Column("amount_fen", BigInteger),
    Column("state", String(10), nullable=False),  # proposed, approved, refused, executed, archived, withdrawn
    Column("proposed_by", Uuid),  # none: the letter's own rule
    Column("reason", Text),
    Column("decided_by", Uuid),
    Column("decided_at", UtcDateTime),
    Column("decision", Text),
    Column("done_on", Date),
    Column("done_note", Text),
    Column("file_ids", ARRAY(Uuid), nullable=False),
    UniqueConstraint("org_id", "scorecard_id", "number"),
    Index("ix_consequences_community", "org_id", "community_id", "period"),
)
