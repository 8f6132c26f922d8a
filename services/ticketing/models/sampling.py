"""Satisfaction that others measure: agencies (C-121), and employees sampled about their manager (C-122, C-123)."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.ticketing.models.base import metadata
from services.ticketing.models.register import communities
from shared.db.tables import UtcDateTime, entity_table, plain_table

third_party_surveys = entity_table(
    "third_party_surveys",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("year", SmallInteger, nullable=False),
    Column("agency", String(200), nullable=False),
    Column("carried_out_on", Date, nullable=False),
    Column("valid_answers", Integer, nullable=False),
    Column("satisfied_answers", Integer, nullable=False),
    Column("topics", JSONB, nullable=False),  # [{code, valid_answers, satisfied_answers}]
    Column("file_ids", ARRAY(Uuid), nullable=False),
    Column("imported_by", Uuid),
    UniqueConstraint("org_id", "community_id", "year", "agency"),
    ForeignKeyConstraint(["org_id", "community_id"], [communities.c.org_id, communities.c.id]),
)

staff_samples = entity_table(
    "staff_samples",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("about_id", Uuid, nullable=False),  # the manager whom they are asked about
    Column("year", SmallInteger, nullable=False),
    Column("seed", String(64), nullable=False),  # anybody can draw the same again
    Column("frame", Integer, nullable=False),  # how many it was drawn from
    Column("size", SmallInteger, nullable=False),
    Column("state", String(10), nullable=False),  # drawn, closed
    Column("drawn_by", Uuid),
    Column("closed_by", Uuid),
    Column("closed_at", UtcDateTime),
    ForeignKeyConstraint(["org_id", "community_id"], [communities.c.org_id, communities.c.id]),
    Index("ix_staff_samples_community", "org_id", "community_id", "year"),
)

#: Who was drawn. Nothing leads from them to a form: what employees say of their manager is nobody's by name.
staff_sample_people = plain_table(
    "staff_sample_people",
    metadata,
    Column("sample_id", Uuid, nullable=False),
    Column("staff_id", Uuid, nullable=False),
    ForeignKeyConstraint(["org_id", "sample_id"], [staff_samples.c.org_id, staff_samples.c.id]),
    key=("org_id", "sample_id", "staff_id"),
)

#: The forms as they came back, by the number printed on them.
staff_sample_forms = plain_table(
    "staff_sample_forms",
    metadata,
    Column("sample_id", Uuid, nullable=False),
    Column("form", SmallInteger, nullable=False),
    Column("satisfied", Boolean, nullable=False),
    Column("remark", Text),
    Column("scan_id", Uuid),
    Column("entered_by", Uuid),
    Column("entered_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["org_id", "sample_id"], [staff_samples.c.org_id, staff_samples.c.id]),
    key=("org_id", "sample_id", "form"),
)
