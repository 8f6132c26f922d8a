"""Satisfaction surveys (满意度调查): the questionnaire, the households asked, what they answered (C-116 … C-120)."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.ticketing.models.base import metadata
from services.ticketing.models.register import communities, units
from shared.db.tables import UtcDateTime, entity_table, log_table, plain_table

surveys = entity_table(
    "surveys",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("type", String(20)),  # null: the quarterly survey of eight dimensions; else a topic (C-124)
    Column("period", String(10), nullable=False),  # 2025-Q1
    Column("title", String(200), nullable=False),
    Column("dimensions", ARRAY(String(40)), nullable=False),
    Column("questions", JSONB),  # [{code, zh, en}]: the dimensions as people read them
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

#: The five dimensions a company asks besides the three named ones; one row per organisation (C-117, AMB-020).
survey_settings = entity_table(
    "survey_settings",
    metadata,
    Column("chosen", JSONB, nullable=False),  # [{code, zh, en}] five of them
)

#: Below which org units every community is surveyed each quarter, and how long before its end the service desk hears
#: that it was not yet (C-116).
survey_cadences = entity_table(
    "survey_cadences",
    metadata,
    Column("org_unit_id", Uuid, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("remind_days", Integer, nullable=False),
    UniqueConstraint("org_id", "org_unit_id"),
)

#: Links by which one household answers once without signing in; of the secret only a hash is kept.
survey_links = entity_table(
    "survey_links",
    metadata,
    Column("survey_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("made_by", Uuid),
    Column("used_at", UtcDateTime),
    Column("withdrawn_at", UtcDateTime),  # a newer link of the household took its place
    UniqueConstraint("org_id", "token_hash"),
    ForeignKeyConstraint(["org_id", "survey_id"], [surveys.c.org_id, surveys.c.id]),
    Index(
        "uq_survey_links_live",
        "org_id",
        "survey_id",
        "unit_id",
        unique=True,
        postgresql_where=text("used_at IS NULL AND withdrawn_at IS NULL"),
    ),
)

#: Households called again after the close, to hear whether they gave the answer that is on record.
survey_recalls = entity_table(
    "survey_recalls",
    metadata,
    Column("survey_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("answer_id", Uuid, nullable=False),
    Column("entered_by", Uuid),  # of the answer: never the one who calls
    Column("seed", String(32), nullable=False),
    Column("result", String(20)),  # null: still to be called; agree, differ, not_reached
    Column("called_by", Uuid),
    Column("called_at", UtcDateTime),
    Column("note", Text),
    UniqueConstraint("org_id", "survey_id", "unit_id"),
    ForeignKeyConstraint(["org_id", "survey_id"], [surveys.c.org_id, surveys.c.id]),
)

#: An approved improvement, given to somebody and looked at by somebody else (C-119, C-126).
survey_measures = entity_table(
    "survey_measures",
    metadata,
    Column("survey_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("place", Integer, nullable=False),  # its place in the report
    Column("department", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", String(10), nullable=False),  # assigned, done, verified
    Column("assignee_id", Uuid, nullable=False),
    Column("assigned_by", Uuid),
    Column("done_by", Uuid),
    Column("done_at", UtcDateTime),
    Column("result", Text),
    Column("verified_by", Uuid),
    Column("verified_at", UtcDateTime),
    Column("sent_back", Boolean, nullable=False),
    Column("note", Text),
    UniqueConstraint("org_id", "survey_id", "place"),
    ForeignKeyConstraint(["org_id", "survey_id"], [surveys.c.org_id, surveys.c.id]),
)

survey_answers = log_table(
    "survey_answers",
    metadata,
    Column("survey_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("person_id", Uuid),  # who answered, where that is known
    Column("marks", JSONB, nullable=False),  # {dimension: 0..100}
    Column("answered_at", UtcDateTime, nullable=False),
    Column("channel", String(10)),  # null: app; link, phone, paper
    Column("entered_by", Uuid),  # the member of staff who typed it in
    Column("call", String(120)),  # which call, of an answer by phone
    Column("scan_id", Uuid),  # the scan of its batch, of an answer on paper
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
