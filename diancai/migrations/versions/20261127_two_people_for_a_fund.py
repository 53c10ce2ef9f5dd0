"""Two people for a fund"""

from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, further in (('drafted_by', ''), ('approved_by', 'CONSTRAINT ck_fund_two_people CHECK (approved_by <> drafted_by)')):
        op.execute(
            f'ALTER TABLE fund ADD COLUMN {name} INTEGER CONSTRAINT fk_fund_{name} REFERENCES staff (id) {further}'
        )
