"""What people were told and agreed to about their data, and where the record of openings is found (D-075, G-010)."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Text, UniqueConstraint, Uuid, text

from services.ticketing.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table, log_table

#: Editions of what is told or asked: never changed once published, for consents name one.
notices = entity_table(
    "notices",
    metadata,
    Column("purpose", String(40), nullable=False),  # privacy, terms; marketing, survey_sms
    Column("edition", Integer, nullable=False),  # 1, 2, … within its purpose
    Column("title_zh", String(200), nullable=False),
    Column("title_en", String(200), nullable=False),
    Column("text_zh", Text, nullable=False),
    Column("text_en", Text, nullable=False),
    Column("effective_from", UtcDateTime, nullable=False),
    Column("published_by", Uuid),
    UniqueConstraint("org_id", "purpose", "edition"),
)

#: Every yes and every taking back; the last of a purpose counts. They prove what was agreed to, so they outlive erasure
#: under the person's id alone.
consents = log_table(
    "consents",
    metadata,
    Column("person_id", Uuid, nullable=False),
    Column("purpose", String(40), nullable=False),
    Column("notice_id", Uuid, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("given", Boolean, nullable=False),  # false: withdrawn
    Column("channel", String(20), nullable=False),  # app, paper, counter, phone
    Column("decided_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("recorded_by", Uuid),
    Index("ix_consents_person", "org_id", "person_id", "purpose", "id"),
)

_audit = metadata.tables["ticketing.audit"]
#: Whose data did this account see? Entries about openings are few among all, so the index is small.
Index(
    "ix_audit_opened",
    _audit.c.org_id,
    _audit.c.actor_id,
    _audit.c.id,
    postgresql_where=text("action LIKE '%opened'"),
)
