"""The register of tasks: what somebody was charged with, until when, and how it ended."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.kpi.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table, log_table

work_tasks = entity_table(
    "work_tasks",
    metadata,
    Column("number", String(20), nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("title", String(200), nullable=False),
    Column("detail", Text),
    Column("assignee_id", Uuid, nullable=False),
    Column("superior_id", Uuid, nullable=False),  # who gave it, and is told how it goes
    Column("due_on", Date, nullable=False),  # local date, met until its last second (RR9)
    Column("state", String(10), nullable=False),  # proposed, open, reported, done, refused, cancelled
    Column("progress", Integer, nullable=False),  # percent, as the assignee says
    Column("overdue", Boolean, nullable=False),
    Column("origin", String(20), nullable=False),  # manual, plan, meeting
    Column("origin_id", Uuid),
    Column("place", Integer),  # which item of its plan, which decision of its meeting
    Column("reported_by", Uuid),
    Column("reported_at", UtcDateTime),
    Column("file_ids", ARRAY(Uuid), nullable=False),  # what proves that it was done
    Column("closed_by", Uuid),  # who confirmed, refused or cancelled
    Column("closed_at", UtcDateTime),
    Column("asked_due_on", Date),  # an extension that waits for its decision
    Column("asked_reason", Text),
    UniqueConstraint("org_id", "origin_id", "place"),
    Index("ix_work_tasks_due", "org_id", "community_id", "due_on"),
    Index("ix_work_tasks_assignee", "org_id", "assignee_id", "state"),
)

work_task_steps = log_table(
    "work_task_steps",
    metadata,
    Column("task_id", Uuid, nullable=False),
    Column("step", String(20), nullable=False),
    Column("actor_id", Uuid),  # none: the clock
    Column("at", UtcDateTime, nullable=False),
    Column("note", Text),
    Column("progress", Integer),
    Column("due_on", Date),  # the date asked for or given
    Column("file_ids", ARRAY(Uuid), nullable=False),
    Index("ix_work_task_steps_task", "org_id", "task_id"),
)
