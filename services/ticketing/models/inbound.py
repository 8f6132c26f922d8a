"""What comes in from outside: connected exchanges and mailboxes, calls, visits, mail (C-036 … C-043, B-001 … B-005).

Numbers, names, addresses and texts of callers stand here and in no event, log or audit entry; erasing a person takes
them away. ``org_unit_id`` is the scope of what belongs to no community yet (a hotline of several).
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.ticketing.models.base import metadata
from services.ticketing.models.register import EXTERNAL, SOURCE
from shared.db.tables import UtcDateTime, entity_table, plain_table

connections = entity_table(
    "connections",
    metadata,
    Column("kind", String(10), nullable=False),  # pbx, mail
    Column("name", String(100), nullable=False),
    Column("source", SOURCE, nullable=False),  # what its calls are known under; imports of its records use it too
    Column("org_unit_id", Uuid, nullable=False),
    Column("community_id", Uuid),
    Column("ticket_kind", String(40)),  # mail: what a new message becomes
    Column("address", String(254)),  # mail: the mailbox's own address, whose mail is never taken in
    Column("secret", LargeBinary, nullable=False),  # sealed under the installation's master key
    Column("previous_secret", LargeBinary),
    Column("previous_until", UtcDateTime),
    Column("ended_at", UtcDateTime),
    UniqueConstraint("org_id", "source"),
)

#: Each event of each call once, however often and in whatever order the exchange sends it.
inbound_events = plain_table(
    "inbound_events",
    metadata,
    Column("connection_id", Uuid, nullable=False),
    Column("key", String(200), nullable=False),  # the exchange's call id and the event
    Column("digest", LargeBinary, nullable=False),  # of the content: the same key with another one is refused
    Column("received_at", UtcDateTime, nullable=False),
    key=("org_id", "connection_id", "key"),
)

#: Who sits at which extension now; at most one seat for each clerk.
seats = plain_table(
    "seats",
    metadata,
    Column("source", SOURCE, nullable=False),
    Column("extension", String(20), nullable=False),
    Column("staff_id", Uuid, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    UniqueConstraint("org_id", "staff_id"),
    key=("org_id", "source", "extension"),
)

calls = entity_table(
    "calls",
    metadata,
    Column("source", SOURCE, nullable=False),
    Column("external_id", EXTERNAL, nullable=False),  # the exchange's call id
    Column("org_unit_id", Uuid, nullable=False),
    Column("community_id", Uuid),
    Column("direction", String(10), nullable=False),  # incoming, outgoing
    Column("number", String(40)),  # personal: the other side's; null when withheld or erased
    Column("person_id", Uuid),
    Column("unit_id", Uuid),
    Column("extension", String(20)),
    Column("clerk_id", Uuid),
    Column("offered_at", UtcDateTime),
    Column("rings", SmallInteger),
    Column("answered_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(10), nullable=False),  # ringing, answered, missed, abandoned, failed
    Column("in_time", Boolean),
    Column("return_id", Uuid),  # the promise to call back that it belongs to
    Column("affair", String(12)),  # at_once, ticketed; null: not settled yet
    Column("affair_at", UtcDateTime),
    Column("affair_by", Uuid),
    Column("affair_subject", String(300)),
    Column("ticket_ids", ARRAY(Uuid), nullable=False),
    UniqueConstraint("org_id", "source", "external_id"),
    Index("ix_calls_community", "org_id", "community_id", "id"),
    Index("ix_calls_person", "org_id", "person_id", "id"),
)

call_returns = entity_table(
    "call_returns",
    metadata,
    Column("source", SOURCE, nullable=False),
    Column("org_unit_id", Uuid, nullable=False),
    Column("community_id", Uuid),
    Column("number", String(40)),  # personal
    Column("person_id", Uuid),
    Column("calls", SmallInteger, nullable=False),  # missed calls that it answers for
    Column("missed_at", UtcDateTime, nullable=False),  # the first of them
    Column("due_at", UtcDateTime, nullable=False),  # the last second that counts
    Column("state", String(10), nullable=False),  # due, returned, withdrawn
    Column("how", String(12)),  # called_back, got_through
    Column("reached", Boolean),
    Column("on_time", Boolean),
    Column("closed_at", UtcDateTime),
    Column("closed_by", Uuid),
    Column("overdue_at", UtcDateTime),
    Index(
        "uq_call_returns_open",
        "org_id",
        "source",
        "number",
        unique=True,
        postgresql_where=text("state = 'due'"),
    ),
    Index("ix_call_returns_due", "org_id", "due_at", "id"),
)

visits = entity_table(
    "visits",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid),
    Column("person_id", Uuid),
    Column("visitor_name", String(100)),  # personal
    Column("subject", String(300), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("received_by", Uuid),
    Column("late_reason", String(300)),
    Column("affair", String(12)),  # at_once, transferred, ticketed; null: not settled yet
    Column("affair_at", UtcDateTime),
    Column("affair_by", Uuid),
    Column("result", Text),
    Column("department", String(80)),
    Column("greeted", Boolean),  # a sampled observation by somebody else (AMB-058)
    Column("observed_at", UtcDateTime),
    Column("observed_by", Uuid),
    Column("ticket_ids", ARRAY(Uuid), nullable=False),
    Index("ix_visits_community", "org_id", "community_id", "id"),
    Index("ix_visits_person", "org_id", "person_id", "id"),
)

mail_messages = entity_table(
    "mail_messages",
    metadata,
    Column("connection_id", Uuid, nullable=False),
    Column("message_id", String(400), nullable=False),
    Column("sender", String(254)),  # personal
    Column("subject", String(300)),  # personal
    Column("text", Text),  # personal
    Column("person_id", Uuid),
    Column("ticket_id", Uuid),
    Column("outcome", String(10), nullable=False),  # opened, threaded, ignored
    Column("reason", String(20)),  # why it was ignored: auto_reply, bounce, list, own, flood
    Column("attachments", ARRAY(Uuid), nullable=False),
    Column("refused", JSONB, nullable=False),  # attachments that were not taken: why, by position
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("org_id", "connection_id", "message_id"),
    Index("ix_mail_messages_ticket", "org_id", "ticket_id", "id"),
    Index("ix_mail_messages_sender", "org_id", "sender", "received_at"),
)
