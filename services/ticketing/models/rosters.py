"""Posts, shifts, presence, leave, bars, and what came of each shift and each day (C-143 … C-147, B-030, B-031)."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.ticketing.models.base import metadata
from services.ticketing.models.register import EXTERNAL, SOURCE, org_units, staff
from shared.db.tables import UtcDateTime, entity_table

#: A place that is to be staffed every day between two local times, such as the front desk from 08:00 to 20:00.
posts = entity_table(
    "posts",
    metadata,
    Column("org_unit_id", Uuid, nullable=False),
    Column("code", String(40), nullable=False),  # frontdesk, …
    Column("name", String(200), nullable=False),
    Column("opens", Time, nullable=False),
    Column("closes", Time, nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),  # the last day, included
    Column("presence_kept", Boolean, nullable=False),  # staffed means present, not only rostered
    UniqueConstraint("org_id", "org_unit_id", "code"),
    ForeignKeyConstraint(["org_id", "org_unit_id"], [org_units.c.org_id, org_units.c.id]),
)

shifts = entity_table(
    "shifts",
    metadata,
    Column("source", SOURCE, nullable=False),
    Column("external_id", EXTERNAL, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("org_unit_id", Uuid, nullable=False),
    Column("post", String(40), nullable=False),  # a post's code, or any word for work without one
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("cancelled_at", UtcDateTime),
    UniqueConstraint("org_id", "source", "external_id"),
    ForeignKeyConstraint(["org_id", "person_id"], [staff.c.org_id, staff.c.id]),
    ForeignKeyConstraint(["org_id", "org_unit_id"], [org_units.c.org_id, org_units.c.id]),
    Index("ix_shifts_person", "org_id", "person_id", "starts_at"),
    Index("ix_shifts_unit", "org_id", "org_unit_id", "starts_at"),
)

#: One stay at work: from the clock-in to the clock-out. Either may be missing; both missing is no record.
presences = entity_table(
    "presences",
    metadata,
    Column("source", SOURCE, nullable=False),
    Column("external_id", EXTERNAL, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("org_unit_id", Uuid, nullable=False),
    Column("in_at", UtcDateTime),
    Column("out_at", UtcDateTime),
    Column("at", UtcDateTime, nullable=False),  # the earlier of the two, what it is found by
    UniqueConstraint("org_id", "source", "external_id"),
    ForeignKeyConstraint(["org_id", "person_id"], [staff.c.org_id, staff.c.id]),
    ForeignKeyConstraint(["org_id", "org_unit_id"], [org_units.c.org_id, org_units.c.id]),
    Index("ix_presences_person", "org_id", "person_id", "at"),
)

leaves = entity_table(
    "leaves",
    metadata,
    Column("person_id", Uuid, nullable=False),
    Column("org_unit_id", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),  # personal, sick, annual, compensatory, other
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("state", String(10), nullable=False),  # asked, approved, refused, withdrawn, expired, cancelled
    Column("approval_id", Uuid),
    ForeignKeyConstraint(["org_id", "person_id"], [staff.c.org_id, staff.c.id]),
    ForeignKeyConstraint(["org_id", "org_unit_id"], [org_units.c.org_id, org_units.c.id]),
    Index("ix_leaves_person", "org_id", "person_id", "starts_at"),
    Index("ix_leaves_unit", "org_id", "org_unit_id", "starts_at"),
)

#: A person who may not be rostered (D-086): a failed examination, until it is passed.
bars = entity_table(
    "bars",
    metadata,
    Column("person_id", Uuid, nullable=False),
    Column("cause", String(20), nullable=False),  # failed_exam, other
    Column("reason", String(500), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),  # the first instant at which it holds no more
    Column("made_by", Uuid),
    Column("lifted_by", Uuid),
    ForeignKeyConstraint(["org_id", "person_id"], [staff.c.org_id, staff.c.id]),
    Index("ix_bars_person", "org_id", "person_id"),
)

#: What came of a shift, judged after its end and again when a late record changes it: each time a new version.
attendance = entity_table(
    "attendance",
    metadata,
    Column("shift_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("org_unit_id", Uuid, nullable=False),
    Column("post", String(40), nullable=False),
    Column("day", Date, nullable=False),  # the local day on which the shift begins
    Column("outcomes", ARRAY(String(20)), nullable=False),  # present, late, early, absent, punch_anomaly, leave
    Column("late_minutes", Integer, nullable=False),
    Column("early_minutes", Integer, nullable=False),
    Column("leave_kind", String(20)),
    Column("cancelled", Boolean, nullable=False),  # the shift fell away after it was judged
    UniqueConstraint("org_id", "shift_id"),
    ForeignKeyConstraint(["org_id", "shift_id"], [shifts.c.org_id, shifts.c.id]),
    Index("ix_attendance_unit", "org_id", "org_unit_id", "day"),
)

#: A post's day: how many minutes nobody covered, and who checked roster and presence (B-030, B-031).
post_days = entity_table(
    "post_days",
    metadata,
    Column("post_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("minutes", Integer, nullable=False),  # uncovered, a begun minute counts whole (AMB-028)
    Column("gaps", JSONB, nullable=False),  # [{"from": instant, "to": instant}]
    Column("checked_by", Uuid),
    Column("checked_at", UtcDateTime),
    Column("note", Text),
    UniqueConstraint("org_id", "post_id", "day"),
    ForeignKeyConstraint(["org_id", "post_id"], [posts.c.org_id, posts.c.id]),
)
