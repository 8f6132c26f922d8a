"""Billing's copy of the register, filled from ticketing's change feed, so that it bills alone.

No foreign key points here: the copy may lag behind what billing already issued. It holds no personal
data; people are ids.
"""

from sqlalchemy import Column, Date, Index, Numeric, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.billing.models.base import metadata
from shared.db.tables import ref_table

ref_communities = ref_table(
    "ref_communities",
    metadata,
    Column("name", String(200), nullable=False),
    Column("path", ARRAY(Uuid), nullable=False),  # org units above the community, the root first
    Column("timezone", String(64), nullable=False),
)

ref_units = ref_table(
    "ref_units",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("building_id", Uuid, nullable=True),
    Column("number", String(80), nullable=False),
    Column("area", Numeric(12, 4), nullable=False),  # square metres
    Column("use", String(40), nullable=False),
    Column("sold_on", Date, nullable=True),
    Index("ix_ref_units_community", "org_id", "community_id", "id"),  # a run walks it in this order
)

ref_relations = ref_table(
    "ref_relations",
    metadata,
    Column("community_id", Uuid, nullable=True),
    Column("unit_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("role", String(40), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=True),
    Column("powers", ARRAY(String(40)), nullable=True),  # null: copied before the register told them
    Index("ix_ref_relations_unit", "org_id", "unit_id"),
    Index("ix_ref_relations_person", "org_id", "person_id"),
)
