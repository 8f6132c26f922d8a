"""Which packs an organisation has switched on."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db import ddl

revision: str = '0014'
down_revision: str | Sequence[str] | None = '0013'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('ticket_packs',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('pack', sa.String(length=20), nullable=False),
    sa.Column('switched_on', sa.Boolean(), nullable=False),
    sa.Column('set_by', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_ticket_packs')),
    sa.UniqueConstraint('org_id', 'pack', name=op.f('uq_ticket_packs_org_id_pack')),
    schema='ticketing',
    info={'tenant': True}
    )
    ddl.protect(op, "ticketing", "ticket_packs")


def downgrade() -> None:
    op.drop_table('ticket_packs', schema='ticketing')
