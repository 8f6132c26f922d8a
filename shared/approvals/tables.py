"""The tables of approvals, made in the schema of the service that uses them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Index, MetaData, SmallInteger, String, Table, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.db.tables import UtcDateTime, entity_table, log_table


@dataclass(frozen=True, slots=True)
class ApprovalTables:
    """Requests with their chains, the history that never changes, and the ladders that org units set for themselves."""

    requests: Table
    entries: Table
    ladders: Table


def approval_tables(metadata: MetaData) -> ApprovalTables:
    """Declare ``approvals``, ``approval_entries`` and ``approval_ladders``; a migration of the service makes them."""
    requests = entity_table(
        "approvals",
        metadata,
        Column("number", String(40), nullable=False),
        Column("subject_kind", String(40), nullable=False),
        Column("subject_id", Uuid, nullable=False),
        Column("community_id", Uuid),
        Column("path", ARRAY(Uuid), nullable=False),  # org units above it when it was asked: who may see and decide
        Column("amount_fen", BigInteger),  # fen; null where no money is asked for
        Column("currency", String(3)),
        Column("reason", Text, nullable=False),
        Column("details", JSONB, nullable=False),  # whatever the kind wants kept with it
        Column("asked_by", Uuid, nullable=False),
        Column("state", String(10), nullable=False),  # pending, returned, approved, refused, expired, withdrawn
        Column("step", SmallInteger, nullable=False),  # of the chain, from 0
        Column("chain", JSONB, nullable=False),
        Column("involved", ARRAY(Uuid), nullable=False),  # whoever asked, decided or was delegated to: four eyes
        Column("expires_at", UtcDateTime, nullable=False),
        Column("decided_at", UtcDateTime),
        UniqueConstraint("org_id", "number"),
        Index("ix_approvals_subject", "org_id", "subject_id"),
        Index("ix_approvals_state", "org_id", "state", "id"),
    )
    entries = log_table(
        "approval_entries",
        metadata,
        Column("approval_id", Uuid, nullable=False),
        # ask, approve, refuse, return, resubmit, delegate, hand_over, withdraw, expire
        Column("action", String(20), nullable=False),
        Column("step", SmallInteger, nullable=False),
        Column("actor_id", Uuid),
        Column("to_id", Uuid),  # of a delegation
        Column("reason", Text),
        Column("at", UtcDateTime, nullable=False),
        Index("ix_approval_entries_approval", "org_id", "approval_id", "id"),
    )
    ladders = entity_table(
        "approval_ladders",
        metadata,
        Column("org_unit_id", Uuid, nullable=False),
        Column("subject_kind", String(40), nullable=False),
        Column("rungs", JSONB, nullable=False),
        UniqueConstraint("org_id", "org_unit_id", "subject_kind"),
    )
    return ApprovalTables(requests, entries, ladders)
