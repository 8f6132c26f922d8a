"""Limits and calendars of org units, dated and versioned, and the plans that follow from them.

Rows are never changed: a new version of the same org unit takes the place of the old one from its day on, so that what
held on any day of the past can be read.
"""

from sqlalchemy import Column, Date, ForeignKeyConstraint, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.ticketing.models.base import metadata
from services.ticketing.models.register import org_units
from shared.db.tables import UtcDateTime, entity_table, plain_table

calendars = entity_table(
    "calendars",
    metadata,
    Column("org_unit_id", Uuid, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("content", JSONB, nullable=False),  # week, make_up, overrides
    Column("note", String(300)),
    Column("set_by", Uuid),
    UniqueConstraint("org_id", "org_unit_id", "revision"),
    ForeignKeyConstraint(["org_id", "org_unit_id"], [org_units.c.org_id, org_units.c.id]),
)

clock_policies = entity_table(
    "clock_policies",
    metadata,
    Column("org_unit_id", Uuid, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("content", JSONB, nullable=False),  # limits, roles, habits
    Column("note", String(300)),
    Column("set_by", Uuid),
    UniqueConstraint("org_id", "org_unit_id", "revision"),
    ForeignKeyConstraint(["org_id", "org_unit_id"], [org_units.c.org_id, org_units.c.id]),
)

# A year's notice of holidays and make-up days, where the organisation imported one; the latest of a year holds.
calendar_notices = entity_table(
    "calendar_notices",
    metadata,
    Column("year", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("days", JSONB, nullable=False),
    Column("set_by", Uuid),
    UniqueConstraint("org_id", "year", "revision"),
)

# Written once, under an id made of the content: whoever has seen a plan need not read it again.
clock_plans = plain_table(
    "clock_plans",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("content", JSONB, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)
