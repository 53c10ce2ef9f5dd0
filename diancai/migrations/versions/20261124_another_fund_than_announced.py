"""Another fund than announced

SQLite cannot add a constraint to a table that others refer to without building it anew; with a new column it can. Both
dialects take the same statement.
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE round ADD COLUMN granted_fen BIGINT "
        "CONSTRAINT ck_round_granted CHECK (granted_fen IS NULL OR (granted_fen > 0 AND NOT is_provisional)) "
        "CONSTRAINT ck_round_provisional CHECK (NOT is_provisional OR state NOT IN ('draft', 'final', 'void'))"
    )
    op.add_column('round_addendum', sa.Column('fund_fen', sa.BigInteger(), nullable=True))
