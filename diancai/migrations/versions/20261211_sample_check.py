"""The sample check of paper sheets"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sample_seed',
    sa.Column('round_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('staff_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_sample_seed_round_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_sample_seed_staff_id')),
    sa.PrimaryKeyConstraint('round_id', 'staff_id', name=op.f('pk_sample_seed'))
    )
    op.create_table('sample_check',
    sa.Column('round_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seed', sa.String(length=200), nullable=False),
    sa.Column('first_by', sa.Integer(), nullable=False),
    sa.Column('second_by', sa.Integer(), nullable=False),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('bound_permille', sa.Integer(), nullable=False),
    sa.Column('sheet_count', sa.Integer(), nullable=False),
    sa.Column('sample_size', sa.Integer(), nullable=False),
    sa.Column('differing_count', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=400), nullable=False),
    sa.Column('checked_by', sa.Integer(), nullable=True),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(differing_count IS NULL) = (checked_by IS NULL)', name=op.f('ck_sample_check_checked')),
    sa.CheckConstraint('bound_permille BETWEEN 1 AND 500', name=op.f('ck_sample_check_bound')),
    sa.CheckConstraint('confirmed_by IS NULL OR confirmed_by <> checked_by', name=op.f('ck_sample_check_checked_by_two')),
    sa.CheckConstraint('differing_count IS NULL OR differing_count BETWEEN 0 AND sample_size', name=op.f('ck_sample_check_differing')),
    sa.CheckConstraint('first_by <> second_by', name=op.f('ck_sample_check_two_people')),
    sa.CheckConstraint('sample_size BETWEEN 1 AND sheet_count', name=op.f('ck_sample_check_sample_size')),
    sa.ForeignKeyConstraint(['checked_by'], ['staff.id'], name=op.f('fk_sample_check_checked_by')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['staff.id'], name=op.f('fk_sample_check_confirmed_by')),
    sa.ForeignKeyConstraint(['first_by'], ['staff.id'], name=op.f('fk_sample_check_first_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_sample_check_round_id')),
    sa.ForeignKeyConstraint(['second_by'], ['staff.id'], name=op.f('fk_sample_check_second_by')),
    sa.PrimaryKeyConstraint('round_id', name=op.f('pk_sample_check'))
    )
