"""Saved views: filters of a list under a name, one's own or shown to a role or an org unit."""

from sqlalchemy import Column, Index, String, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from services.ticketing.models.base import metadata
from shared.db.tables import entity_table

saved_views = entity_table(
    "saved_views",
    metadata,
    Column("owner_id", Uuid, nullable=False),
    Column("list", String(20), nullable=False),  # tickets, revisits, promises
    Column("name", String(80), nullable=False),
    Column("filters", JSONB, nullable=False),
    Column("role", String(40)),  # who sees it besides its owner
    Column("org_unit_id", Uuid),
    Index("ix_saved_views_owner", "org_id", "owner_id", "id"),
    Index(
        "ix_saved_views_shared",
        "org_id",
        "id",
        postgresql_where=text("role IS NOT NULL OR org_unit_id IS NOT NULL"),
    ),
)
