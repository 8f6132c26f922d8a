"""files at their last check."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0007'
down_revision: str | Sequence[str] | None = '0006'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        'ix_facts_current_last',
        'facts_current',
        ['org_id', 'indicator', 'group_key', 'on_date'],
        unique=False,
        schema='kpi',
        postgresql_include=['community_id', 'numerator', 'verdict', 'at', 'since'],
        postgresql_where=sa.text('group_key IS NOT NULL'),
    )


def downgrade() -> None:
    op.drop_index('ix_facts_current_last', table_name='facts_current', schema='kpi')
