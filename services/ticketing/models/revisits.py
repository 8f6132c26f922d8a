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
from sqlalchemy.dialects.postgresql import ARRAY

from services.ticketing.models.base import metadata
from services.ticketing.models.register import org_units
from services.ticketing.models.tickets import tickets
from shared.db.tables import UtcDateTime, entity_table, log_table, plain_table

#: Which completed tickets of a kind are followed up (C-050); a new plan ends the one before it, so that each lot
#: can be explained by the plan it was drawn under.
revisit_plans = entity_table(
    "revisit_plans",
    metadata,
    Column("kind", String(40), nullable=False),
    Column("org_unit_id", Uuid, nullable=False),
    Column("percent", SmallInteger, nullable=False),
    Column("always", ARRAY(String(20)), nullable=False),  # urgent, reopened: followed up whatever is drawn
    Column("due_days", SmallInteger, nullable=False),  # parameter revisit_due_days
    Column("seed", String(64), nullable=False),  # secret until the plan has ended
    Column("made_by", Uuid),
    Column("ended_at", UtcDateTime),
    ForeignKeyConstraint(["org_id", "org_unit_id"], [org_units.c.org_id, org_units.c.id]),
    Index(
        "uq_revisit_plans_in_force",
        "org_id",
        "kind",
        "org_unit_id",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    ),
)

#: The lot of each completion, whether or not it was followed up: what explains the sample.
revisit_draws = plain_table(
    "revisit_draws",
    metadata,
    Column("ticket_id", Uuid, nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("plan_id", Uuid, nullable=False),
    Column("lot", SmallInteger, nullable=False),  # 0 … 9999; below the threshold is drawn
    Column("threshold", SmallInteger, nullable=False),
    Column("sampled", Boolean, nullable=False),
    Column("reason", String(20), nullable=False),  # lot, urgent, reopened, earlier
    Column("drawn_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["org_id", "plan_id"], [revisit_plans.c.org_id, revisit_plans.c.id]),
    Index("ix_revisit_draws_plan", "org_id", "plan_id", "ticket_id"),
    key=("org_id", "ticket_id", "round"),
)

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
    Column("plan_id", Uuid),  # the plan that drew it; null: a kind of which every completion is followed up
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

#: What was written down wrongly, said anew beside it; the attempt itself stays as it was (G-017).
revisit_corrections = log_table(
    "revisit_corrections",
    metadata,
    Column("revisit_id", Uuid, nullable=False),
    Column("attempt_id", Uuid, nullable=False),
    Column("rating", SmallInteger),
    Column("note", Text),
    Column("reason", String(300), nullable=False),
    Column("corrected_by", Uuid),
    Column("recorded_at", UtcDateTime, nullable=False),
    Index("ix_revisit_corrections_revisit", "org_id", "revisit_id", "id"),
)
