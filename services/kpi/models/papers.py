"""What belongs to a letter in force: signatures, amendments, records beside it, the register of its copies."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.kpi.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table, plain_table

letter_signatures = plain_table(
    "letter_signatures",
    metadata,
    Column("letter_id", Uuid, nullable=False),
    Column("paper", String(40), nullable=False),  # letter, void, or the id of an amendment
    Column("place", Integer, nullable=False),
    Column("signer_id", Uuid, nullable=False),
    Column("method", String(10), nullable=False),  # electronic, paper
    Column("hash", String(64), nullable=False),  # of the paper as it was signed
    Column("signed_on", Date, nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("file_ids", ARRAY(Uuid), nullable=False),  # the scan of what was signed on paper
    Column("delegated_by", Uuid),
    Column("delegation", Text),
    Column("recorded_by", Uuid, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    key=("org_id", "letter_id", "paper", "place"),
)

letter_amendments = entity_table(
    "letter_amendments",
    metadata,
    Column("letter_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("changes", JSONB, nullable=False),
    Column("clause", Text),
    Column("reason", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("state", String(10), nullable=False),  # proposed, effective
    UniqueConstraint("org_id", "letter_id", "number"),
)

letter_records = entity_table(
    "letter_records",
    metadata,
    Column("letter_id", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),  # negotiation, work_plan, support, dispute, void
    Column("text", Text, nullable=False),
    Column("details", JSONB, nullable=False),
    Column("file_ids", ARRAY(Uuid), nullable=False),
    Column("recorded_by", Uuid, nullable=False),
    Index("ix_letter_records_letter", "org_id", "letter_id"),
)

letter_copies = plain_table(
    "letter_copies",
    metadata,
    Column("letter_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("holder", JSONB, nullable=False),
    Column("handed_on", Date),
    Column("handed_by", Uuid),
    key=("org_id", "letter_id", "number"),
)
