"""what is open and the last day of a case."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0013'
down_revision: str | Sequence[str] | None = '0012'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('cases', sa.Column('last_on', sa.Date(), nullable=True), schema='kpi')
    op.create_index(
        'ix_cases_last', 'cases', ['org_id', 'family', 'community_id', 'last_on'], unique=False, schema='kpi'
    )
    op.drop_index('ix_cases_community', table_name='cases', schema='kpi')
    op.add_column('facts', sa.Column('until', sa.Date(), nullable=True), schema='kpi')
    op.add_column('facts_current', sa.Column('until', sa.Date(), nullable=True), schema='kpi')
    op.create_index(
        'ix_facts_current_open',
        'facts_current',
        ['org_id', 'community_id', 'indicator', 'until'],
        unique=False,
        schema='kpi',
        postgresql_where=sa.text('until IS NOT NULL'),
    )


def downgrade() -> None:
    op.drop_index('ix_facts_current_open', table_name='facts_current', schema='kpi')
    op.drop_column('facts_current', 'until', schema='kpi')
    op.drop_column('facts', 'until', schema='kpi')
    op.create_index('ix_cases_community', 'cases', ['org_id', 'family', 'community_id'], unique=False, schema='kpi')
    op.drop_index('ix_cases_last', table_name='cases', schema='kpi')
    op.drop_column('cases', 'last_on', schema='kpi')
