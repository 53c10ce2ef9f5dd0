"""The seal of the mobile box at its return"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mobile_return',
    sa.Column('station_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('found_seal', sa.String(length=40), nullable=False),
    sa.Column('is_broken', sa.Boolean(), nullable=False),
    sa.Column('difference_reason', sa.String(length=400), nullable=True),
    sa.Column('read_by', sa.Integer(), nullable=False),
    sa.Column('scrutineer_id', sa.Integer(), nullable=False),
    sa.Column('returned_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('NOT is_broken OR difference_reason IS NOT NULL', name=op.f('ck_mobile_return_broken_has_reason')),
    sa.CheckConstraint('difference_reason IS NULL OR length(difference_reason) > 0', name=op.f('ck_mobile_return_difference_reason')),
    sa.CheckConstraint('length(found_seal) > 0 OR is_broken', name=op.f('ck_mobile_return_found_seal')),
    sa.CheckConstraint('scrutineer_id <> read_by', name=op.f('ck_mobile_return_by_two')),
    sa.ForeignKeyConstraint(['read_by'], ['staff.id'], name=op.f('fk_mobile_return_read_by')),
    sa.ForeignKeyConstraint(['scrutineer_id'], ['staff.id'], name=op.f('fk_mobile_return_scrutineer_id')),
    sa.ForeignKeyConstraint(['station_id'], ['mobile_box.station_id'], name=op.f('fk_mobile_return_station_id')),
    sa.PrimaryKeyConstraint('station_id', 'day', name=op.f('pk_mobile_return'))
    )


def downgrade() -> None:
    for trigger, table in (('station_mobile_back', 'station'), ('mobile_trip_in_turn', 'mobile_trip')):
        on = f' ON {table}' if op.get_bind().dialect.name == 'postgresql' else ''
        op.execute(f'DROP TRIGGER IF EXISTS {trigger}{on}')
    op.drop_table('mobile_return')
