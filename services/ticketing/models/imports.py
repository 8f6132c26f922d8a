"""Imports from tables: what was asked, each error by sheet, row and column, and what to put back when it is undone.

Changes of people hold what they were before, so they go with the person's erasure and after thirty days at the latest.
"""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, String, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.ticketing.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table, plain_table

imports = entity_table(
    "imports",
    metadata,
    Column("resource", String(40), nullable=False),  # units, people, staff, relations
    Column("source", String(40), nullable=False),
    Column("mode", String(10), nullable=False),  # check (dry run), good (rows), all (or nothing)
    Column("state", String(10), nullable=False),  # waiting, running, done, refused, undone
    Column("name", String(120), nullable=False),
    Column("format", String(10), nullable=False),  # xlsx, csv, ndjson
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("requested_by", Uuid, nullable=False),
    Column("caller", JSONB, nullable=False),  # roles, units and scopes the request had: the job does no more
    Column("rows", Integer, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("created", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("bad", Integer, nullable=False),
    Column("problem", JSONB),  # why the file as a whole was refused: {zh, en}
    Column("undo", JSONB),  # what an undo put back and what it had to keep
    Column("finished_at", UtcDateTime),
    Column("kept_until", UtcDateTime, nullable=False),  # file, errors and changes go then
)

import_faults = plain_table(
    "import_faults",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("import_id", Uuid, nullable=False),
    Column("sheet", String(80), nullable=False),
    Column("row", Integer, nullable=False),  # as the program that shows the table counts: the heading is row 1
    Column("column", String(80)),  # the heading above the cell; null for the row as a whole
    Column("cell", String(12)),  # such as F18
    Column("zh", Text, nullable=False),
    Column("en", Text, nullable=False),
    ForeignKeyConstraint(["org_id", "import_id"], [imports.c.org_id, imports.c.id]),
    Index("ix_import_faults_import", "org_id", "import_id", "id"),
)

import_changes = plain_table(
    "import_changes",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("import_id", Uuid, nullable=False),
    Column("entity_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),  # after the import; moved on since means: somebody else's now
    Column("before", JSONB),  # null: the import made the row
    ForeignKeyConstraint(["org_id", "import_id"], [imports.c.org_id, imports.c.id]),
    Index("ix_import_changes_import", "org_id", "import_id", "id"),
    Index("ix_import_changes_entity", "org_id", "entity_id"),
)
