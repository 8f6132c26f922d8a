"""finding: documents of search, merged tickets, and the indexes of analyses."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db import ddl

revision: str = '0011'
down_revision: str | Sequence[str] | None = '0010'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SEARCH_HITS = """
CREATE FUNCTION ticketing.search_hits(
    in_words text, in_personal text, kinds text[], communities uuid[], below uuid, most integer
) RETURNS TABLE (id uuid, kind varchar) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = ticketing, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE org uuid := nullif(current_setting('app.org', true), '');  -- a value, so that the planner knows it
BEGIN
  RETURN QUERY
  SELECT d.id, d.kind FROM ticketing.search_documents d
   WHERE d.org_id = org
     AND (d.words @@ in_words::tsquery OR d.personal @@ in_personal::tsquery)
     AND d.kind = ANY(kinds)
     AND (communities IS NULL OR d.community_id = ANY(communities) OR d.community_id IS NULL)
     AND (below IS NULL OR d.id < below)
   ORDER BY d.id DESC LIMIT most;
END $$
"""


def upgrade() -> None:
    op.create_table('search_documents',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('community_id', sa.Uuid(), nullable=True),
    sa.Column('number', sa.String(length=80, collation='C'), nullable=True),
    sa.Column('words', postgresql.TSVECTOR(), nullable=False),
    sa.Column('personal', postgresql.TSVECTOR(), nullable=False),
    sa.Column('indexed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_search_documents')),
    schema='ticketing',
    info={'tenant': True}
    )
    op.create_index('ix_search_documents_number', 'search_documents', ['org_id', 'number', 'id'], unique=False, schema='ticketing', postgresql_where=sa.text('number IS NOT NULL'))
    op.create_index('ix_search_documents_personal', 'search_documents', ['personal'], unique=False, schema='ticketing', postgresql_using='gin')
    op.create_index('ix_search_documents_words', 'search_documents', ['words'], unique=False, schema='ticketing', postgresql_using='gin')
    op.add_column('tickets', sa.Column('merged_into', sa.Uuid(), nullable=True), schema='ticketing')
    op.create_index('ix_tickets_merged', 'tickets', ['org_id', 'merged_into'], unique=False, schema='ticketing', postgresql_where=sa.text('merged_into IS NOT NULL'))
    op.create_index('ix_tickets_received', 'tickets', ['received_at'], unique=False, schema='ticketing', postgresql_using='brin')
    ddl.protect(op, "ticketing", "search_documents")
    # `@@` is not leakproof: under the tenant policy no index would serve it. The owner may read this one table, through
    # a function that binds the organisation of the transaction itself and answers ids.
    op.execute("CREATE POLICY hits ON ticketing.search_documents FOR SELECT TO ticketing_owner USING (true)")
    op.execute(SEARCH_HITS)
    op.execute("REVOKE ALL ON FUNCTION ticketing.search_hits(text, text, text[], uuid[], uuid, integer) FROM PUBLIC")
    op.execute(
        "GRANT EXECUTE ON FUNCTION ticketing.search_hits(text, text, text[], uuid[], uuid, integer) TO ticketing_app"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION ticketing.search_hits(text, text, text[], uuid[], uuid, integer)")
    op.drop_index('ix_tickets_received', table_name='tickets', schema='ticketing', postgresql_using='brin')
    op.drop_index('ix_tickets_merged', table_name='tickets', schema='ticketing', postgresql_where=sa.text('merged_into IS NOT NULL'))
    op.drop_column('tickets', 'merged_into', schema='ticketing')
    op.drop_index('ix_search_documents_words', table_name='search_documents', schema='ticketing', postgresql_using='gin')
    op.drop_index('ix_search_documents_personal', table_name='search_documents', schema='ticketing', postgresql_using='gin')
    op.drop_index('ix_search_documents_number', table_name='search_documents', schema='ticketing', postgresql_where=sa.text('number IS NOT NULL'))
    op.drop_table('search_documents', schema='ticketing')
