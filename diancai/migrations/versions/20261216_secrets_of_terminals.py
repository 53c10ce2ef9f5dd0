"""Secrets of terminals are renewed by themselves"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('kiosk_renewal',
    sa.Column('kiosk_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('renewed_on', sa.Date(), nullable=False),
    sa.Column('nonce', sa.LargeBinary(length=16), nullable=True),
    sa.Column('next_secret_key', sa.LargeBinary(length=32), nullable=True),
    sa.CheckConstraint('(nonce IS NULL) = (next_secret_key IS NULL)', name=op.f('ck_kiosk_renewal_next')),
    sa.ForeignKeyConstraint(['kiosk_id'], ['kiosk.id'], name=op.f('fk_kiosk_renewal_kiosk_id')),
    sa.PrimaryKeyConstraint('kiosk_id', name=op.f('pk_kiosk_renewal')),
    sa.UniqueConstraint('next_secret_key', name=op.f('uq_kiosk_renewal_next_secret_key'))
    )


def downgrade() -> None:
    op.drop_table('kiosk_renewal')
