"""The company behind the desk: changes of it that were applied for, and the desk's store (C-251, C-254)."""

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, String, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.ticketing.models.base import metadata
from services.ticketing.models.register import communities, org_units
from shared.db.tables import UtcDateTime, entity_table, log_table

#: An application to change the structure or the headcount of an org unit; decided by its approval.
org_changes = entity_table(
    "org_changes",
    metadata,
    Column("org_unit_id", Uuid, nullable=False),
    Column("kind", String(10), nullable=False),  # structure, headcount
    Column("title", String(200), nullable=False),
    Column("items", JSONB, nullable=False),  # what is to change, line by line
    Column("asked_by", Uuid, nullable=False),
    Column("state", String(12), nullable=False),  # asked, approved, refused, withdrawn, expired, carried_out
    Column("approval_id", Uuid),
    Column("carried_out_by", Uuid),
    Column("carried_out_at", UtcDateTime),
    Column("outcome", Text),
    ForeignKeyConstraint(["org_id", "org_unit_id"], [org_units.c.org_id, org_units.c.id]),
    Index("ix_org_changes_unit", "org_id", "org_unit_id"),
)

#: A thing kept in the store of a community's customer service; ``quantity`` is what its movements add up to.
store_items = entity_table(
    "store_items",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("code", String(40), nullable=False),
    Column("name", String(120), nullable=False),
    Column("measure", String(20), nullable=False),  # 个, 箱, 卷
    Column("quantity", Integer, nullable=False),
    Column("minimum", Integer, nullable=False),  # fewer than this are to be ordered
    Column("retired_at", UtcDateTime),
    UniqueConstraint("org_id", "community_id", "code"),
    ForeignKeyConstraint(["org_id", "community_id"], [communities.c.org_id, communities.c.id]),
)

#: In, out, or counted: never changed, a slip is put right by another movement.
store_movements = log_table(
    "store_movements",
    metadata,
    Column("item_id", Uuid, nullable=False),
    Column("kind", String(10), nullable=False),  # in, out, count, lost, damaged
    Column("change", Integer, nullable=False),  # by how much the stock changed
    Column("stock", Integer, nullable=False),  # what was there afterwards
    Column("purpose", Text, nullable=False),  # where from, what for, why the count differs
    Column("ticket_id", Uuid),  # the case it was used for
    Column("handed_to", Uuid),  # the employee who took it
    Column("moved_by", Uuid, nullable=False),
    Column("moved_at", UtcDateTime, nullable=False),
    Index("ix_store_movements_item", "org_id", "item_id", "id"),
)
