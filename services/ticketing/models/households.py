"""How people come to their units: what they ask, what is printed on their bill, and who moved in and out when.

Names and phones stand in ``people`` alone. A printed code is stored as a keyed hash: the paper is the only copy.
"""

from sqlalchemy import Column, Date, ForeignKeyConstraint, Index, LargeBinary, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.ticketing.models.base import metadata
from services.ticketing.models.register import people, units
from shared.db.tables import UtcDateTime, entity_table

#: Somebody of the app asks to be bound to a unit, which is named as people name it until a clerk finds it.
binding_requests = entity_table(
    "binding_requests",
    metadata,
    Column("person_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("building", String(80)),
    Column("number", String(80), nullable=False),
    Column("role", String(20), nullable=False),
    Column("attachments", JSONB, nullable=False),
    Column("state", String(12), nullable=False),  # open, approved, refused, withdrawn
    Column("decided_by", Uuid),
    Column("decided_at", UtcDateTime),
    Column("refusal", String(20)),  # a code of domain/households.py: what the applicant is told
    Column("note", String(500)),  # for the desk alone
    Column("unit_id", Uuid),
    Column("relation_id", Uuid),
    ForeignKeyConstraint(["org_id", "person_id"], [people.c.org_id, people.c.id]),
    Index("ix_binding_requests_desk", "org_id", "community_id", "state", "id"),
    Index("ix_binding_requests_person", "org_id", "person_id", "id"),
)

#: A code on paper that makes whoever shows it first the owner of a unit.
activation_codes = entity_table(
    "activation_codes",
    metadata,
    Column("unit_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("role", String(20), nullable=False),
    Column("handle", String(8), nullable=False),  # the first group of the code: finds the row, proves nothing
    Column("code_hash", LargeBinary, nullable=False),
    Column("state", String(10), nullable=False),  # issued, used, revoked
    Column("issued_by", Uuid, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_by", Uuid),
    Column("used_at", UtcDateTime),
    Column("relation_id", Uuid),
    UniqueConstraint("org_id", "handle"),
    ForeignKeyConstraint(["org_id", "unit_id"], [units.c.org_id, units.c.id]),
    Index("ix_activation_codes_unit", "org_id", "unit_id", "state"),
    Index("ix_activation_codes_community", "org_id", "community_id", "id"),
)

#: A move in or out, or a sale: which relations ended and which began on the day.
moves = entity_table(
    "moves",
    metadata,
    Column("unit_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),  # sale, move_in, move_out
    Column("on", Date, nullable=False),  # the first day of the new state
    Column("ended", ARRAY(Uuid), nullable=False),  # relations
    Column("begun", ARRAY(Uuid), nullable=False),
    Column("recorded_by", Uuid, nullable=False),
    Column("note", String(500)),
    ForeignKeyConstraint(["org_id", "unit_id"], [units.c.org_id, units.c.id]),
    Index("ix_moves_unit", "org_id", "unit_id", "id"),
)
