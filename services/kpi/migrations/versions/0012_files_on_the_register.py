"""files on the register."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0012'
down_revision: str | Sequence[str] | None = '0011'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        'ix_facts_current_listed',
        'facts_current',
        ['org_id', 'community_id', 'indicator', 'on_date'],
        unique=False,
        schema='kpi',
        postgresql_where=sa.text("verdict = 'never_checked'"),
    )


def downgrade() -> None:
    op.drop_index('ix_facts_current_listed', table_name='facts_current', schema='kpi')
