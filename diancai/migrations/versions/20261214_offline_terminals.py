"""Terminals without a network

The commission key and its shares, each terminal's own codes, and the sealed ballots that it ships. A code may now belong
to one terminal: SQLite exchanges the words of that CHECK in the schema itself, as 0003 does.
"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

WAS = "state IN ('live', 'used', 'void')"
BECOMES = "state IN ('live', 'kiosk', 'used', 'void')"


def upgrade() -> None:
    _exchange_states()
    _create_tables()


def _exchange_states() -> None:
    connection = op.get_bind()
    if connection.dialect.name != 'sqlite':
        op.drop_constraint(op.f('ck_ballot_code_state'), 'ballot_code')
        op.create_check_constraint(op.f('ck_ballot_code_state'), 'ballot_code', BECOMES)
        return
    sql = connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'ballot_code'"))
    if WAS not in sql:
        raise RuntimeError(f'the table ballot_code has no {WAS}')
    connection.exec_driver_sql('PRAGMA writable_schema=ON')
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'ballot_code'"),
        {'sql': sql.replace(WAS, BECOMES)},
    )
    connection.exec_driver_sql('PRAGMA writable_schema=RESET')


def _create_tables() -> None:
    op.create_table('commission_key',
    sa.Column('round_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('public_key', sa.LargeBinary(length=65), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_by', sa.Integer(), nullable=True),
    sa.Column('opened_with', sa.Integer(), nullable=True),
    sa.CheckConstraint('(opened_at IS NULL) = (opened_by IS NULL)', name=op.f('ck_commission_key_opened')),
    sa.CheckConstraint('(opened_at IS NULL) = (opened_with IS NULL)', name=op.f('ck_commission_key_opened_with')),
    sa.CheckConstraint('opened_by <> opened_with', name=op.f('ck_commission_key_two_keepers')),
    sa.ForeignKeyConstraint(['made_by'], ['staff.id'], name=op.f('fk_commission_key_made_by')),
    sa.ForeignKeyConstraint(['opened_by'], ['staff.id'], name=op.f('fk_commission_key_opened_by')),
    sa.ForeignKeyConstraint(['opened_with'], ['staff.id'], name=op.f('fk_commission_key_opened_with')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_commission_key_round_id')),
    sa.PrimaryKeyConstraint('round_id', name=op.f('pk_commission_key'))
    )
    op.create_table('key_share',
    sa.Column('round_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('keeper_id', sa.Integer(), nullable=False),
    sa.Column('check_key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('typed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint('(sealed IS NULL) = (taken_at IS NOT NULL)', name=op.f('ck_key_share_taken')),
    sa.CheckConstraint('place BETWEEN 1 AND 3', name=op.f('ck_key_share_place')),
    sa.CheckConstraint('typed IS NULL OR taken_at IS NOT NULL', name=op.f('ck_key_share_typed')),
    sa.ForeignKeyConstraint(['keeper_id'], ['staff.id'], name=op.f('fk_key_share_keeper_id')),
    sa.ForeignKeyConstraint(['round_id'], ['commission_key.round_id'], name=op.f('fk_key_share_round_id')),
    sa.PrimaryKeyConstraint('round_id', 'place', name=op.f('pk_key_share')),
    sa.UniqueConstraint('round_id', 'keeper_id', name=op.f('uq_key_share_round_id_keeper_id'))
    )
    op.create_table('kiosk_block',
    sa.Column('kiosk_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('salt', sa.LargeBinary(length=16), nullable=False),
    sa.Column('device_key', sa.LargeBinary(length=65), nullable=True),
    sa.Column('handed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_number', sa.Integer(), nullable=False),
    sa.Column('ending_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('excluded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('excluded_by', sa.Integer(), nullable=True),
    sa.Column('excluded_with', sa.Integer(), nullable=True),
    sa.Column('exclusion_reason', sa.String(length=400), nullable=True),
    sa.CheckConstraint('(excluded_at IS NULL) = (excluded_by IS NULL) AND (excluded_at IS NULL) = (excluded_with IS NULL) AND (excluded_at IS NULL) = (exclusion_reason IS NULL)', name=op.f('ck_kiosk_block_exclusion')),
    sa.CheckConstraint('ended_at IS NULL OR handed_at IS NOT NULL', name=op.f('ck_kiosk_block_ended')),
    sa.CheckConstraint('excluded_at IS NULL OR (handed_at IS NOT NULL AND ended_at IS NULL)', name=op.f('ck_kiosk_block_excluded')),
    sa.CheckConstraint('excluded_by <> excluded_with', name=op.f('ck_kiosk_block_two_people')),
    sa.CheckConstraint('handed_at IS NULL OR device_key IS NOT NULL', name=op.f('ck_kiosk_block_handed')),
    sa.CheckConstraint('last_number >= 0', name=op.f('ck_kiosk_block_last_number')),
    sa.ForeignKeyConstraint(['batch_id'], ['code_batch.id'], name=op.f('fk_kiosk_block_batch_id')),
    sa.ForeignKeyConstraint(['excluded_by'], ['staff.id'], name=op.f('fk_kiosk_block_excluded_by')),
    sa.ForeignKeyConstraint(['excluded_with'], ['staff.id'], name=op.f('fk_kiosk_block_excluded_with')),
    sa.ForeignKeyConstraint(['kiosk_id'], ['kiosk.id'], name=op.f('fk_kiosk_block_kiosk_id')),
    sa.PrimaryKeyConstraint('kiosk_id', name=op.f('pk_kiosk_block')),
    sa.UniqueConstraint('batch_id', name=op.f('uq_kiosk_block_batch_id'))
    )
    op.create_table('kiosk_batch',
    sa.Column('kiosk_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('ballot_count', sa.Integer(), nullable=False),
    sa.CheckConstraint('ballot_count BETWEEN 0 AND 1000', name=op.f('ck_kiosk_batch_ballot_count')),
    sa.CheckConstraint('number >= 1', name=op.f('ck_kiosk_batch_number')),
    sa.ForeignKeyConstraint(['kiosk_id'], ['kiosk_block.kiosk_id'], name=op.f('fk_kiosk_batch_kiosk_id')),
    sa.PrimaryKeyConstraint('kiosk_id', 'number', name=op.f('pk_kiosk_batch'))
    )
    op.create_table('kiosk_code',
    sa.Column('code_key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('kiosk_id', sa.Integer(), nullable=False),
    sa.Column('digest_key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=True),
    sa.Column('is_reported', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['kiosk_id'], ['kiosk_block.kiosk_id'], name=op.f('fk_kiosk_code_kiosk_id')),
    sa.PrimaryKeyConstraint('code_key', name=op.f('pk_kiosk_code')),
    sa.UniqueConstraint('digest_key', name=op.f('uq_kiosk_code_digest_key')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_kiosk_code_kiosk_id'), 'kiosk_code', ['kiosk_id'], unique=False)
    op.create_table('kiosk_ballot',
    sa.Column('ballot_key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('kiosk_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('ciphertext', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['kiosk_id', 'number'], ['kiosk_batch.kiosk_id', 'kiosk_batch.number'], name=op.f('fk_kiosk_ballot_kiosk_id_number')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_kiosk_ballot_round_id')),
    sa.PrimaryKeyConstraint('ballot_key', name=op.f('pk_kiosk_ballot')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_kiosk_ballot_round_id'), 'kiosk_ballot', ['round_id'], unique=False)
