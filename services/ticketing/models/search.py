"""What search finds: one row per ticket, unit, building, community and person, kept from the service's own feed.

``words`` are of the thing itself, ``personal`` of people: names, and phone numbers as keyed hashes of their ends. Each
lexeme begins with a mark of the organisation, so that one GIN index serves all and a word of one never walks through
the rows of another. Nothing here is the truth: the table is made again from the others at any time.

The matching operator is not leakproof, so under a row policy Postgres would look at every row of the organisation
instead of the index. The function ``search_hits`` of the migration therefore asks as the owner, bound to ``app.org``
itself, and gives nothing away but ids.
"""

from sqlalchemy import Column, Index, Integer, String, Uuid, text
from sqlalchemy.dialects.postgresql import TSVECTOR

from services.ticketing.models.base import metadata
from shared.db.tables import UtcDateTime, plain_table

search_documents = plain_table(
    "search_documents",
    metadata,
    Column("id", Uuid, nullable=False),  # of the thing; UUIDv7, so the newest is the greatest
    Column("seq", Integer, nullable=False),  # the thing's version: an older reading never overwrites a newer one
    Column("kind", String(20), nullable=False),  # ticket, unit, building, community, person
    Column("community_id", Uuid),  # null for people, whose relations decide who sees them
    # In the form in which numbers are compared; byte order, so that the beginnings of a number are one range.
    Column("number", String(80, collation="C")),
    Column("words", TSVECTOR, nullable=False),
    Column("personal", TSVECTOR, nullable=False),
    Column("indexed_at", UtcDateTime, nullable=False),
    Index(
        "ix_search_documents_number",
        "org_id",
        "number",
        "id",
        postgresql_where=text("number IS NOT NULL"),
    ),
    Index("ix_search_documents_words", "words", postgresql_using="gin"),
    Index("ix_search_documents_personal", "personal", postgresql_using="gin"),
)
