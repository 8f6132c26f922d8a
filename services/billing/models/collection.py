"""What the collection rate was when a quarter closed, kept as it was believed then."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Uuid

from services.billing.models.base import metadata
from shared.db.tables import UtcDateTime, log_table

collection_closes = log_table(
    "collection_closes",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("period", String(7), nullable=False),
    Column("fee_kind", String(40), nullable=False),
    Column("closed_at", UtcDateTime, nullable=False),
    Column("numerator_fen", BigInteger, nullable=False),
    Column("denominator_fen", BigInteger, nullable=False),
    Column("bills", Integer, nullable=False),
    Index("ix_collection_closes", "org_id", "community_id", "period"),
)
