"""Invitations of staff: codes sent to set a password by, one open of each person at a time."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.db import ddl

revision: str = '0015'
down_revision: str | Sequence[str] | None = '0014'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('invitations',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('invited_by', sa.Uuid(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_invitations')),
    schema='ticketing',
    info={'tenant': True}
    )
    op.create_index('ix_invitations_open', 'invitations', ['org_id', 'staff_id'], unique=True, schema='ticketing', postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_invitations_staff', 'invitations', ['org_id', 'staff_id', 'created_at'], unique=False, schema='ticketing')
    ddl.protect(op, "ticketing", "invitations")


def downgrade() -> None:
    op.drop_index('ix_invitations_staff', table_name='invitations', schema='ticketing')
    op.drop_index('ix_invitations_open', table_name='invitations', schema='ticketing', postgresql_where=sa.text("state = 'open'"))
    op.drop_table('invitations', schema='ticketing')
