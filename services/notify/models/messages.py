"""Messages, their place in the inbox, their deliveries over channels, and the attempts, which are only ever
added.

One message per business event, person and template: the unique key is what makes a repeated event harmless.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.notify.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table, log_table, plain_table

messages = entity_table(
    "messages",
    metadata,
    Column("cause_id", Uuid, nullable=False),  # the event that is told
    Column("cause_type", String(80), nullable=False),
    Column("requested", Boolean, nullable=False),  # asked for by dunning or a campaign: the outcome is reported
    Column("template", String(80), nullable=False),
    Column("template_version", Integer, nullable=False),
    Column("template_version_id", Uuid),  # of the organisation's own wording; null: the one that comes with the product
    Column("message_class", String(20), nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("community_id", Uuid),
    Column("subject_id", Uuid, nullable=False),  # the ticket or bill it is about
    Column("locale", String(10), nullable=False),
    Column("title", Text),  # null once the person is erased
    Column("body", Text),
    Column("shown", JSONB),  # the values as the reader sees them, for providers that set the text; null as title is
    Column("unit_id", Uuid),  # the household, whose cap counts it
    Column("campaign_id", Uuid),
    Column("digest", String(64), nullable=False),  # SHA-256 of what was said; outlives the text
    UniqueConstraint("org_id", "cause_id", "person_id", "template", name="uq_messages_once"),
    Index("ix_messages_person", "org_id", "person_id", "id"),
    Index("ix_messages_subject", "org_id", "subject_id"),
    Index("ix_messages_campaign", "org_id", "campaign_id", postgresql_where="campaign_id IS NOT NULL"),
)

inbox = entity_table(  # id = the message's id
    "inbox",
    metadata,
    Column("person_id", Uuid, nullable=False),
    Column("read_at", UtcDateTime),
    Column("arrived_id", Uuid),  # its place in the reader's stream, made in wall time; null before there were streams
    ForeignKeyConstraint(["org_id", "id"], [messages.c.org_id, messages.c.id], name="fk_inbox_message"),
    Index("ix_inbox_person", "org_id", "person_id", "id"),
    Index("ix_inbox_arrived", "org_id", "person_id", "arrived_id"),
)

deliveries = entity_table(
    "deliveries",
    metadata,
    Column("message_id", Uuid, nullable=False),
    Column("channel", String(40), nullable=False),
    Column("state", String(20), nullable=False),  # domain/delivery.py
    Column("attempts", Integer, nullable=False),
    Column("claim_id", Uuid),  # the run that holds it; set and committed before the provider is called
    Column("claimed_at", UtcDateTime),  # wall time
    Column("next_at", UtcDateTime),  # wall time of the next attempt while queued after a failure
    Column("fallback", ARRAY(String(40))),  # the channels to try, in order, once this one has failed for good
    Column("reference", String(200)),  # the provider's id for it, by which some report what became of it
    Column("held_until", UtcDateTime),  # business time, while held
    Column("held_for", String(20)),  # quiet, cap or digest; stays when it is let go
    Column("campaign_id", Uuid),
    Column("bulk", Boolean),  # sent in the lane of what goes to many, which what is urgent overtakes; null: not
    Column("link", String(64)),  # the last link of its chain of attempts and receipts (domain/proof.py)
    ForeignKeyConstraint(["org_id", "message_id"], [messages.c.org_id, messages.c.id], name="fk_deliveries_message"),
    UniqueConstraint("org_id", "message_id", "channel", name="uq_deliveries_channel"),
    Index("ix_deliveries_state", "org_id", "state"),
    Index("ix_deliveries_reference", "org_id", "reference", postgresql_where="reference IS NOT NULL"),
    Index("ix_deliveries_campaign", "org_id", "campaign_id", "state", postgresql_where="campaign_id IS NOT NULL"),
    Index("ix_deliveries_held", "org_id", "held_until", postgresql_where="state = 'held'"),
)

attempts = log_table(
    "attempts",
    metadata,
    Column("delivery_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("provider", String(40)),  # who was asked; several may be in one attempt
    Column("started_at", UtcDateTime, nullable=False),  # wall time, as is ended_at
    Column("ended_at", UtcDateTime, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("code", String(20)),
    Column("detail", Text),
    Column("reference", String(200)),  # the provider's id for the message
    Column("address_digest", String(64)),  # SHA-256 of the address used: proof without the address
    Column("digest", String(64)),  # of the text that was sent
    Column("link", String(64)),  # its place in the chain; null before there were chains
    Index("ix_attempts_delivery", "org_id", "delivery_id"),
)

receipts = plain_table(  # callbacks of providers; the id is made of what they say, so that a repetition is the same row
    "receipts",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("delivery_id", Uuid, nullable=False),
    Column("provider", String(40), nullable=False),
    Column("reference", String(200), nullable=False),
    Column("arrived", Boolean, nullable=False),
    Column("code", String(80), nullable=False),
    Column("at", UtcDateTime),  # when it arrived, as the provider says
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("link", String(64)),
    Index("ix_receipts_delivery", "org_id", "delivery_id"),
)
