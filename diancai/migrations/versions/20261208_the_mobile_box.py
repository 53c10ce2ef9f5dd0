"""The mobile box: who goes along, and the visits that were booked"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mobile_box',
    sa.Column('station_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('box_number', sa.String(length=40), nullable=False),
    sa.CheckConstraint('length(box_number) > 0', name=op.f('ck_mobile_box_box_number')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_mobile_box_station_id')),
    sa.PrimaryKeyConstraint('station_id', name=op.f('pk_mobile_box'))
    )
    op.create_table('mobile_trip',
    sa.Column('station_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('first_id', sa.Integer(), nullable=False),
    sa.Column('second_id', sa.Integer(), nullable=False),
    sa.Column('scrutineer_id', sa.Integer(), nullable=False),
    sa.Column('seal', sa.String(length=40), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('first_id <> second_id AND first_id <> scrutineer_id AND second_id <> scrutineer_id', name=op.f('ck_mobile_trip_three_people')),
    sa.CheckConstraint('length(seal) > 0', name=op.f('ck_mobile_trip_seal')),
    sa.ForeignKeyConstraint(['first_id'], ['staff.id'], name=op.f('fk_mobile_trip_first_id')),
    sa.ForeignKeyConstraint(['scrutineer_id'], ['staff.id'], name=op.f('fk_mobile_trip_scrutineer_id')),
    sa.ForeignKeyConstraint(['second_id'], ['staff.id'], name=op.f('fk_mobile_trip_second_id')),
    sa.ForeignKeyConstraint(['station_id'], ['mobile_box.station_id'], name=op.f('fk_mobile_trip_station_id')),
    sa.PrimaryKeyConstraint('station_id', 'day', name=op.f('pk_mobile_trip'))
    )
    op.create_table('home_visit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.Integer(), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=False),
    sa.Column('planned_time', sa.String(length=40), nullable=False),
    sa.Column('state', sa.Enum('booked', 'done', 'missed', name='state', native_enum=False, length=32, create_constraint=True), nullable=False),
    sa.Column('helper', sa.String(length=40), nullable=False),
    sa.CheckConstraint("helper = '' OR state = 'done'", name=op.f('ck_home_visit_helper')),
    sa.ForeignKeyConstraint(['entry_id'], ['register_entry.id'], name=op.f('fk_home_visit_entry_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['station_id'], ['mobile_box.station_id'], name=op.f('fk_home_visit_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_home_visit')),
    sa.UniqueConstraint('entry_id', name=op.f('uq_home_visit_entry_id'))
    )
    op.create_index(op.f('ix_home_visit_station_id'), 'home_visit', ['station_id'], unique=False)
