"""Opening balances: what was owed before the first bill of ours, row by row as it was imported."""

from sqlalchemy import BigInteger, Column, Date, ForeignKeyConstraint, Index, Integer, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.billing.models.base import metadata
from shared.db.tables import entity_table, plain_table

opening_imports = entity_table(
    "opening_imports",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("state", String(10), nullable=False),  # checked, refused, running, done, undoing, undone
    Column("cutover_on", Date, nullable=False),  # from this day on late fees are ours to count
    Column("rows", Integer, nullable=False),
    Column("issued", Integer, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("faults", JSONB, nullable=False),  # [{sheet, row, column, cell, zh, en}]
    Column("bad_rows", JSONB, nullable=False),  # [{sheet, headings, row, cells}], as they came
    Column("asked_by", Uuid, nullable=False),
    Index("ix_opening_imports_community", "org_id", "community_id"),
)

opening_rows = plain_table(
    "opening_rows",
    metadata,
    Column("import_id", Uuid, nullable=False),
    Column("row", Integer, nullable=False),  # counted over all sheets, from 1
    Column("unit_id", Uuid, nullable=False),
    Column("fee_kind", String(40), nullable=False),
    Column("period", String(7), nullable=False),
    Column("due_date", Date, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("interrupted_on", Date, nullable=True),  # the limitation period began anew, for the last time
    Column("cutover_on", Date, nullable=False),
    Column("bill_id", Uuid, nullable=True),  # the bill it became; of money paid in advance, the payment
    Index("ix_opening_rows_bill", "org_id", "bill_id"),
    ForeignKeyConstraint(["org_id", "import_id"], [opening_imports.c.org_id, opening_imports.c.id]),
    key=("org_id", "import_id", "row"),
)
