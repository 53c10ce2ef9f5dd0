"""Collected for another

Limits of 代领 and 委托投票 in the rule book (none in those that are there already), and who collected for whom.
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, most in (('household_pick_up_limit', 5), ('proxy_limit', 3)):
        op.execute(
            f"ALTER TABLE round ADD COLUMN {name} INTEGER DEFAULT '0' NOT NULL "
            f"CONSTRAINT ck_round_{name} CHECK ({name} BETWEEN 0 AND {most})"
        )
    op.create_table('pick_up',
    sa.Column('entry_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('collector_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('household', 'proxy', name='kind', native_enum=False, length=32, create_constraint=True), nullable=False),
    sa.Column('document', sa.String(length=40), nullable=False),
    sa.CheckConstraint('collector_id <> entry_id', name=op.f('ck_pick_up_another_person')),
    sa.CheckConstraint('length(document) > 0', name=op.f('ck_pick_up_document')),
    sa.ForeignKeyConstraint(['collector_id'], ['register_entry.id'], name=op.f('fk_pick_up_collector_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['entry_id'], ['register_entry.id'], name=op.f('fk_pick_up_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_pick_up'))
    )
    op.create_index(op.f('ix_pick_up_collector_id'), 'pick_up', ['collector_id'], unique=False)
