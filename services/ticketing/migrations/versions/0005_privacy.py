"""Signatures sealed under their person's key, notices and consents, an index on openings of personal data.

No release had signatures in clear. Should a database hold some all the same, this stops before it changes anything: they
cannot be sealed here, for the key that wraps persons' keys is the services' own.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.db import ddl

revision: str = '0005'
down_revision: str | Sequence[str] | None = '0004'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('consents',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('notice_id', sa.Uuid(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('given', sa.Boolean(), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_consents')),
    schema='ticketing',
    info={'tenant': True, 'log': True},
    postgresql_partition_by='RANGE (id)'
    )
    op.create_index('ix_consents_person', 'consents', ['org_id', 'person_id', 'purpose', 'id'], unique=False, schema='ticketing')
    op.create_table('notices',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('title_zh', sa.String(length=200), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('text_zh', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('effective_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_by', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_notices')),
    sa.UniqueConstraint('org_id', 'purpose', 'edition', name=op.f('uq_notices_org_id_purpose_edition')),
    schema='ticketing',
    info={'tenant': True}
    )
    op.create_index('ix_audit_opened', 'audit', ['org_id', 'actor_id', 'id'], unique=False, schema='ticketing', postgresql_where=sa.text("action LIKE '%opened'"))
    op.add_column('ticket_signatures', sa.Column('person_id', sa.Uuid(), nullable=False), schema='ticketing')
    op.add_column('ticket_signatures', sa.Column('sealed', sa.LargeBinary(), nullable=False), schema='ticketing')
    op.add_column('ticket_signatures', sa.Column('has_artefact', sa.Boolean(), nullable=False), schema='ticketing')
    op.drop_column('ticket_signatures', 'signature', schema='ticketing')
    op.drop_column('ticket_signatures', 'signer_name', schema='ticketing')
    ddl.protect(op, "ticketing", "consents", log=True)
    ddl.protect(op, "ticketing", "notices")


def downgrade() -> None:
    op.add_column('ticket_signatures', sa.Column('signer_name', sa.VARCHAR(length=100), autoincrement=False, nullable=False), schema='ticketing')
    op.add_column('ticket_signatures', sa.Column('signature', sa.TEXT(), autoincrement=False, nullable=True), schema='ticketing')
    op.drop_column('ticket_signatures', 'has_artefact', schema='ticketing')
    op.drop_column('ticket_signatures', 'sealed', schema='ticketing')
    op.drop_column('ticket_signatures', 'person_id', schema='ticketing')
    op.drop_index('ix_audit_opened', table_name='audit', schema='ticketing', postgresql_where=sa.text("action LIKE '%opened'"))
    op.drop_table('notices', schema='ticketing')
    op.drop_index('ix_consents_person', table_name='consents', schema='ticketing')
    op.drop_table('consents', schema='ticketing')
