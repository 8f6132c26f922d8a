"""Follow-up calls (回访): what is due, and every attempt, which never changes (C-047 … C-054, B-013)."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from services.ticketing.models.base import metadata
from services.ticketing.models.tickets import tickets
from shared.db.tables import UtcDateTime, entity_table, log_table

revisits = entity_table(
    "revisits",
    metadata,
    Column("ticket_id", Uuid, nullable=False),
    Column("round", SmallInteger, nullable=False),  # which completion of the ticket it follows
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid),
    Column("handled_at", UtcDateTime, nullable=False),  # the department's completion (AMB-087)
    Column("due_at", UtcDateTime, nullable=False),  # the last second that counts
    Column("state", String(20), nullable=False),  # due, reached, refused, no_answer, cancelled
    Column("caller_id", Uuid),  # whom the supervisor named for it (C-048)
    Column("attempts", SmallInteger, nullable=False),
    Column("done_at", UtcDateTime),
    Column("on_time", Boolean),
    Column("rating", SmallInteger),
    Column("satisfied", Boolean),
    UniqueConstraint("org_id", "ticket_id", "round"),
    ForeignKeyConstraint(["org_id", "ticket_id"], [tickets.c.org_id, tickets.c.id]),
    Index("ix_revisits_due", "org_id", "due_at", "id", postgresql_where=text("state = 'due'")),
    Index("ix_revisits_community", "org_id", "community_id", "id"),
)

revisit_attempts = log_table(
    "revisit_attempts",
    metadata,
    Column("revisit_id", Uuid, nullable=False),
    Column("ticket_id", Uuid, nullable=False),
    Column("outcome", String(20), nullable=False),  # reached, no_answer, refused, wrong_number
    Column("channel", String(20), nullable=False),
    Column("rating", SmallInteger),
    Column("note", Text),
    Column("caller_id", Uuid),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("late_reason", String(300)),
    Index("ix_revisit_attempts_revisit", "org_id", "revisit_id", "id"),
)
