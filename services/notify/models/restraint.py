"""What people wish not to hear, and how often a household has heard from us."""

from sqlalchemy import Column, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.notify.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table, plain_table

preferences = entity_table(
    "preferences",
    metadata,
    Column("person_id", Uuid, nullable=False),
    Column("message_class", String(20), nullable=False),
    Column("mode", String(10), nullable=False),  # now, digest or off (domain/restraint.py)
    UniqueConstraint("org_id", "person_id", "message_class", name="uq_preferences_class"),
)

household_tells = plain_table(  # the row's lock makes two sources that tell one household count together
    "household_tells",
    metadata,
    Column("unit_id", Uuid, nullable=False),
    Column("times", ARRAY(UtcDateTime), nullable=False),  # business time of the notices and surveys of the last days
    key=("org_id", "unit_id"),
)

channel_routes = entity_table(  # an organisation's own order of channels; without a row the product's holds
    "channel_routes",
    metadata,
    Column("message_class", String(20), nullable=False),
    Column("channels", ARRAY(String(40)), nullable=False),
    UniqueConstraint("org_id", "message_class", name="uq_channel_routes_class"),
)
