"""Which packs an organisation has switched on; one row for each that anybody ever touched."""

from sqlalchemy import Boolean, Column, String, UniqueConstraint, Uuid

from services.ticketing.models.base import metadata
from shared.db.tables import entity_table

ticket_packs = entity_table(
    "ticket_packs",
    metadata,
    Column("pack", String(20), nullable=False),
    Column("switched_on", Boolean, nullable=False),
    Column("set_by", Uuid),
    UniqueConstraint("org_id", "pack"),
)
