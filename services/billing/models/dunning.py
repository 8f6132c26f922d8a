"""Dunning: the case of a household, the plan of a month with its steps, contacts, holds, written notices, packets.

Ids of cases and steps are made of what they are about, so that a plan made twice is the same plan.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
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
from sqlalchemy.dialects.postgresql import JSONB

from services.billing.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table, log_table

# The id is the community's.
dunning_policies = entity_table("dunning_policies", metadata, Column("params", JSONB, nullable=False))

dunning_plans = entity_table(
    "dunning_plans",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("period", String(7), nullable=False),
    Column("state", String(20), nullable=False),
    Column("policy", JSONB, nullable=False),
    Column("requested_by", Uuid, nullable=True),  # null: made by the month's timer
    Column("cursor_unit_id", Uuid, nullable=True),
    Column("debtors", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("suspended", Integer, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("finished_at", UtcDateTime, nullable=True),
    Column("confirmed_by", Uuid, nullable=True),
    Column("confirmed_at", UtcDateTime, nullable=True),
    UniqueConstraint("org_id", "community_id", "period"),
)

dunning_cases = entity_table(
    "dunning_cases",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("payer_id", Uuid, nullable=True),
    Column("state", String(20), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime, nullable=True),
    Column("amount_fen", BigInteger, nullable=False),
    Column("bills", Integer, nullable=False),
    Column("oldest_due", Date, nullable=False),
    Column("assignee_id", Uuid, nullable=True),
    Column("hold_id", Uuid, nullable=True),  # the hold that is active
    Column("reached_at", UtcDateTime, nullable=True),
    Column("demand_term_on", Date, nullable=True),  # last day of the term of a demand that was served
    Column("packet_id", Uuid, nullable=True),
    Index("ix_dunning_cases_unit", "org_id", "unit_id", postgresql_where=text("state = 'open'")),
    Index("ix_dunning_cases_community", "org_id", "community_id", "state", "id"),
)

dunning_steps = entity_table(
    "dunning_steps",
    metadata,
    Column("plan_id", Uuid, nullable=False),
    Column("case_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("payer_id", Uuid, nullable=True),
    Column("period", String(7), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("opens_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),  # the first instant that is too late
    Column("amount_fen", BigInteger, nullable=False),  # owed when the plan was made
    Column("state", String(20), nullable=False),
    Column("cause", String(40), nullable=True),  # why it is cancelled or suspended
    Column("result", String(40), nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("asked_at", UtcDateTime, nullable=True),
    Column("done_at", UtcDateTime, nullable=True),
    Column("done_by", Uuid, nullable=True),
    Column("on_time", Boolean, nullable=True),
    Column("missed_at", UtcDateTime, nullable=True),
    # Nothing that a property company may not do (民法典 944) can be stored as a step.
    CheckConstraint("kind IN ('sms', 'call', 'visit', 'demand', 'legal')", name="lawful"),
    Index("ix_dunning_steps_plan", "org_id", "plan_id", "kind", "state", "id"),
    Index("ix_dunning_steps_case", "org_id", "case_id", "period"),
    ForeignKeyConstraint(["org_id", "plan_id"], [dunning_plans.c.org_id, dunning_plans.c.id]),
    ForeignKeyConstraint(["org_id", "case_id"], [dunning_cases.c.org_id, dunning_cases.c.id]),
)

dunning_contacts = log_table(
    "dunning_contacts",
    metadata,
    Column("case_id", Uuid, nullable=False),
    Column("step_id", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("result", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),  # when it happened
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("by_id", Uuid, nullable=True),
    Column("promised_on", Date, nullable=True),
    Column("note", Text, nullable=True),
    Column("exception", Text, nullable=True),  # why outside the hours, or so soon again
    Index("ix_dunning_contacts_case", "org_id", "case_id", "id"),
)

dunning_holds = entity_table(
    "dunning_holds",
    metadata,
    Column("case_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("ticket_id", Uuid, nullable=True),
    Column("until_on", Date, nullable=False),
    Column("parts", JSONB, nullable=False),
    Column("asked_by", Uuid, nullable=False),
    Column("decided_by", Uuid, nullable=True),
    Column("decided_at", UtcDateTime, nullable=True),
    Column("ended_at", UtcDateTime, nullable=True),
    Column("ended_cause", String(40), nullable=True),
    Index("ix_dunning_holds_case", "org_id", "case_id", "id"),
    Index("ix_dunning_holds_ticket", "org_id", "ticket_id", postgresql_where=text("state = 'active'")),
    ForeignKeyConstraint(["org_id", "case_id"], [dunning_cases.c.org_id, dunning_cases.c.id]),
)

dunning_notices = entity_table(
    "dunning_notices",
    metadata,
    Column("number", String(40), nullable=False),
    Column("case_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),  # notice, demand
    Column("content", JSONB, nullable=False),  # what is printed; a number means the same paper for ever
    Column("content_hash", String(64), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("term_days", Integer, nullable=False),
    Column("printed_at", UtcDateTime, nullable=True),
    Column("printed_by", Uuid, nullable=True),
    Column("delivered_at", UtcDateTime, nullable=True),
    Column("delivered_by", Uuid, nullable=True),
    Column("delivery", String(20), nullable=True),  # how it was served
    Column("proof", String(64), nullable=True),  # SHA-256 of the proof of service
    Column("missed_at", UtcDateTime, nullable=True),
    UniqueConstraint("org_id", "number"),
    Index("ix_dunning_notices_case", "org_id", "case_id", "id"),
    Index("ix_dunning_notices_community", "org_id", "community_id", "id"),
    ForeignKeyConstraint(["org_id", "case_id"], [dunning_cases.c.org_id, dunning_cases.c.id]),
)

legal_packets = entity_table(
    "legal_packets",
    metadata,
    Column("number", String(40), nullable=False),
    Column("case_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("oldest_due", Date, nullable=False),
    Column("due_from", Date, nullable=False),
    Column("deadline", Date, nullable=False),
    Column("limitation_on", Date, nullable=False),
    Column("content", JSONB, nullable=False),
    Column("manifest", JSONB, nullable=False),  # part -> SHA-256
    Column("manifest_hash", String(64), nullable=False),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("on_time", Boolean, nullable=False),
    Column("submitted_by", Uuid, nullable=False),
    UniqueConstraint("org_id", "number"),
    Index("ix_legal_packets_case", "org_id", "case_id"),
    Index("ix_legal_packets_community", "org_id", "community_id", "id"),
    ForeignKeyConstraint(["org_id", "case_id"], [dunning_cases.c.org_id, dunning_cases.c.id]),
)
