"""Files that prove the service of a notice: the signed receipt, the photo at the door, the carrier's slip."""

from sqlalchemy import Column, ForeignKeyConstraint, Integer, String, UniqueConstraint, Uuid

from services.billing.models.base import metadata
from services.billing.models.dunning import dunning_notices
from shared.db.tables import entity_table

# The content lies in the object store under the row's id; the hashes stay when the content has to go.
notice_proofs = entity_table(
    "notice_proofs",
    metadata,
    Column("notice_id", Uuid, nullable=False),
    Column("state", String(10), nullable=False),  # kept, removed
    Column("kind", String(20), nullable=False),  # image, audio, document
    Column("media_type", String(80), nullable=False),
    Column("name", String(120), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),  # of what is kept
    Column("source_sha256", String(64), nullable=False),  # of what was sent
    Column("uploaded_by", Uuid, nullable=False),
    UniqueConstraint("org_id", "notice_id", "source_sha256"),
    ForeignKeyConstraint(["org_id", "notice_id"], [dunning_notices.c.org_id, dunning_notices.c.id]),
)
