"""Tally by hand

What two people read off the tally sheets of a public count, and what was found beside the platform's count.
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('hand_tally',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('valid_count', sa.Integer(), nullable=False),
    sa.Column('invalid_count', sa.Integer(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('invalid_count BETWEEN 0 AND 100000', name=op.f('ck_hand_tally_invalid_count')),
    sa.CheckConstraint('turn BETWEEN 1 AND 3', name=op.f('ck_hand_tally_turn')),
    sa.CheckConstraint('valid_count BETWEEN 0 AND 100000', name=op.f('ck_hand_tally_valid_count')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_hand_tally_round_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_hand_tally_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hand_tally')),
    sa.UniqueConstraint('round_id', 'staff_id', name=op.f('uq_hand_tally_round_id_staff_id')),
    sa.UniqueConstraint('round_id', 'turn', name=op.f('uq_hand_tally_round_id_turn'))
    )
    op.create_table('hand_tally_line',
    sa.Column('tally_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('mark_count', sa.Integer(), nullable=False),
    sa.CheckConstraint('mark_count >= 0', name=op.f('ck_hand_tally_line_mark_count')),
    sa.ForeignKeyConstraint(['tally_id'], ['hand_tally.id'], name=op.f('fk_hand_tally_line_tally_id')),
    sa.PrimaryKeyConstraint('tally_id', 'number', name=op.f('pk_hand_tally_line'))
    )
    op.create_table('tally_finding',
    sa.Column('round_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('tally_id', sa.Integer(), nullable=False),
    sa.Column('difference_count', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('found_by', sa.Integer(), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(difference_count = 0) = (reason = '')", name=op.f('ck_tally_finding_reason')),
    sa.CheckConstraint('difference_count >= 0', name=op.f('ck_tally_finding_difference_count')),
    sa.ForeignKeyConstraint(['found_by'], ['staff.id'], name=op.f('fk_tally_finding_found_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_tally_finding_round_id')),
    sa.ForeignKeyConstraint(['tally_id'], ['hand_tally.id'], name=op.f('fk_tally_finding_tally_id')),
    sa.PrimaryKeyConstraint('round_id', name=op.f('pk_tally_finding'))
    )


def downgrade() -> None:
    for name in ('tally_finding', 'hand_tally_line', 'hand_tally'):
        op.drop_table(name)
