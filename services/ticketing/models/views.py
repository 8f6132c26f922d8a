"""Filters that people keep by a name."""

from sqlalchemy import Column, Index, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.ticketing.models.base import metadata
from shared.db.tables import entity_table

saved_views = entity_table(
    "saved_views",
    metadata,
    Column("person_id", Uuid, nullable=False),  # whose it is
    Column("title", String(80), nullable=False),
    Column("filters", JSONB, nullable=False),  # of the list of tickets
    Column("role", String(30)),  # shared with everybody of a role
    Column("org_unit_id", Uuid),  # shared with everybody whose scope touches an org unit
    UniqueConstraint("org_id", "person_id", "title"),
    Index("ix_saved_views_role", "org_id", "role"),
)
