"""Statements of a day against the books, by legal entity and method."""

from sqlalchemy import BigInteger, Column, Date, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.billing.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table

reconciliations = entity_table(
    "reconciliations",
    metadata,
    Column("org_unit_id", Uuid, nullable=False),  # the legal entity, or any org unit above its communities
    Column("method", String(40), nullable=False),
    Column("day", Date, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("matched", Integer, nullable=False),
    Column("matched_fen", BigInteger, nullable=False),
    Column("differences", JSONB, nullable=False),  # [{kind, reference, payment_id, ours_fen, theirs_fen, note}]
    Column("closed_at", UtcDateTime, nullable=True),
    Column("closed_by", Uuid, nullable=True),
    UniqueConstraint("org_id", "org_unit_id", "method", "day"),
)
