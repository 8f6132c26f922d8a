"""Payments and orders are found by their payer: a merge of two people read through all of them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0014'
down_revision: str | Sequence[str] | None = '0013'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index('ix_payments_payer', 'payments', ['org_id', 'payer_id'], unique=False, schema='billing', postgresql_where=sa.text('payer_id IS NOT NULL'))
    op.create_index('ix_payment_orders_payer', 'payment_orders', ['org_id', 'payer_id'], unique=False, schema='billing', postgresql_where=sa.text('payer_id IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_payment_orders_payer', table_name='payment_orders', schema='billing')
    op.drop_index('ix_payments_payer', table_name='payments', schema='billing')
