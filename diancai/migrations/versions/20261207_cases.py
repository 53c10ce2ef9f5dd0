"""Cases: lost slips, disputes, voided codes"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('desk_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('lost_slip', 'dispute', 'void_code', 'other', name='kind', native_enum=False, length=32, create_constraint=True), nullable=False),
    sa.Column('text', sa.String(length=400), nullable=False),
    sa.Column('ballot_count', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('open', 'decided', name='state', native_enum=False, length=32, create_constraint=True), nullable=False),
    sa.Column('opened_by', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.Enum('upheld', 'dismissed', name='outcome', native_enum=False, length=32, create_constraint=True), nullable=True),
    sa.Column('decision', sa.String(length=400), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'decided') = (outcome IS NOT NULL) AND (state = 'decided') = (decision IS NOT NULL) AND (state = 'decided') = (decided_by IS NOT NULL) AND (state = 'decided') = (decided_at IS NOT NULL)", name=op.f('ck_desk_case_decided')),
    sa.CheckConstraint('ballot_count BETWEEN 0 AND 1000', name=op.f('ck_desk_case_ballot_count')),
    sa.CheckConstraint('decided_by IS NULL OR decided_by <> opened_by', name=op.f('ck_desk_case_another_person')),
    sa.CheckConstraint('length(text) > 0', name=op.f('ck_desk_case_text')),
    sa.ForeignKeyConstraint(['decided_by'], ['staff.id'], name=op.f('fk_desk_case_decided_by')),
    sa.ForeignKeyConstraint(['opened_by'], ['staff.id'], name=op.f('fk_desk_case_opened_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_desk_case_round_id')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_desk_case_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_desk_case')),
    sa.UniqueConstraint('round_id', 'number', name=op.f('uq_desk_case_round_id_number'))
    )
