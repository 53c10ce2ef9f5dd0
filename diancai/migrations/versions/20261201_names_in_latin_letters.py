"""Names in Latin letters

Keyed hashes of the pinyin of each name. Registers that are there already are found by pinyin once imported anew.
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('name_reading',
    sa.Column('reading_key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('entry_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['register_entry.id'], name=op.f('fk_name_reading_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('reading_key', 'entry_id', name=op.f('pk_name_reading')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_name_reading_entry_id'), 'name_reading', ['entry_id'], unique=False)
