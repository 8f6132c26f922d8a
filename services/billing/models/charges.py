"""What rules charge by besides areas: meters and readings, parking spaces, shared costs, vacancies."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)

from services.billing.models.base import metadata
from services.billing.models.standards import charge_standards
from shared.db.tables import entity_table, plain_table

meters = entity_table(
    "meters",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("code", String(60), nullable=False),  # what stands on the device
    Column("kind", String(40), nullable=False),  # the fee kind its consumption is charged as
    Column("multiplier", Numeric(10, 4), nullable=False),
    Column("start_reading", Numeric(14, 4), nullable=False),
    Column("installed_on", Date, nullable=False),
    Column("removed_on", Date, nullable=True),
    Column("replaces_id", Uuid, nullable=True),
    UniqueConstraint("org_id", "community_id", "code"),
    Index("ix_meters_unit", "org_id", "unit_id", "kind"),
)

meter_readings = entity_table(
    "meter_readings",
    metadata,
    Column("meter_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("period", String(7), nullable=False),
    Column("reading", Numeric(14, 4), nullable=False),
    Column("read_on", Date, nullable=False),
    UniqueConstraint("org_id", "meter_id", "period"),
    ForeignKeyConstraint(["org_id", "meter_id"], [meters.c.org_id, meters.c.id]),
)

# One row for each time a unit held a space; the rows of a space never share a day.
space_holdings = entity_table(
    "space_holdings",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("number", String(40), nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=True),  # the last day
    Index("ix_space_holdings_unit", "org_id", "unit_id"),
    Index("ix_space_holdings_number", "org_id", "community_id", "number"),
)

shared_costs = entity_table(
    "shared_costs",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("standard_id", Uuid, nullable=False),
    Column("period", String(7), nullable=False),
    Column("total_fen", BigInteger, nullable=False),
    Column("units", Integer, nullable=False),
    Column("note", Text, nullable=True),
    UniqueConstraint("org_id", "standard_id", "period"),
    ForeignKeyConstraint(["org_id", "standard_id"], [charge_standards.c.org_id, charge_standards.c.id]),
)

# The split as it was made when the total was entered: later changes of the register do not move a fen.
cost_parts = plain_table(
    "cost_parts",
    metadata,
    Column("cost_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("weight", Numeric(12, 4), nullable=False),
    Column("measure", String(20), nullable=False),
    Column("share", String(60), nullable=False),  # an exact fraction
    Column("amount_fen", BigInteger, nullable=False),
    ForeignKeyConstraint(["org_id", "cost_id"], [shared_costs.c.org_id, shared_costs.c.id]),
    key=("org_id", "cost_id", "unit_id"),
)

vacancies = entity_table(
    "vacancies",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),  # the last day
    Column("percent", SmallInteger, nullable=False),  # of the fee that is paid
    Column("reason", Text, nullable=False),
    Column("state", String(10), nullable=False),  # pending, approved, refused
    CheckConstraint("percent >= 0 AND percent < 100", name="a_discount"),
    Index("ix_vacancies_unit", "org_id", "unit_id"),
)
