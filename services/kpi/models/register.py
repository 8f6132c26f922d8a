"""Copies of what kpi needs of the register, so that it scores while ticketing is down."""

from sqlalchemy import Column, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.kpi.models.base import metadata
from shared.db.tables import ref_table

ref_org_units = ref_table(
    "ref_org_units",
    metadata,
    Column("name", String(200), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("path", ARRAY(Uuid), nullable=False),
)

ref_communities = ref_table(
    "ref_communities",
    metadata,
    Column("name", String(200), nullable=False),
    Column("path", ARRAY(Uuid), nullable=False),  # org units above the community, the root first
    Column("timezone", String(64), nullable=False),
    Column("external_id", String(200)),  # the company's own id of it; none in copies made before it was told
)

ref_units = ref_table(
    "ref_units",
    metadata,
    Column("community_id", Uuid),
    Column("number", String(80), nullable=False),
)
