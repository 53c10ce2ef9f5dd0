"""Seals of every evening, leftovers counted by two"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE station ADD COLUMN leftovers_confirmed_by INTEGER "
        "CONSTRAINT fk_station_leftovers_confirmed_by REFERENCES staff (id) "
        "CONSTRAINT ck_station_leftovers_by_two CHECK (leftovers_confirmed_by IS NULL "
        "OR (ended_at IS NOT NULL AND leftovers_confirmed_by <> ended_by))"
    )
    op.create_table('station_day',
    sa.Column('station_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('opening_seal', sa.String(length=40), nullable=True),
    sa.Column('difference_reason', sa.String(length=400), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_by', sa.Integer(), nullable=False),
    sa.Column('opening_confirmed_by', sa.Integer(), nullable=False),
    sa.Column('closing_seal', sa.String(length=40), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.Integer(), nullable=True),
    sa.Column('closing_confirmed_by', sa.Integer(), nullable=True),
    sa.CheckConstraint('(closed_at IS NULL) = (closing_seal IS NULL) AND (closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (closing_confirmed_by IS NULL)', name=op.f('ck_station_day_closed')),
    sa.CheckConstraint('closed_by IS NULL OR closing_confirmed_by <> closed_by', name=op.f('ck_station_day_closed_by_two')),
    sa.CheckConstraint('closing_seal IS NULL OR length(closing_seal) > 0', name=op.f('ck_station_day_closing_seal')),
    sa.CheckConstraint('opening_confirmed_by <> opened_by', name=op.f('ck_station_day_opened_by_two')),
    sa.ForeignKeyConstraint(['closed_by'], ['staff.id'], name=op.f('fk_station_day_closed_by')),
    sa.ForeignKeyConstraint(['closing_confirmed_by'], ['staff.id'], name=op.f('fk_station_day_closing_confirmed_by')),
    sa.ForeignKeyConstraint(['opened_by'], ['staff.id'], name=op.f('fk_station_day_opened_by')),
    sa.ForeignKeyConstraint(['opening_confirmed_by'], ['staff.id'], name=op.f('fk_station_day_opening_confirmed_by')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_station_day_station_id')),
    sa.PrimaryKeyConstraint('station_id', 'day', name=op.f('pk_station_day'))
    )
