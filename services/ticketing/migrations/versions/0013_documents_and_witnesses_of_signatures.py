"""documents and witnesses of signatures."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0013'
down_revision: str | Sequence[str] | None = '0012'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('ticket_signatures', sa.Column('document', sa.Text(), nullable=True), schema='ticketing')
    op.add_column('ticket_signatures', sa.Column('file_id', sa.Uuid(), nullable=True), schema='ticketing')
    op.add_column('ticket_signatures', sa.Column('witness_id', sa.Uuid(), nullable=True), schema='ticketing')


def downgrade() -> None:
    op.drop_column('ticket_signatures', 'witness_id', schema='ticketing')
    op.drop_column('ticket_signatures', 'file_id', schema='ticketing')
    op.drop_column('ticket_signatures', 'document', schema='ticketing')
