"""Public terminals

The devices of a station on which one person after another votes, enrolled with a one-time code.
"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('kiosk',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('idle_seconds', sa.Integer(), nullable=False),
    sa.Column('grace_seconds', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'enrolled', 'revoked', name='state', native_enum=False, length=32, create_constraint=True), nullable=False),
    sa.Column('enrolment_key', sa.LargeBinary(length=32), nullable=True),
    sa.Column('enrolment_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('secret_key', sa.LargeBinary(length=32), nullable=True),
    sa.Column('enrolled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'enrolled') = (secret_key IS NOT NULL)", name=op.f('ck_kiosk_enrolled')),
    sa.CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name=op.f('ck_kiosk_revoked')),
    sa.CheckConstraint("(state = 'waiting') = (enrolment_key IS NOT NULL) AND (enrolment_key IS NULL) = (enrolment_until IS NULL)", name=op.f('ck_kiosk_waiting')),
    sa.CheckConstraint("state <> 'enrolled' OR enrolled_at IS NOT NULL", name=op.f('ck_kiosk_enrolled_at')),
    sa.CheckConstraint('grace_seconds BETWEEN 10 AND 300', name=op.f('ck_kiosk_grace')),
    sa.CheckConstraint('idle_seconds BETWEEN 30 AND 1800', name=op.f('ck_kiosk_idle')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_kiosk_round_id')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_kiosk_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kiosk')),
    sa.UniqueConstraint('enrolment_key', name=op.f('uq_kiosk_enrolment_key')),
    sa.UniqueConstraint('round_id', 'name', name=op.f('uq_kiosk_round_id_name')),
    sa.UniqueConstraint('secret_key', name=op.f('uq_kiosk_secret_key'))
    )
