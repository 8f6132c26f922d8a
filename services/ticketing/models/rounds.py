"""Rounds of the park and of its households: daily patrols (B-032, B-033), regular calls on customers (C-053)."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.ticketing.models.base import metadata
from services.ticketing.models.register import communities, org_units
from shared.db.tables import UtcDateTime, entity_table, plain_table

#: Which communities are patrolled every day, and within how many hours the record is read.
patrol_duties = entity_table(
    "patrol_duties",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("review_hours", SmallInteger),  # null: no limit on reading the record
    UniqueConstraint("org_id", "community_id"),
    ForeignKeyConstraint(["org_id", "community_id"], [communities.c.org_id, communities.c.id]),
)

#: What each day came to, judged when it was over.
patrol_days = plain_table(
    "patrol_days",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("judged_at", UtcDateTime, nullable=False),
    key=("org_id", "community_id", "day"),
)

patrols = entity_table(
    "patrols",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),  # local, by its end
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("patrolled_by", Uuid, nullable=False),
    Column("areas", ARRAY(String(80)), nullable=False),
    Column("whole", Boolean, nullable=False),  # the whole park, as the day asks
    Column("note", Text),
    Column("late_reason", String(300)),
    Column("ticket_ids", ARRAY(Uuid), nullable=False),  # its findings
    Column("review_due_at", UtcDateTime),  # the last second that counts
    Column("reviewed_by", Uuid),
    Column("reviewed_at", UtcDateTime),
    Column("review_note", Text),
    ForeignKeyConstraint(["org_id", "community_id"], [communities.c.org_id, communities.c.id]),
    Index("ix_patrols_day", "org_id", "community_id", "day"),
)

#: Every so many months each occupied household below an org unit is asked how it gets on.
care_plans = entity_table(
    "care_plans",
    metadata,
    Column("org_unit_id", Uuid, nullable=False),
    Column("title", String(100), nullable=False),
    Column("asks", Text, nullable=False),  # what is asked about
    Column("channel", String(10), nullable=False),  # phone, visit
    Column("every_months", SmallInteger, nullable=False),
    Column("due_days", SmallInteger, nullable=False),  # of each round
    Column("starts_on", Date, nullable=False),
    Column("round", SmallInteger, nullable=False),  # the last one that began
    Column("made_by", Uuid),
    Column("ended_at", UtcDateTime),
    ForeignKeyConstraint(["org_id", "org_unit_id"], [org_units.c.org_id, org_units.c.id]),
)

#: One household in one round. The note is what the household said.
care_calls = plain_table(
    "care_calls",
    metadata,
    Column("plan_id", Uuid, nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),  # the last second that counts
    Column("state", String(10), nullable=False),  # due, reached, refused, missed
    Column("attempts", SmallInteger, nullable=False),
    Column("person_id", Uuid),  # who was spoken to
    Column("satisfied", Boolean),
    Column("note", Text),
    Column("done_at", UtcDateTime),
    Column("done_by", Uuid),
    ForeignKeyConstraint(["org_id", "plan_id"], [care_plans.c.org_id, care_plans.c.id]),
    Index("ix_care_calls_open", "org_id", "community_id", "due_at", postgresql_where=text("state = 'due'")),
    Index("ix_care_calls_person", "org_id", "person_id"),
    key=("org_id", "plan_id", "round", "unit_id"),
)
