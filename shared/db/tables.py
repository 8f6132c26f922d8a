"""How a table looks here: ``(org_id, id)`` keys, aware times, no defaults that the database would make up.

``entity_table`` is a row that changes (it has a ``version`` for ETags), ``log_table`` one that never does and is
partitioned by its time-ordered id. The spine's own tables (outbox, feed, timers, …) are declared here too, because
every service has the same ones in its own schema.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

UtcDateTime = DateTime(timezone=True)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}

#: Tables that have no ``org_id`` and no policy; a test holds the list short.
GLOBAL_TABLES = frozenset({"schema_version", "organisations", "jwks_copies", "heartbeats", "identities"})


def entity_table(name: str, metadata: MetaData, *items: Any) -> Table:
    """A table of things that change: ``org_id, id, version, created_at, updated_at`` and what is given."""
    return Table(
        name,
        metadata,
        Column("org_id", Uuid, nullable=False),
        Column("id", Uuid, nullable=False),
        Column("version", Integer, nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("updated_at", UtcDateTime, nullable=False),
        *items,
        PrimaryKeyConstraint("org_id", "id"),
        info={"tenant": True},
    )


def ref_table(name: str, metadata: MetaData, *items: Any) -> Table:
    """A copy of another service's entity, filled from its feed: ``org_id, id, seq`` and what is given.

    ``seq`` is the version of the copied entity; an older event never overwrites a newer copy.
    """
    return Table(
        name,
        metadata,
        Column("org_id", Uuid, nullable=False),
        Column("id", Uuid, nullable=False),
        Column("seq", Integer, nullable=False),
        *items,
        PrimaryKeyConstraint("org_id", "id"),
        info={"tenant": True},
    )


def plain_table(name: str, metadata: MetaData, *items: Any, key: tuple[str, ...] = ("org_id", "id")) -> Table:
    """A tenant table of any other shape whose primary key begins with ``org_id``."""
    return Table(
        name,
        metadata,
        Column("org_id", Uuid, nullable=False),
        *items,
        PrimaryKeyConstraint(*key),
        info={"tenant": True},
    )


def log_table(name: str, metadata: MetaData, *items: Any) -> Table:
    """An append-only table, partitioned by month through its UUIDv7 id. The app role may insert, not change."""
    return Table(
        name,
        metadata,
        Column("org_id", Uuid, nullable=False),
        Column("id", Uuid, nullable=False),
        *items,
        PrimaryKeyConstraint("org_id", "id"),
        info={"tenant": True, "log": True},
        postgresql_partition_by="RANGE (id)",
    )


def service_metadata(schema: str) -> MetaData:
    """The metadata of one service, already holding the spine's tables in its schema."""
    metadata = MetaData(schema=schema, naming_convention=NAMING)
    _spine(metadata)
    return metadata


def _spine(m: MetaData) -> None:
    log_table(
        "outbox",
        m,
        Column("type", String(80), nullable=False),
        Column("subject", Uuid, nullable=False),
        Column("seq", Integer, nullable=False),
        Column("community_id", Uuid),
        Column("occurred_at", UtcDateTime, nullable=False),
        Column("recorded_at", UtcDateTime, nullable=False),
        Column("actor_id", Uuid),
        Column("trace_id", String(80), nullable=False),
        Column("data", JSONB, nullable=False),
    )
    plain_table(
        "feed",
        m,
        Column("id", Uuid, nullable=False),
        Column("position", BigInteger),
        UniqueConstraint("org_id", "position"),
        Index("ix_feed_unstamped", "org_id", "id", postgresql_where="position IS NULL"),
    )
    plain_table("feed_heads", m, Column("head", BigInteger, nullable=False), key=("org_id",))
    plain_table(
        "cursors",
        m,
        Column("source", String(20), nullable=False),
        Column("position", BigInteger, nullable=False),
        Column("head_heard", BigInteger, nullable=False),
        Column("heard_at", UtcDateTime, nullable=False),
        key=("org_id", "source"),
    )
    plain_table(
        "parked_events",
        m,
        Column("id", Uuid, nullable=False),
        Column("source", String(20), nullable=False),
        Column("subject", Uuid, nullable=False),
        Column("position", BigInteger, nullable=False),
        Column("type", String(80), nullable=False),
        Column("envelope", JSONB, nullable=False),
        Column("error", Text, nullable=False),
        Column("parked_at", UtcDateTime, nullable=False),
        Column("attempts", Integer, nullable=False),
        Index("ix_parked_events_subject", "org_id", "source", "subject", "position"),
    )
    plain_table(
        "timers",
        m,
        Column("id", Uuid, nullable=False),
        Column("kind", String(60), nullable=False),
        Column("subject_id", Uuid, nullable=False),
        Column("fire_at", UtcDateTime, nullable=False),
        Column("state", String(10), nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("payload", JSONB, nullable=False),
        Column("error", Text),
        Column("request_id", String(80), nullable=False),
        UniqueConstraint("org_id", "kind", "subject_id"),
        Index("ix_timers_due", "fire_at", "org_id", postgresql_where="state = 'pending'"),
    )
    plain_table(
        "jobs",
        m,
        Column("id", Uuid, nullable=False),
        Column("kind", String(60), nullable=False),
        Column("payload", JSONB, nullable=False),
        Column("state", String(10), nullable=False),
        Column("run_at", UtcDateTime, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("error", Text),
        Column("request_id", String(80), nullable=False),
        Index("ix_jobs_due", "run_at", "org_id", postgresql_where="state IN ('ready', 'running')"),
    )
    plain_table(
        "idempotency_keys",
        m,
        Column("subject", String(80), nullable=False),
        Column("method", String(8), nullable=False),
        Column("route", String(200), nullable=False),
        Column("key", String(200), nullable=False),
        Column("body_hash", LargeBinary, nullable=False),
        Column("status", SmallInteger),
        Column("headers", JSONB),
        Column("body", LargeBinary),
        Column("created_at", UtcDateTime, nullable=False),
        Index("ix_idempotency_keys_age", "created_at"),
        key=("org_id", "subject", "method", "route", "key"),
    )
    log_table(
        "audit",
        m,
        Column("at", UtcDateTime, nullable=False),
        Column("recorded_at", UtcDateTime, nullable=False),
        Column("actor_id", Uuid),
        Column("action", String(80), nullable=False),
        Column("entity", String(60), nullable=False),
        Column("entity_id", Uuid, nullable=False),
        Column("before", JSONB),
        Column("after", JSONB),
        Column("person_id", Uuid),
        Column("personal", LargeBinary),
        Column("request_id", String(80), nullable=False),
        Index("ix_audit_entity", "org_id", "entity", "entity_id"),
    )
    plain_table(
        "person_keys",
        m,
        Column("person_id", Uuid, nullable=False),
        Column("wrapped", LargeBinary, nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        key=("org_id", "person_id"),
    )
    plain_table(
        "counters",
        m,
        Column("name", String(80), nullable=False),
        Column("value", BigInteger, nullable=False),
        key=("org_id", "name"),
    )
    Table(
        "organisations",
        m,
        Column("id", Uuid, primary_key=True),
        Column("name", String(200), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
    )
    Table(
        "jwks_copies",
        m,
        Column("issuer", String(200), primary_key=True),
        Column("document", JSONB, nullable=False),
        Column("fetched_at", UtcDateTime, nullable=False),
    )
    Table(
        "heartbeats",
        m,
        Column("process", String(80), primary_key=True),
        Column("beat_at", UtcDateTime, nullable=False),
        Column("detail", JSONB, nullable=False),
    )
