"""Budgets and what was spent of them, in fen, by month and category."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.kpi.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table, plain_table

budgets = entity_table(
    "budgets",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("level", String(10), nullable=False),  # department, project
    Column("year", Integer, nullable=False),
    Column("kind", String(10), nullable=False),  # annual, special (funds applied for)
    Column("title", String(200), nullable=False),
    Column("reason", Text),
    Column("state", String(10), nullable=False),  # submitted, approved, refused
    Column("submitted_by", Uuid, nullable=False),
    Column("total_fen", BigInteger, nullable=False),
    Column("file_ids", ARRAY(Uuid), nullable=False),
    Column("decided_by", Uuid),
    Column("decided_at", UtcDateTime),
    Column("decision", Text),
    Index("ix_budgets_year", "org_id", "community_id", "year"),
)

budget_lines = plain_table(
    "budget_lines",
    metadata,
    Column("budget_id", Uuid, nullable=False),
    Column("category", String(40), nullable=False),
    Column("month", String(7), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    key=("org_id", "budget_id", "category", "month"),
)

# What was spent in a month, as finance reports it; a correction replaces it under a new version.
budget_actuals = entity_table(
    "budget_actuals",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("level", String(10), nullable=False),
    Column("category", String(40), nullable=False),
    Column("month", String(7), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("recorded_by", Uuid, nullable=False),
    Column("file_ids", ARRAY(Uuid), nullable=False),
    Column("note", Text),
    UniqueConstraint("org_id", "community_id", "level", "category", "month"),
)
