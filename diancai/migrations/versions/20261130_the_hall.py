"""The hall

Sittings of a hall, the rounds that each serves, and the record of its steps with the ballots counted at them.
"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sitting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('street_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expected_count', sa.Integer(), nullable=False),
    sa.Column('chair_id', sa.Integer(), nullable=False),
    sa.Column('deputy_chair_id', sa.Integer(), nullable=True),
    sa.Column('chief_id', sa.Integer(), nullable=False),
    sa.Column('deputy_chief_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('chair_id <> chief_id AND chair_id <> COALESCE(deputy_chair_id, 0) AND chair_id <> COALESCE(deputy_chief_id, 0) AND chief_id <> COALESCE(deputy_chair_id, 0) AND chief_id <> COALESCE(deputy_chief_id, 0)', name=op.f('ck_sitting_own_people')),
    sa.CheckConstraint('deputy_chair_id IS NULL OR deputy_chair_id <> deputy_chief_id', name=op.f('ck_sitting_own_deputies')),
    sa.CheckConstraint('expected_count BETWEEN 1 AND 100000', name=op.f('ck_sitting_expected')),
    sa.ForeignKeyConstraint(['chair_id'], ['staff.id'], name=op.f('fk_sitting_chair_id')),
    sa.ForeignKeyConstraint(['chief_id'], ['staff.id'], name=op.f('fk_sitting_chief_id')),
    sa.ForeignKeyConstraint(['deputy_chair_id'], ['staff.id'], name=op.f('fk_sitting_deputy_chair_id')),
    sa.ForeignKeyConstraint(['deputy_chief_id'], ['staff.id'], name=op.f('fk_sitting_deputy_chief_id')),
    sa.ForeignKeyConstraint(['street_id'], ['division.id'], name=op.f('fk_sitting_street_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sitting'))
    )
    op.create_index(op.f('ix_sitting_street_id'), 'sitting', ['street_id'], unique=False)
    op.create_table('sitting_step',
    sa.Column('sitting_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('step', sa.Enum('attendance', 'rules', 'tellers', 'box_sealed', 'issued', 'explained', 'voted', 'closed', 'returned', 'declared', 'counted', 'signed', 'reported', 'announced', name='step', native_enum=False, length=32, create_constraint=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_by', sa.Integer(), nullable=False),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.Column('present_count', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(step = 'attendance') = (present_count IS NOT NULL)", name=op.f('ck_sitting_step_present')),
    sa.CheckConstraint("(step = 'closed') = (confirmed_by IS NOT NULL)", name=op.f('ck_sitting_step_second_person')),
    sa.CheckConstraint('confirmed_by IS NULL OR confirmed_by <> done_by', name=op.f('ck_sitting_step_another_person')),
    sa.CheckConstraint('present_count IS NULL OR present_count BETWEEN 1 AND 100000', name=op.f('ck_sitting_step_present_count')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['staff.id'], name=op.f('fk_sitting_step_confirmed_by')),
    sa.ForeignKeyConstraint(['done_by'], ['staff.id'], name=op.f('fk_sitting_step_done_by')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_sitting_step_sitting_id')),
    sa.PrimaryKeyConstraint('sitting_id', 'step', name=op.f('pk_sitting_step'))
    )
    op.create_table('sitting_ballots',
    sa.Column('sitting_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('round_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('step', sa.Enum('attendance', 'rules', 'tellers', 'box_sealed', 'issued', 'explained', 'voted', 'closed', 'returned', 'declared', 'counted', 'signed', 'reported', 'announced', name='step', native_enum=False, length=32, create_constraint=True), nullable=False),
    sa.Column('ballot_count', sa.Integer(), nullable=False),
    sa.CheckConstraint("step IN ('issued', 'returned')", name=op.f('ck_sitting_ballots_counted_step')),
    sa.CheckConstraint('ballot_count BETWEEN 0 AND 100000', name=op.f('ck_sitting_ballots_ballot_count')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_sitting_ballots_round_id')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_sitting_ballots_sitting_id')),
    sa.PrimaryKeyConstraint('sitting_id', 'round_id', 'step', name=op.f('pk_sitting_ballots'))
    )
    op.create_table('sitting_round',
    sa.Column('sitting_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('round_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_sitting_round_round_id')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_sitting_round_sitting_id')),
    sa.PrimaryKeyConstraint('sitting_id', 'round_id', name=op.f('pk_sitting_round'))
    )
