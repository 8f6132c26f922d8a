"""Work orders, how they are given out, paid service slips, and faults that came again (C-004, C-008, C-011, C-015)."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.ticketing.models.base import metadata
from services.ticketing.models.register import org_units
from services.ticketing.models.tickets import tickets
from shared.db.tables import UtcDateTime, entity_table, plain_table

#: A case as one engineer has it. A transfer is a new order, so that nobody's part in a case is written over.
work_orders = entity_table(
    "work_orders",
    metadata,
    Column("ticket_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("mode", String(10), nullable=False),  # assign, grab, rotate
    Column("skill", String(40)),
    Column("state", String(12), nullable=False),  # pooled, offered, accepted, refused, transferred, done, withdrawn
    Column("engineer_id", Uuid),  # null while it is in the pool
    Column("offered_at", UtcDateTime),
    Column("accept_by", UtcDateTime),  # the last second in which it may be accepted; null: no limit
    Column("accepted_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("reason", Text),  # why refused
    Column("handover", Text),  # what the next one has to know
    Column("previous_id", Uuid),  # the order that this one goes on from
    Column("considered", JSONB, nullable=False),  # who was looked at, and why they were chosen or not
    ForeignKeyConstraint(["org_id", "ticket_id"], [tickets.c.org_id, tickets.c.id]),
    Index(
        "uq_work_orders_open",
        "org_id",
        "ticket_id",
        unique=True,
        postgresql_where=text("state IN ('pooled', 'offered', 'accepted')"),
    ),
    Index("ix_work_orders_ticket", "org_id", "ticket_id", "id"),
    Index("ix_work_orders_engineer", "org_id", "engineer_id", "updated_at", "id"),
    Index("ix_work_orders_pool", "org_id", "community_id", "id", postgresql_where=text("state = 'pooled'")),
)

#: How an org unit, and what lies below it, gives out orders of a kind, and after how many days a fault is a new one.
dispatch_rules = entity_table(
    "dispatch_rules",
    metadata,
    Column("org_unit_id", Uuid, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("mode", String(10), nullable=False),
    Column("repeat_days", SmallInteger, nullable=False),
    Column("accept_minutes", SmallInteger),  # how long an offer stands; null: until somebody answers
    UniqueConstraint("org_id", "org_unit_id", "kind"),
    ForeignKeyConstraint(["org_id", "org_unit_id"], [org_units.c.org_id, org_units.c.id]),
)

#: 有偿服务单. The lines stand as they were priced; whoever confirms is bound to their hash.
service_slips = entity_table(
    "service_slips",
    metadata,
    Column("number", String(40), nullable=False),
    Column("ticket_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid),
    Column("state", String(10), nullable=False),  # draft, confirmed, refused, posted, void
    Column("revision", SmallInteger, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("total_fen", BigInteger, nullable=False),
    Column("lines_hash", String(64), nullable=False),
    Column("made_by", Uuid),
    Column("done_at", UtcDateTime, nullable=False),  # when the service was done
    Column("confirmed_at", UtcDateTime),
    Column("method", String(10)),  # app, device, paper
    Column("reason", Text),  # why refused or void
    Column("posted_at", UtcDateTime),
    Column("posted_by", Uuid),
    UniqueConstraint("org_id", "number"),
    ForeignKeyConstraint(["org_id", "ticket_id"], [tickets.c.org_id, tickets.c.id]),
    Index("ix_service_slips_ticket", "org_id", "ticket_id", "id"),
    Index("ix_service_slips_community", "org_id", "community_id", "id"),
)

#: A fault that came again: the later case, the earlier one, and the whole days between the two.
repeat_faults = plain_table(
    "repeat_faults",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("ticket_id", Uuid, nullable=False),
    Column("earlier_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("category", String(40), nullable=False),
    Column("days", Integer, nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
    UniqueConstraint("org_id", "ticket_id", "earlier_id"),
    ForeignKeyConstraint(["org_id", "ticket_id"], [tickets.c.org_id, tickets.c.id]),
    ForeignKeyConstraint(["org_id", "earlier_id"], [tickets.c.org_id, tickets.c.id]),
    Index("ix_repeat_faults_community", "org_id", "community_id", "id"),
)
