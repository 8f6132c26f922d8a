"""Our templates as providers know them: a text message is sent only from a template that its provider approved."""

from sqlalchemy import Column, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY

from services.notify.models.base import metadata
from shared.db.tables import entity_table

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
