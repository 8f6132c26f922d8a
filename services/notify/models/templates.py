"""Our templates as providers know them: a text message is sent only from a template that its provider approved. The
templates that an organisation adds for its notices, and the wordings it gives to these and ours; each version stays."""

from sqlalchemy import Column, Index, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.notify.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table

provider_templates = entity_table(
    "provider_templates",
    metadata,
    Column("provider", String(40), nullable=False),
    Column("template", String(80), nullable=False),
    Column("locale", String(10), nullable=False),
    Column("code", String(80), nullable=False),  # the provider's own
    Column("signature", String(40), nullable=False),  # what stands in the brackets before the text
    Column("parameters", ARRAY(String(80)), nullable=False),  # our variables in the order the provider wants them
    Column("state", String(20), nullable=False),  # pending, approved or rejected
    UniqueConstraint("org_id", "provider", "template", "locale", name="uq_provider_templates_of"),
)

template_versions = entity_table(  # what is published is never changed, and in force until the next is
    "template_versions",
    metadata,
    Column("template", String(80), nullable=False),
    Column("number", Integer, nullable=False),  # from 1, of this organisation and template
    Column("state", String(20), nullable=False),  # draft or published
    Column("wordings", JSONB, nullable=False),  # language -> title, body and sms, as written
    Column("written_by", Uuid, nullable=False),
    Column("published_at", UtcDateTime),
    Column("published_by", Uuid),
    UniqueConstraint("org_id", "template", "number", name="uq_template_versions_number"),
    Index("uq_template_versions_draft", "org_id", "template", unique=True, postgresql_where="state = 'draft'"),
)

own_templates = entity_table(  # what never changes of one: its words are among the versions
    "own_templates",
    metadata,
    Column("code", String(80), nullable=False),
    Column("name", String(80), nullable=False),
    Column("message_class", String(20), nullable=False),
    Column("variables", JSONB, nullable=False),  # a list of name, type, optional
    Column("example", JSONB, nullable=False),
    Column("retired_at", UtcDateTime),  # no new notice is written with it
    UniqueConstraint("org_id", "code", name="uq_own_templates_code"),
)
