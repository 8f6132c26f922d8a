"""Letters: a template, a community, a person, a term and the chosen parameters; drafts until they are signed."""

from sqlalchemy import Column, Date, Index, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.kpi.models.base import metadata
from shared.db.tables import entity_table

letters = entity_table(
    "letters",
    metadata,
    Column("template", String(20), nullable=False),
    Column("template_version", Integer, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("org_unit_id", Uuid),
    Column("subject_id", Uuid, nullable=False),  # whose letter it is: a person of the register
    Column("term", String(10), nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("definition", JSONB, nullable=False),  # the template as it was signed: later versions do not reach it
    Column("state", String(10)),  # draft, effective, void; none of those made before signing was recorded: effective
    Column("hash", String(64)),  # what its signatures bind to
    Column("effective_on", Date),
    Column("parent_id", Uuid),  # the letter above, whose targets this one breaks down
    UniqueConstraint("org_id", "template", "community_id", "subject_id", "term"),
    Index("ix_letters_community", "org_id", "community_id"),
)
