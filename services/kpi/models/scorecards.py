"""Frozen scorecards: the result, the exact readings, and for each item the fact versions it was computed from."""

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Index, Integer, String, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.kpi.models.base import metadata
from services.kpi.models.letters import letters
from shared.db.tables import UtcDateTime, log_table, plain_table

# Nothing about a frozen scorecard ever changes, so it is a log: the app role may insert, not update.
scorecards = log_table(
    "scorecards",
    metadata,
    Column("letter_id", Uuid, nullable=False),
    Column("template", String(20), nullable=False),
    Column("template_version", Integer, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("period", String(10), nullable=False),
    Column("revision", Integer, nullable=False),  # 1 is the close, later ones restate it
    Column("restates_id", Uuid),
    Column("reason", Text),
    Column("parameters", JSONB, nullable=False),
    Column("history", JSONB, nullable=False),  # the exact earlier readings that consequences looked back at
    Column("result", JSONB, nullable=False),
    Column("parked", Integer, nullable=False),  # events that waited unapplied when it was frozen
    Column("hash", String(64), nullable=False),
    Column("frozen_by", Uuid),
    Column("frozen_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["org_id", "letter_id"], [letters.c.org_id, letters.c.id]),
    Index("ix_scorecards_period", "org_id", "period"),
)

# The one place where two freezes of the same letter and period meet; it names the scorecard that stands.
scorecard_heads = plain_table(
    "scorecard_heads",
    metadata,
    Column("letter_id", Uuid, nullable=False),
    Column("period", String(10), nullable=False),
    Column("scorecard_id", Uuid, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("template", String(20), nullable=False),
    UniqueConstraint("org_id", "scorecard_id"),
    Index("ix_scorecard_heads_community", "org_id", "community_id", "template"),
    key=("org_id", "letter_id", "period"),
)

scorecard_items = plain_table(
    "scorecard_items",
    metadata,
    Column("scorecard_id", Uuid, nullable=False),
    Column("indicator", String(120), nullable=False),
    Column("place", Integer, nullable=False),
    Column("section", String(40)),
    Column("indicator_version", Integer, nullable=False),
    Column("stored_as", String(120), nullable=False),
    Column("derived", Boolean, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reading", JSONB, nullable=False),  # exact: fractions as "n/d"
    Column("fact_ids", ARRAY(Uuid), nullable=False),
    Column("verdicts", ARRAY(String(60)), nullable=False),  # how each fact was used, in the same order
    Column("counted", ARRAY(Boolean), nullable=False),
    Column("hash", String(64), nullable=False),
    key=("org_id", "scorecard_id", "indicator"),
)
