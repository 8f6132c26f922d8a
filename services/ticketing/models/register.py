"""The register: who and what there is. Every row is known to its source by ``(source, external_id)``.

Names, phones and addresses of people stand in ``people`` and ``staff`` alone; everything else names ids.
"""

from sqlalchemy import Column, Date, ForeignKeyConstraint, Index, Numeric, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.ticketing.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table

SOURCE = String(40)
EXTERNAL = String(120)

org_units = entity_table(
    "org_units",
    metadata,
    Column("source", SOURCE, nullable=False),
    Column("external_id", EXTERNAL, nullable=False),
    Column("name", String(200), nullable=False),
    Column("kind", String(40), nullable=False),  # root, branch, region, city, entity, project, department, …
    Column("parent_id", Uuid),  # null: the root, whose id is the organisation's
    Column("path", ARRAY(Uuid), nullable=False),  # ancestors from the root down, itself last
    UniqueConstraint("org_id", "source", "external_id"),
)
org_units.append_constraint(
    ForeignKeyConstraint(["org_id", "parent_id"], [org_units.c.org_id, org_units.c.id])
)

communities = entity_table(
    "communities",
    metadata,
    Column("source", SOURCE, nullable=False),
    Column("external_id", EXTERNAL, nullable=False),
    Column("name", String(200), nullable=False),
    Column("org_unit_id", Uuid, nullable=False),
    Column("path", ARRAY(Uuid), nullable=False),  # the org unit's path: what staff scopes are compared with
    Column("timezone", String(64), nullable=False),
    Column("address", String(400)),
    Column("clock_plan_id", Uuid),  # the plan its org units' policies and calendars make; null: what is shipped
    Column("clock_plan_since", UtcDateTime),
    UniqueConstraint("org_id", "source", "external_id"),
    ForeignKeyConstraint(["org_id", "org_unit_id"], [org_units.c.org_id, org_units.c.id]),
)

buildings = entity_table(
    "buildings",
    metadata,
    Column("source", SOURCE, nullable=False),
    Column("external_id", EXTERNAL, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("name", String(200), nullable=False),
    UniqueConstraint("org_id", "source", "external_id"),
    ForeignKeyConstraint(["org_id", "community_id"], [communities.c.org_id, communities.c.id]),
    Index("ix_buildings_community", "org_id", "community_id", "id"),
)

units = entity_table(
    "units",
    metadata,
    Column("source", SOURCE, nullable=False),
    Column("external_id", EXTERNAL, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("building_id", Uuid),
    Column("number", String(80), nullable=False),
    Column("area", Numeric(12, 2), nullable=False),  # square metres, as bills multiply them
    Column("use", String(20), nullable=False),  # dwelling, shop, parking, office
    Column("sold_on", Date),
    Column("occupied_from", Date),
    Column("occupied_to", Date),  # the last day, included
    UniqueConstraint("org_id", "source", "external_id"),
    ForeignKeyConstraint(["org_id", "community_id"], [communities.c.org_id, communities.c.id]),
    ForeignKeyConstraint(["org_id", "building_id"], [buildings.c.org_id, buildings.c.id]),
    Index("ix_units_community", "org_id", "community_id", "id"),
    Index("ix_units_building", "org_id", "building_id"),
)

people = entity_table(
    "people",
    metadata,
    Column("source", SOURCE, nullable=False),
    Column("external_id", EXTERNAL, nullable=False),
    Column("name", String(200)),  # null after erasure
    Column("phone", String(40)),
    Column("email", String(254)),
    Column("locale", String(10), nullable=False),
    Column("erased_at", UtcDateTime),
    Column("merged_into", Uuid),  # who survived, when two rows turned out to be one person
    UniqueConstraint("org_id", "source", "external_id"),
    Index("ix_people_phone", "org_id", "phone"),  # who is calling
)

relations = entity_table(
    "relations",
    metadata,
    Column("source", SOURCE, nullable=False),
    Column("external_id", EXTERNAL, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),  # the unit's; scopes are checked without a join
    Column("role", String(20), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),  # the last day, included
    Column("powers", ARRAY(String(40)), nullable=False),
    Column("granted_by", Uuid),  # the relation by which somebody of the household admitted this person; ends with it
    UniqueConstraint("org_id", "source", "external_id"),
    ForeignKeyConstraint(["org_id", "person_id"], [people.c.org_id, people.c.id]),
    ForeignKeyConstraint(["org_id", "unit_id"], [units.c.org_id, units.c.id]),
    Index("ix_relations_unit", "org_id", "unit_id"),
    Index("ix_relations_person", "org_id", "person_id"),
    Index("ix_relations_community", "org_id", "community_id", "id"),
)

#: A member of staff is the subject of their tokens; personal fields are read through the same people endpoint.
staff = entity_table(
    "staff",
    metadata,
    Column("source", SOURCE, nullable=False),
    Column("external_id", EXTERNAL, nullable=False),
    Column("name", String(200)),  # null after erasure
    Column("phone", String(40)),
    Column("email", String(254)),
    Column("locale", String(10), nullable=False),
    Column("roles", ARRAY(String(40)), nullable=False),
    Column("units", ARRAY(Uuid), nullable=False),  # org units
    # What the register's source says, once dated assignments stand beside it: ``roles`` and ``units`` are both together
    # as they hold now. Null as long as there are none.
    Column("base_roles", ARRAY(String(40))),
    Column("base_units", ARRAY(Uuid)),
    Column("left_at", UtcDateTime),  # whoever has left holds nothing any more, whatever a source says
    Column("erased_at", UtcDateTime),
    UniqueConstraint("org_id", "source", "external_id"),
)
