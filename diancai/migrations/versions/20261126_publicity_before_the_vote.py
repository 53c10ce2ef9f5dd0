"""Publicity before the vote

Rounds that are there already ask for none: they were announced without.
"""

from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ('candidate_notice_days', 'register_check_days'):
        op.execute(
            f"ALTER TABLE round ADD COLUMN {name} INTEGER DEFAULT '0' NOT NULL "
            f"CONSTRAINT ck_round_{name} CHECK ({name} >= 0)"
        )
