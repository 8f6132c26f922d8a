"""Copies of what notify needs of the register, so that a message goes out while ticketing is down.

`contacts` is the one place in notify with personal data beside the messages themselves; the row of an erased
person keeps only its id and the time, so that a late event cannot bring the person back.
"""

from sqlalchemy import Column, Date, Index, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.notify.models.base import metadata
from shared.db.tables import UtcDateTime, ref_table

contacts = ref_table(  # id = the person's id in the register, seq = the version of the person
    "contacts",
    metadata,
    Column("name", String(200)),
    Column("email", String(320)),
    Column("phone", String(40)),
    Column("locale", String(10), nullable=False),
    Column("erased_at", UtcDateTime),
)

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
    Column("community_id", Uuid),
    Column("number", String(80), nullable=False),
)

ref_relations = ref_table(
    "ref_relations",
    metadata,
    Column("person_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("role", String(40), nullable=False),
    Column("since", Date),
    Column("until", Date),
    Index("ix_ref_relations_unit", "org_id", "unit_id"),
)

ref_staff = ref_table(  # id = the employee's id in the register, which is their person's too
    "ref_staff",
    metadata,
    Column("roles", ARRAY(String(40)), nullable=False),
    Column("units", ARRAY(Uuid), nullable=False),  # the org units they are assigned to
)

ref_tickets = ref_table(  # follow-up calls name only their ticket
    "ref_tickets",
    metadata,
    Column("number", String(60), nullable=False),
    Column("kind", String(60), nullable=False),
    Column("unit_id", Uuid),
    Column("reporter_id", Uuid),
)
