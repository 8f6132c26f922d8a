"""A line of one thing has that thing's price, which may be any amount of money: nothing is rewritten."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0015'
down_revision: str | Sequence[str] | None = '0014'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.alter_column('bill_lines', 'rate', type_=sa.Numeric(18, 4), existing_type=sa.Numeric(14, 4), schema='billing')


def downgrade() -> None:
    op.alter_column('bill_lines', 'rate', type_=sa.Numeric(14, 4), existing_type=sa.Numeric(18, 4), schema='billing')
