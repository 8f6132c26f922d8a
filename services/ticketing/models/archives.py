"""Owner files (业主档案), one per unit, and the checks made of them (C-073 … C-077)."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.ticketing.models.base import metadata
from services.ticketing.models.register import EXTERNAL, SOURCE, communities, people, units
from shared.db.tables import UtcDateTime, entity_table, plain_table

archives = entity_table(
    "archives",
    metadata,
    Column("source", SOURCE, nullable=False),
    Column("external_id", EXTERNAL, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("person_id", Uuid),  # whose personal fields the file holds, where the source says so
    Column("fields", JSONB, nullable=False),  # personal: never in an event, masked in lists
    Column("missing", ARRAY(String(40)), nullable=False),  # required fields without content
    Column("last_checked_at", UtcDateTime),
    Column("last_check_id", Uuid),
    Column("last_complete", Boolean),
    Column("last_up_to_date", Boolean),
    Column("paper_place", String(200)),  # where the paper file lies; null: nobody entered one
    Column("paper_version", Integer),  # the version that the paper was last brought in line with
    Column("paper_at", UtcDateTime),
    Column("paper_by", Uuid),
    Column("paper_in_sync", Boolean),  # false from the next change on; null: never brought in line
    UniqueConstraint("org_id", "source", "external_id"),
    UniqueConstraint("org_id", "unit_id"),
    ForeignKeyConstraint(["org_id", "unit_id"], [units.c.org_id, units.c.id]),
    ForeignKeyConstraint(["org_id", "community_id"], [communities.c.org_id, communities.c.id]),
    ForeignKeyConstraint(["org_id", "person_id"], [people.c.org_id, people.c.id]),
    Index("ix_archives_community", "org_id", "community_id", "id"),
)

archive_checks = entity_table(
    "archive_checks",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("month", String(7), nullable=False),  # 2025-03
    Column("checked_at", UtcDateTime, nullable=False),
    Column("checked_by", Uuid),
    Column("late_reason", Text),
    Column("checked", Integer, nullable=False),
    Column("complete", Integer, nullable=False),
    Column("up_to_date", Integer, nullable=False),
    ForeignKeyConstraint(["org_id", "community_id"], [communities.c.org_id, communities.c.id]),
    Index("ix_archive_checks_month", "org_id", "community_id", "month"),
)

archive_check_items = plain_table(
    "archive_check_items",
    metadata,
    Column("check_id", Uuid, nullable=False),
    Column("file_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("up_to_date", Boolean, nullable=False),
    Column("missing", ARRAY(String(40)), nullable=False),
    Column("note", Text),
    ForeignKeyConstraint(["org_id", "check_id"], [archive_checks.c.org_id, archive_checks.c.id]),
    ForeignKeyConstraint(["org_id", "file_id"], [archives.c.org_id, archives.c.id]),
    key=("org_id", "check_id", "file_id"),  # a file at most once per check
)
