"""Tickets, their clocks, the history that never changes, and owners' signatures (C-001 … C-035, B-007 … B-011).

Indexes are few on purpose: intake is the hottest write, and each index is paid there. Lists run along the primary
key, whose UUIDv7 is the order of recording.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.ticketing.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table, log_table

tickets = entity_table(
    "tickets",
    metadata,
    Column("number", String(40), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid),
    Column("place_id", Uuid),
    Column("reporter_id", Uuid),  # a person of the register; null when a passer-by reported
    Column("recorded_by", Uuid),  # whose token took it in
    Column("channel", String(20), nullable=False),
    Column("summary", String(300), nullable=False),
    Column("detail", Text),
    Column("contact", JSONB),  # personal: whom to call about this case; masked unless opened
    Column("fields", JSONB, nullable=False),  # those of the kind
    Column("attachments", JSONB, nullable=False),
    Column("wished_urgency", String(10)),  # what an owner asked for; staff decide (AMB-084)
    Column("urgency", String(10), nullable=False),
    Column("complex", Boolean, nullable=False),
    Column("major", Boolean, nullable=False),
    Column("appointment", UtcDateTime),
    Column("received_at", UtcDateTime, nullable=False),  # when the owner told us: every limit counts from here
    Column("state_since", UtcDateTime),  # when it came into its state: where the limit of a step counts from
    Column("assignee_id", Uuid),
    Column("department", String(80)),
    Column("handler_id", Uuid),  # who did the work: may not rate it, call about it or rule on it
    Column("dispatched_at", UtcDateTime),
    Column("followed_up_at", UtcDateTime),
    Column("responded_at", UtcDateTime),
    Column("arrived_at", UtcDateTime),
    Column("plan_sent_at", UtcDateTime),
    Column("plan_text", Text),
    Column("deadline", UtcDateTime),
    Column("deadline_set_at", UtcDateTime),
    Column("completed_at", UtcDateTime),
    Column("result", Text),
    Column("valid", Boolean),
    Column("rating", SmallInteger),
    Column("satisfied", Boolean),
    Column("rated_at", UtcDateTime),
    Column("signed_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("cancelled_at", UtcDateTime),
    Column("rounds", SmallInteger, nullable=False),  # 1, and one more each time it is reopened
    Column("merged_into", Uuid),  # the case that goes on with this one, its duplicate
    Column("origin", JSONB),  # what its channel demands: call or visit, screenshot, outlet
    Column("authority_number", String(60)),  # the number that 12345 or an authority gave the case
    Column("authority_deadline", UtcDateTime),  # until when they want the answer
    UniqueConstraint("org_id", "number"),
    Index(
        "uq_tickets_authority_number",
        "org_id",
        "authority_number",
        unique=True,
        postgresql_where=text("authority_number IS NOT NULL"),
    ),
    # No foreign key to the community: its check locks that one row in every intake of a community, and ten at once make
    # Postgres keep lists of lockers. Intake reads the community in the same transaction, and none is ever deleted.
    Index("ix_tickets_community", "org_id", "community_id", "id"),
    Index("ix_tickets_unit", "org_id", "unit_id", "id"),
    Index("ix_tickets_reporter", "org_id", "reporter_id", "id"),
    Index("ix_tickets_merged", "org_id", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    # Analyses read a period. A block index costs an intake next to nothing, for rows come in the order of receipt.
    Index("ix_tickets_received", "received_at", postgresql_using="brin"),
)

# A reopened case has one more follow-up call, and so one more clock of that code: ``subject_id`` is the ticket or the
# call, and each subject has at most one clock of a code.
ticket_clocks = entity_table(
    "ticket_clocks",
    metadata,
    Column("ticket_id", Uuid, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("clock", String(60), nullable=False),
    Column("from_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),  # the last second that counts
    Column("met_at", UtcDateTime),
    Column("breached_at", UtcDateTime),
    Column("state", String(10), nullable=False),  # running, met, breached, withdrawn, cancelled
    Column("policy", String(40), nullable=False),  # the version of the limits it was planned under
    Column("plan_id", Uuid),  # the plan they came from; null: what is shipped
    Column("allowance", String(40)),  # the limit itself, as ``Limit`` writes it
    Column("calendar", String(40)),  # the version of the working calendar; null where none has a say
    Column("warned", SmallInteger),  # the highest share of the budget (percent) that somebody was told of
    UniqueConstraint("org_id", "subject_id", "clock"),
    Index("ix_ticket_clocks_ticket", "org_id", "ticket_id"),
    Index(
        "ix_ticket_clocks_open",
        "org_id",
        "due_at",
        postgresql_where=text("state IN ('running', 'breached') AND met_at IS NULL"),
    ),
)

# What was told about pauses, each with the time it happened: what is paused follows from all of them together.
ticket_pauses = entity_table(
    "ticket_pauses",
    metadata,
    Column("ticket_id", Uuid, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),  # the latest end of a pause; null: the case goes on from ``at``
    Column("cause", String(20)),
    Column("note", Text),
    Column("state", String(10), nullable=False),  # counts, asked, refused
    Column("why_asked", String(20)),  # long, further, reaches_back
    Column("told_by", Uuid),
    Column("late_reason", String(300)),
    Index("ix_ticket_pauses_ticket", "org_id", "ticket_id"),
)

ticket_entries = log_table(
    "ticket_entries",
    metadata,
    Column("ticket_id", Uuid, nullable=False),
    Column("action", String(40), nullable=False),
    Column("state", String(20), nullable=False),  # the ticket's, after the entry
    Column("public", Boolean, nullable=False),  # owners read it too
    Column("actor_id", Uuid),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("late_reason", String(300)),
    Column("data", JSONB, nullable=False),
    Index("ix_ticket_entries_ticket", "org_id", "ticket_id", "id"),
)

ticket_signatures = log_table(
    "ticket_signatures",
    metadata,
    Column("ticket_id", Uuid, nullable=False),
    Column("refused", Boolean, nullable=False),
    Column("method", String(10), nullable=False),  # app, device, paper
    Column("signer_id", Uuid),
    # Who signed and the artefact (strokes of a device, scan of a paper), sealed under the key of `person_id`: nothing
    # in this log changes, so erasure reaches them by destroying the key. Without a person the case has its own key.
    Column("person_id", Uuid, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("has_artefact", Boolean, nullable=False),
    Column("document_hash", String(64), nullable=False),  # sha256 of the canonical case document
    Column("signed_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("recorded_by", Uuid),
    Index("ix_ticket_signatures_ticket", "org_id", "ticket_id"),
)
