"""surveys by every way, follow-up plans."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db import ddl

revision: str = '0010'
down_revision: str | Sequence[str] | None = '0009'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('revisit_corrections',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('revisit_id', sa.Uuid(), nullable=False),
    sa.Column('attempt_id', sa.Uuid(), nullable=False),
    sa.Column('rating', sa.SmallInteger(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('corrected_by', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_revisit_corrections')),
    schema='ticketing',
    info={'tenant': True, 'log': True},
    postgresql_partition_by='RANGE (id)'
    )
    op.create_index('ix_revisit_corrections_revisit', 'revisit_corrections', ['org_id', 'revisit_id', 'id'], unique=False, schema='ticketing')
    op.create_table('survey_settings',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('chosen', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_survey_settings')),
    schema='ticketing',
    info={'tenant': True}
    )
    op.create_table('revisit_plans',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('org_unit_id', sa.Uuid(), nullable=False),
    sa.Column('percent', sa.SmallInteger(), nullable=False),
    sa.Column('always', postgresql.ARRAY(sa.String(length=20)), nullable=False),
    sa.Column('due_days', sa.SmallInteger(), nullable=False),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['org_id', 'org_unit_id'], ['ticketing.org_units.org_id', 'ticketing.org_units.id'], name=op.f('fk_revisit_plans_org_id_org_unit_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_revisit_plans')),
    schema='ticketing',
    info={'tenant': True}
    )
    op.create_index('uq_revisit_plans_in_force', 'revisit_plans', ['org_id', 'kind', 'org_unit_id'], unique=True, schema='ticketing', postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('revisit_draws',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('round', sa.SmallInteger(), nullable=False),
    sa.Column('community_id', sa.Uuid(), nullable=False),
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('lot', sa.SmallInteger(), nullable=False),
    sa.Column('threshold', sa.SmallInteger(), nullable=False),
    sa.Column('sampled', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['org_id', 'plan_id'], ['ticketing.revisit_plans.org_id', 'ticketing.revisit_plans.id'], name=op.f('fk_revisit_draws_org_id_plan_id')),
    sa.PrimaryKeyConstraint('org_id', 'ticket_id', 'round', name=op.f('pk_revisit_draws')),
    schema='ticketing',
    info={'tenant': True}
    )
    op.create_index('ix_revisit_draws_plan', 'revisit_draws', ['org_id', 'plan_id', 'ticket_id'], unique=False, schema='ticketing')
    op.create_table('survey_links',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('survey_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['org_id', 'survey_id'], ['ticketing.surveys.org_id', 'ticketing.surveys.id'], name=op.f('fk_survey_links_org_id_survey_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_survey_links')),
    sa.UniqueConstraint('org_id', 'token_hash', name=op.f('uq_survey_links_org_id_token_hash')),
    schema='ticketing',
    info={'tenant': True}
    )
    op.create_index('uq_survey_links_live', 'survey_links', ['org_id', 'survey_id', 'unit_id'], unique=True, schema='ticketing', postgresql_where=sa.text('used_at IS NULL AND withdrawn_at IS NULL'))
    op.create_table('survey_measures',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('survey_id', sa.Uuid(), nullable=False),
    sa.Column('community_id', sa.Uuid(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('department', sa.String(length=80), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('assignee_id', sa.Uuid(), nullable=False),
    sa.Column('assigned_by', sa.Uuid(), nullable=True),
    sa.Column('done_by', sa.Uuid(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result', sa.Text(), nullable=True),
    sa.Column('verified_by', sa.Uuid(), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_back', sa.Boolean(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['org_id', 'survey_id'], ['ticketing.surveys.org_id', 'ticketing.surveys.id'], name=op.f('fk_survey_measures_org_id_survey_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_survey_measures')),
    sa.UniqueConstraint('org_id', 'survey_id', 'place', name=op.f('uq_survey_measures_org_id_survey_id_place')),
    schema='ticketing',
    info={'tenant': True}
    )
    op.create_table('survey_recalls',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('survey_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('answer_id', sa.Uuid(), nullable=False),
    sa.Column('entered_by', sa.Uuid(), nullable=True),
    sa.Column('seed', sa.String(length=32), nullable=False),
    sa.Column('result', sa.String(length=20), nullable=True),
    sa.Column('called_by', sa.Uuid(), nullable=True),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['org_id', 'survey_id'], ['ticketing.surveys.org_id', 'ticketing.surveys.id'], name=op.f('fk_survey_recalls_org_id_survey_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_survey_recalls')),
    sa.UniqueConstraint('org_id', 'survey_id', 'unit_id', name=op.f('uq_survey_recalls_org_id_survey_id_unit_id')),
    schema='ticketing',
    info={'tenant': True}
    )
    op.add_column('revisits', sa.Column('plan_id', sa.Uuid(), nullable=True), schema='ticketing')
    op.add_column('survey_answers', sa.Column('channel', sa.String(length=10), nullable=True), schema='ticketing')
    op.add_column('survey_answers', sa.Column('entered_by', sa.Uuid(), nullable=True), schema='ticketing')
    op.add_column('survey_answers', sa.Column('call', sa.String(length=120), nullable=True), schema='ticketing')
    op.add_column('survey_answers', sa.Column('scan_id', sa.Uuid(), nullable=True), schema='ticketing')
    op.alter_column('survey_answers', 'person_id',
               existing_type=sa.UUID(),
               nullable=True,
               schema='ticketing')
    op.add_column('surveys', sa.Column('type', sa.String(length=20), nullable=True), schema='ticketing')
    op.add_column('surveys', sa.Column('questions', postgresql.JSONB(astext_type=sa.Text()), nullable=True), schema='ticketing')
    ddl.protect(op, "ticketing", "revisit_corrections", log=True)
    ddl.protect(op, "ticketing", "survey_settings")
    ddl.protect(op, "ticketing", "revisit_plans")
    ddl.protect(op, "ticketing", "revisit_draws")
    ddl.protect(op, "ticketing", "survey_links")
    ddl.protect(op, "ticketing", "survey_measures")
    ddl.protect(op, "ticketing", "survey_recalls")


def downgrade() -> None:
    op.drop_column('surveys', 'questions', schema='ticketing')
    op.drop_column('surveys', 'type', schema='ticketing')
    op.alter_column('survey_answers', 'person_id',
               existing_type=sa.UUID(),
               nullable=False,
               schema='ticketing')
    op.drop_column('survey_answers', 'scan_id', schema='ticketing')
    op.drop_column('survey_answers', 'call', schema='ticketing')
    op.drop_column('survey_answers', 'entered_by', schema='ticketing')
    op.drop_column('survey_answers', 'channel', schema='ticketing')
    op.drop_column('revisits', 'plan_id', schema='ticketing')
    op.drop_table('survey_recalls', schema='ticketing')
    op.drop_table('survey_measures', schema='ticketing')
    op.drop_index('uq_survey_links_live', table_name='survey_links', schema='ticketing', postgresql_where=sa.text('used_at IS NULL AND withdrawn_at IS NULL'))
    op.drop_table('survey_links', schema='ticketing')
    op.drop_index('ix_revisit_draws_plan', table_name='revisit_draws', schema='ticketing')
    op.drop_table('revisit_draws', schema='ticketing')
    op.drop_index('uq_revisit_plans_in_force', table_name='revisit_plans', schema='ticketing', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('revisit_plans', schema='ticketing')
    op.drop_table('survey_settings', schema='ticketing')
    op.drop_index('ix_revisit_corrections_revisit', table_name='revisit_corrections', schema='ticketing')
    op.drop_table('revisit_corrections', schema='ticketing')
