"""Who works where, as what, from when to when; who acts for whom (D-017 … D-048)."""

from sqlalchemy import Column, ForeignKeyConstraint, Index, String, Uuid

from services.ticketing.models.base import metadata
from services.ticketing.models.register import org_units, staff
from shared.db.tables import UtcDateTime, entity_table

#: A role, a designation or a skill that somebody holds in an org unit and below. Half open: ``until`` is the first
#: instant at which it holds no more.
assignments = entity_table(
    "assignments",
    metadata,
    Column("person_id", Uuid, nullable=False),
    Column("org_unit_id", Uuid, nullable=False),
    Column("kind", String(12), nullable=False),  # role, designation, skill
    Column("code", String(40), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("state", String(10), nullable=False),  # proposed, decided, refused
    Column("reason", String(500), nullable=False),
    Column("acting_for", Uuid),  # of a deputy: whose place is taken
    Column("made_by", Uuid),
    Column("decided_by", Uuid),
    Column("ended_by", Uuid),
    ForeignKeyConstraint(["org_id", "person_id"], [staff.c.org_id, staff.c.id]),
    ForeignKeyConstraint(["org_id", "org_unit_id"], [org_units.c.org_id, org_units.c.id]),
    Index("ix_assignments_person", "org_id", "person_id"),
    Index("ix_assignments_unit", "org_id", "org_unit_id", "code"),
)

#: Standing, time-limited delegations of the power to decide approvals. Never changed but by their revocation.
delegations = entity_table(
    "delegations",
    metadata,
    Column("from_id", Uuid, nullable=False),
    Column("to_id", Uuid, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("reason", String(500), nullable=False),
    Column("made_by", Uuid),
    Column("revoked_at", UtcDateTime),
    ForeignKeyConstraint(["org_id", "from_id"], [staff.c.org_id, staff.c.id]),
    ForeignKeyConstraint(["org_id", "to_id"], [staff.c.org_id, staff.c.id]),
    Index("ix_delegations_to", "org_id", "to_id"),
    Index("ix_delegations_from", "org_id", "from_id"),
)
