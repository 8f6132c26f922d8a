"""Observations: what somebody measured, on which evidence, and who confirmed it."""

from sqlalchemy import Column, Date, Index, Integer, String, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.kpi.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table

observations = entity_table(
    "observations",
    metadata,
    Column("indicator", String(120), nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("on_date", Date, nullable=False),  # local date that decides the period
    Column("reading", JSONB, nullable=False),  # exact: fractions as "n/d"; with the points judged, if any
    Column("case_id", Uuid),  # the ticket or survey that it hangs on, where one proposed it
    Column("sampled", Integer),
    Column("file_ids", ARRAY(Uuid), nullable=False),
    Column("note", Text),
    Column("state", String(10), nullable=False),  # recorded, confirmed, rejected
    Column("recorded_by", Uuid, nullable=False),
    Column("reviewed_by", Uuid),
    Column("reviewed_at", UtcDateTime),
    Column("review_note", Text),
    Index("ix_observations_period", "org_id", "community_id", "indicator", "on_date"),
)
