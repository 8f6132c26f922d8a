"""The tables of notify.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db import ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "notify"


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("address_digest", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_attempts")),
        schema="notify",
        info={"tenant": True, "log": True},
        postgresql_partition_by="RANGE (id)",
    )
    op.create_index("ix_attempts_delivery", "attempts", ["org_id", "delivery_id"], unique=False, schema="notify")
    op.create_table(
        "audit",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("personal", sa.LargeBinary(), nullable=True),
        sa.Column("request_id", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_audit")),
        schema="notify",
        info={"tenant": True, "log": True},
        postgresql_partition_by="RANGE (id)",
    )
    op.create_index("ix_audit_entity", "audit", ["org_id", "entity", "entity_id"], unique=False, schema="notify")
    op.create_table(
        "contacts",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_contacts")),
        schema="notify",
        info={"tenant": True},
    )
    op.create_table(
        "counters",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "name", name=op.f("pk_counters")),
        schema="notify",
        info={"tenant": True},
    )
    op.create_table(
        "cursors",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("head_heard", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "source", name=op.f("pk_cursors")),
        schema="notify",
        info={"tenant": True},
    )
    op.create_table(
        "feed",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_feed")),
        sa.UniqueConstraint("org_id", "position", name=op.f("uq_feed_org_id_position")),
        schema="notify",
        info={"tenant": True},
    )
    op.create_index(
        "ix_feed_unstamped",
        "feed",
        ["org_id", "id"],
        unique=False,
        schema="notify",
        postgresql_where="position IS NULL",
    )
    op.create_table(
        "feed_heads",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", name=op.f("pk_feed_heads")),
        schema="notify",
        info={"tenant": True},
    )
    op.create_table(
        "heartbeats",
        sa.Column("process", sa.String(length=80), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("process", name=op.f("pk_heartbeats")),
        schema="notify",
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "subject", "method", "route", "key", name=op.f("pk_idempotency_keys")),
        schema="notify",
        info={"tenant": True},
    )
    op.create_index("ix_idempotency_keys_age", "idempotency_keys", ["created_at"], unique=False, schema="notify")
    op.create_table(
        "jobs",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("request_id", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_jobs")),
        schema="notify",
        info={"tenant": True},
    )
    op.create_index(
        "ix_jobs_due",
        "jobs",
        ["run_at", "org_id"],
        unique=False,
        schema="notify",
        postgresql_where="state IN ('ready', 'running')",
    )
    op.create_table(
        "jwks_copies",
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("issuer", name=op.f("pk_jwks_copies")),
        schema="notify",
    )
    op.create_table(
        "messages",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("cause_type", sa.String(length=80), nullable=False),
        sa.Column("requested", sa.Boolean(), nullable=False),
        sa.Column("template", sa.String(length=80), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("message_class", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_messages")),
        sa.UniqueConstraint("org_id", "cause_id", "person_id", "template", name="uq_messages_once"),
        schema="notify",
        info={"tenant": True},
    )
    op.create_index("ix_messages_person", "messages", ["org_id", "person_id", "id"], unique=False, schema="notify")
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        schema="notify",
    )
    op.create_table(
        "outbox",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("trace_id", sa.String(length=80), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_outbox")),
        schema="notify",
        info={"tenant": True, "log": True},
        postgresql_partition_by="RANGE (id)",
    )
    op.create_table(
        "parked_events",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("envelope", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_parked_events")),
        schema="notify",
        info={"tenant": True},
    )
    op.create_index(
        "ix_parked_events_subject",
        "parked_events",
        ["org_id", "source", "subject", "position"],
        unique=False,
        schema="notify",
    )
    op.create_table(
        "person_keys",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "person_id", name=op.f("pk_person_keys")),
        schema="notify",
        info={"tenant": True},
    )
    op.create_table(
        "ref_communities",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_ref_communities")),
        schema="notify",
        info={"tenant": True},
    )
    op.create_table(
        "ref_relations",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_ref_relations")),
        schema="notify",
        info={"tenant": True},
    )
    op.create_index("ix_ref_relations_unit", "ref_relations", ["org_id", "unit_id"], unique=False, schema="notify")
    op.create_table(
        "ref_tickets",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("reporter_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_ref_tickets")),
        schema="notify",
        info={"tenant": True},
    )
    op.create_table(
        "ref_units",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_ref_units")),
        schema="notify",
        info={"tenant": True},
    )
    op.create_table(
        "timers",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("fire_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("request_id", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_timers")),
        sa.UniqueConstraint("org_id", "kind", "subject_id", name=op.f("uq_timers_org_id_kind_subject_id")),
        schema="notify",
        info={"tenant": True},
    )
    op.create_index(
        "ix_timers_due",
        "timers",
        ["fire_at", "org_id"],
        unique=False,
        schema="notify",
        postgresql_where="state = 'pending'",
    )
    op.create_table(
        "deliveries",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "message_id"], ["notify.messages.org_id", "notify.messages.id"], name="fk_deliveries_message"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("org_id", "message_id", "channel", name="uq_deliveries_channel"),
        schema="notify",
        info={"tenant": True},
    )
    op.create_index("ix_deliveries_state", "deliveries", ["org_id", "state"], unique=False, schema="notify")
    op.create_table(
        "inbox",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "id"], ["notify.messages.org_id", "notify.messages.id"], name="fk_inbox_message"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_inbox")),
        schema="notify",
        info={"tenant": True},
    )
    op.create_index("ix_inbox_person", "inbox", ["org_id", "person_id", "id"], unique=False, schema="notify")
    ddl.protect(op, "notify", "attempts", log=True)
    ddl.protect(op, "notify", "audit", log=True)
    ddl.protect(op, "notify", "contacts")
    ddl.protect(op, "notify", "counters")
    ddl.protect(op, "notify", "cursors")
    ddl.protect(op, "notify", "feed")
    ddl.protect(op, "notify", "feed_heads")
    ddl.open_global(op, "notify", "heartbeats")
    ddl.protect(op, "notify", "idempotency_keys")
    ddl.protect(op, "notify", "jobs")
    ddl.open_global(op, "notify", "jwks_copies")
    ddl.protect(op, "notify", "messages")
    ddl.open_global(op, "notify", "organisations")
    ddl.protect(op, "notify", "outbox", log=True)
    ddl.protect(op, "notify", "parked_events")
    ddl.protect(op, "notify", "person_keys")
    ddl.protect(op, "notify", "ref_communities")
    ddl.protect(op, "notify", "ref_relations")
    ddl.protect(op, "notify", "ref_tickets")
    ddl.protect(op, "notify", "ref_units")
    ddl.protect(op, "notify", "timers")
    ddl.protect(op, "notify", "deliveries")
    ddl.protect(op, "notify", "inbox")
    ddl.functions(op, "notify")


def downgrade() -> None:
    op.drop_index("ix_inbox_person", table_name="inbox", schema="notify")
    op.drop_table("inbox", schema="notify")
    op.drop_index("ix_deliveries_state", table_name="deliveries", schema="notify")
    op.drop_table("deliveries", schema="notify")
    op.drop_index("ix_timers_due", table_name="timers", schema="notify", postgresql_where="state = 'pending'")
    op.drop_table("timers", schema="notify")
    op.drop_table("ref_units", schema="notify")
    op.drop_table("ref_tickets", schema="notify")
    op.drop_index("ix_ref_relations_unit", table_name="ref_relations", schema="notify")
    op.drop_table("ref_relations", schema="notify")
    op.drop_table("ref_communities", schema="notify")
    op.drop_table("person_keys", schema="notify")
    op.drop_index("ix_parked_events_subject", table_name="parked_events", schema="notify")
    op.drop_table("parked_events", schema="notify")
    op.drop_table("outbox", schema="notify")
    op.drop_table("organisations", schema="notify")
    op.drop_index("ix_messages_person", table_name="messages", schema="notify")
    op.drop_table("messages", schema="notify")
    op.drop_table("jwks_copies", schema="notify")
    op.drop_index("ix_jobs_due", table_name="jobs", schema="notify", postgresql_where="state IN ('ready', 'running')")
    op.drop_table("jobs", schema="notify")
    op.drop_index("ix_idempotency_keys_age", table_name="idempotency_keys", schema="notify")
    op.drop_table("idempotency_keys", schema="notify")
    op.drop_table("heartbeats", schema="notify")
    op.drop_table("feed_heads", schema="notify")
    op.drop_index("ix_feed_unstamped", table_name="feed", schema="notify", postgresql_where="position IS NULL")
    op.drop_table("feed", schema="notify")
    op.drop_table("cursors", schema="notify")
    op.drop_table("counters", schema="notify")
    op.drop_table("contacts", schema="notify")
    op.drop_index("ix_audit_entity", table_name="audit", schema="notify")
    op.drop_table("audit", schema="notify")
    op.drop_index("ix_attempts_delivery", table_name="attempts", schema="notify")
    op.drop_table("attempts", schema="notify")
    ddl.drop_functions(op, "notify")
