"""Meetings with minutes and decisions; suggestions of employees; the policy register with its editions."""

from sqlalchemy import Column, Date, Index, Integer, String, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.kpi.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table, plain_table

meetings = entity_table(
    "meetings",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("title", String(200), nullable=False),
    Column("held_at", UtcDateTime, nullable=False),
    Column("chair_id", Uuid, nullable=False),
    Column("recorded_by", Uuid, nullable=False),
    Column("topics", Text),
    Column("outsiders", Text),  # who came from outside, in words: a developer, a contractor, an office
    Column("state", String(10), nullable=False),  # recorded, archived
    Column("minutes", Text),
    Column("file_ids", ARRAY(Uuid), nullable=False),  # the minutes
    Column("decisions", JSONB, nullable=False),  # what, who, until when
    Column("archived_by", Uuid),
    Column("archived_at", UtcDateTime),
    Column("relayed_on", Date),  # when its spirit was passed on to those below
    Column("relayed_note", Text),
    Index("ix_meetings_community", "org_id", "community_id", "held_at"),
)

# Who was to come: present, excused, or absent without cause.
meeting_attendance = plain_table(
    "meeting_attendance",
    metadata,
    Column("meeting_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("attendance", String(10), nullable=False),
    Column("reason", Text),
    Index("ix_meeting_attendance_person", "org_id", "person_id"),
    key=("org_id", "meeting_id", "person_id"),
)

suggestions = entity_table(
    "suggestions",
    metadata,
    Column("number", String(20), nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("suggested_by", Uuid, nullable=False),
    Column("suggested_on", Date, nullable=False),
    Column("title", String(200), nullable=False),
    Column("detail", Text, nullable=False),
    Column("expected", Text),  # what it should bring
    Column("state", String(10), nullable=False),  # made, adopted, refused, effective
    Column("decided_by", Uuid),
    Column("decided_at", UtcDateTime),
    Column("decision", Text),
    Column("effective_on", Date),
    Column("effect", Text),
    Column("effect_by", Uuid),  # who saw that it had one
    Column("file_ids", ARRAY(Uuid), nullable=False),
    Index("ix_suggestions_community", "org_id", "community_id"),
)

policies = entity_table(
    "policies",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("code", String(40), nullable=False),
    Column("title", String(200), nullable=False),
    Column("area", String(20), nullable=False),
    Column("owner_id", Uuid, nullable=False),  # who keeps it up to date
    Column("edition", Integer, nullable=False),  # the one in force; 0 before the first is approved
    Column("update_due_on", Date),  # by which day it is to be looked at again
    UniqueConstraint("org_id", "community_id", "code"),
)

policy_editions = entity_table(
    "policy_editions",
    metadata,
    Column("policy_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("change", Text, nullable=False),
    Column("file_ids", ARRAY(Uuid), nullable=False),
    Column("state", String(10), nullable=False),  # submitted, issued, refused
    Column("submitted_by", Uuid, nullable=False),
    Column("next_update_on", Date),
    Column("decided_by", Uuid),
    Column("decided_at", UtcDateTime),
    Column("decision", Text),
    UniqueConstraint("org_id", "policy_id", "edition"),
)

policy_readings = plain_table(
    "policy_readings",
    metadata,
    Column("edition_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("read_at", UtcDateTime, nullable=False),
    Index("ix_policy_readings_person", "org_id", "person_id"),
    key=("org_id", "edition_id", "person_id"),
)
