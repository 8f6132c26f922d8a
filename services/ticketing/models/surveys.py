"""Satisfaction surveys (满意度调查): the questionnaire, the households asked, what they answered (C-116 … C-120)."""

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, String, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.ticketing.models.base import metadata
from services.ticketing.models.register import communities, units
from shared.db.tables import UtcDateTime, entity_table, log_table, plain_table

surveys = entity_table(
    "surveys",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("period", String(10), nullable=False),  # 2025-Q1
    Column("title", String(200), nullable=False),
    Column("dimensions", ARRAY(String(40)), nullable=False),
    Column("state", String(10), nullable=False),  # draft, open, closed
    Column("closes_at", UtcDateTime, nullable=False),
    Column("opened_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("scope_count", Integer),  # frozen when opened
    Column("answer_count", Integer),  # frozen when closed: households with a counted answer
    ForeignKeyConstraint(["org_id", "community_id"], [communities.c.org_id, communities.c.id]),
    Index("ix_surveys_community", "org_id", "community_id", "period"),
)

#: The households asked, frozen at the opening; the pointer names the answer that counts so far.
survey_scope = plain_table(
    "survey_scope",
    metadata,
    Column("survey_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("answer_id", Uuid),
    Column("answered_at", UtcDateTime),
    ForeignKeyConstraint(["org_id", "survey_id"], [surveys.c.org_id, surveys.c.id]),
    ForeignKeyConstraint(["org_id", "unit_id"], [units.c.org_id, units.c.id]),
    key=("org_id", "survey_id", "unit_id"),
)

survey_answers = log_table(
    "survey_answers",
    metadata,
    Column("survey_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("marks", JSONB, nullable=False),  # {dimension: 0..100}
    Column("answered_at", UtcDateTime, nullable=False),
    Index("ix_survey_answers_survey", "org_id", "survey_id", "id"),
)

#: The analysis with its improvement measures, one per survey, decided on by the general manager (C-118, C-119).
survey_reports = entity_table(
    "survey_reports",
    metadata,
    Column("survey_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("state", String(10), nullable=False),  # submitted, returned, approved
    Column("analysis", Text, nullable=False),
    Column("measures", JSONB, nullable=False),  # [{department, text, due_on}]
    Column("submitted_by", Uuid),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("decided_by", Uuid),
    Column("decided_at", UtcDateTime),
    Column("note", Text),
    UniqueConstraint("org_id", "survey_id"),
    ForeignKeyConstraint(["org_id", "survey_id"], [surveys.c.org_id, surveys.c.id]),
)
