"""Desks in the hall

Which stations stand in a hall, and what they had handed out when the chair's figures were counted. Sittings held before
named none.
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sitting_station',
    sa.Column('sitting_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('station_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_sitting_station_sitting_id')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_sitting_station_station_id')),
    sa.PrimaryKeyConstraint('sitting_id', 'station_id', name=op.f('pk_sitting_station'))
    )
    op.execute(
        'ALTER TABLE sitting_ballots ADD COLUMN given_count INTEGER '
        'CONSTRAINT ck_sitting_ballots_given_count CHECK (given_count IS NULL OR given_count >= 0)'
    )


def downgrade() -> None:
    op.execute('DROP TABLE sitting_station')
    op.execute('ALTER TABLE sitting_ballots DROP COLUMN given_count')
