"""Uploaded files and issued documents: what they are. Contents lie in the object store under keys made of ids."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, UniqueConstraint, Uuid

from services.ticketing.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table

files = entity_table(
    "files",
    metadata,
    Column("state", String(10), nullable=False),  # waiting (for a case), attached, removed
    Column("kind", String(10), nullable=False),  # image, audio, document
    Column("media_type", String(60), nullable=False),  # by content, never by what the caller said
    Column("name", String(120), nullable=False),  # shown to people; never part of a path
    Column("size", BigInteger, nullable=False),  # bytes as stored
    Column("sha256", String(64), nullable=False),  # of what is stored
    Column("source_sha256", String(64), nullable=False),  # of what was sent, before it was cleaned
    Column("width", Integer),
    Column("height", Integer),
    Column("thumbnail", Boolean, nullable=False),
    Column("uploaded_by", Uuid, nullable=False),
    Column("subject_kind", String(40)),  # what it hangs on; its scope is the scope of that
    Column("subject_id", Uuid),
    Column("attached_at", UtcDateTime),
    Index("ix_files_uploader", "org_id", "uploaded_by", "state"),
    Index("ix_files_subject", "org_id", "subject_id"),
)

# A form as it was issued: the same content again has the same number and the same bytes, changed content a new number.
documents = entity_table(
    "documents",
    metadata,
    Column("kind", String(40), nullable=False),  # repair-record (C-002), work-slip (C-004)
    Column("number", String(40), nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("template_hash", String(64), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("sha256", String(64)),  # of the PDF; null until it was made the first time
    Column("issued_at", UtcDateTime, nullable=False),
    Column("issued_by", Uuid),
    UniqueConstraint("org_id", "number"),
    UniqueConstraint("org_id", "subject_id", "kind", "template_hash", "content_hash"),
)
