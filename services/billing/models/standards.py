"""Charge standards: what a community charges for, and the chain of dated versions of how much."""

from sqlalchemy import (
    Column,
    Date,
    ForeignKeyConstraint,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.billing.models.base import metadata
from shared.db.tables import entity_table

charge_standards = entity_table(
    "charge_standards",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("code", String(40), nullable=False),
    Column("name", String(200), nullable=False),
    Column("fee_kind", String(40), nullable=False),
    UniqueConstraint("org_id", "community_id", "code"),
)

standard_versions = entity_table(
    "standard_versions",
    metadata,
    Column("standard_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("rule", String(40), nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("params", JSONB, nullable=False),
    Column("uses", ARRAY(String(40)), nullable=False),
    Column("proration", String(20), nullable=False),
    Column("due_day", SmallInteger, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("effective_to", Date, nullable=True),  # the last day it applies
    UniqueConstraint("org_id", "standard_id", "number"),
    ForeignKeyConstraint(["org_id", "standard_id"], [charge_standards.c.org_id, charge_standards.c.id]),
)
