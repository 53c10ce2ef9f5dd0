"""Rehearsals

A third kind of round, and that a rehearsal took place. SQLite cannot change a CHECK of a table: it is rewritten in the
schema itself, as in 0006; no row breaks the longer list.
"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

BEFORE = "kind IN ('regular', 'imported')"
AFTER = "kind IN ('regular', 'imported', 'rehearsal')"


def upgrade() -> None:
    _rewrite_check(BEFORE, AFTER)
    op.create_table('rehearsal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=True),
    sa.Column('voter_count', sa.Integer(), nullable=False),
    sa.Column('ballot_count', sa.Integer(), nullable=False),
    sa.Column('begun_by', sa.Integer(), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('wiped_by', sa.Integer(), nullable=True),
    sa.Column('wiped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Enum('matched', 'differed', 'uncounted', name='outcome', native_enum=False, length=32, create_constraint=True), nullable=True),
    sa.CheckConstraint('(round_id IS NULL) = (wiped_at IS NOT NULL)', name=op.f('ck_rehearsal_wiped')),
    sa.CheckConstraint('(wiped_at IS NULL) = (outcome IS NULL) AND (wiped_at IS NULL) = (wiped_by IS NULL)', name=op.f('ck_rehearsal_ended')),
    sa.CheckConstraint('ballot_count BETWEEN 0 AND voter_count', name=op.f('ck_rehearsal_ballot_count')),
    sa.CheckConstraint('voter_count BETWEEN 1 AND 2000', name=op.f('ck_rehearsal_voter_count')),
    sa.ForeignKeyConstraint(['begun_by'], ['staff.id'], name=op.f('fk_rehearsal_begun_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_rehearsal_round_id')),
    sa.ForeignKeyConstraint(['source_id'], ['round.id'], name=op.f('fk_rehearsal_source_id')),
    sa.ForeignKeyConstraint(['wiped_by'], ['staff.id'], name=op.f('fk_rehearsal_wiped_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rehearsal')),
    sa.UniqueConstraint('round_id', name=op.f('uq_rehearsal_round_id'))
    )
    op.create_index('uq_rehearsal_running', 'rehearsal', ['source_id'], unique=True, sqlite_where=sa.text('round_id IS NOT NULL'), postgresql_where=sa.text('round_id IS NOT NULL'))


def downgrade() -> None:
    op.drop_table('rehearsal')
    _rewrite_check(AFTER, BEFORE)


def _rewrite_check(before: str, after: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name != 'sqlite':
        op.drop_constraint(op.f('ck_round_kind'), 'round')
        op.create_check_constraint(op.f('ck_round_kind'), 'round', after)
        return
    connection.exec_driver_sql('PRAGMA writable_schema=ON')
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = 'round'"),
        {'before': before, 'after': after},
    )
    connection.exec_driver_sql('PRAGMA writable_schema=RESET')
