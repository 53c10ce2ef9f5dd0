"""Backups

What was copied, during which rounds, and which rounds lack what happened since a restore.
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('backup',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('path', sa.String(length=500), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('byte_count', sa.Integer(), nullable=False),
    sa.Column('destroyed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('byte_count > 0', name=op.f('ck_backup_byte_count')),
    sa.CheckConstraint('length(sha256) = 64', name=op.f('ck_backup_sha256')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_backup'))
    )
    op.create_table('backup_round',
    sa.Column('backup_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('round_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('ballot_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['backup_id'], ['backup.id'], name=op.f('fk_backup_round_backup_id')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_backup_round_round_id')),
    sa.PrimaryKeyConstraint('backup_id', 'round_id', name=op.f('pk_backup_round'))
    )
    op.create_table('station_recovery',
    sa.Column('station_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('replayed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('replayed_by', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['replayed_by'], ['staff.id'], name=op.f('fk_station_recovery_replayed_by')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_station_recovery_station_id')),
    sa.PrimaryKeyConstraint('station_id', name=op.f('pk_station_recovery'))
    )
    kind = 'TIMESTAMP WITH TIME ZONE' if op.get_bind().dialect.name == 'postgresql' else 'DATETIME'
    only_then = "CHECK (restored_at IS NULL OR state IN ('suspended', 'void'))"
    op.execute(f'ALTER TABLE round ADD COLUMN restored_at {kind} CONSTRAINT ck_round_restored {only_then}')
