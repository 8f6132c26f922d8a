"""What a relation lets a person do for a unit, as the register tells it; null in copies made before."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0009'
down_revision: str | Sequence[str] | None = '0008'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        'ref_relations',
        sa.Column('powers', postgresql.ARRAY(sa.String(length=40)), nullable=True),
        schema='billing',
    )


def downgrade() -> None:
    op.drop_column('ref_relations', 'powers', schema='billing')
