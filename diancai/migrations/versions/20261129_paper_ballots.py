"""Paper ballots

Blank sheets at the stations, what their boxes held, and two blind readings of every batch. A round has one ballot for
each used code and for each accepted sheet. SQLite exchanges the words of a CHECK in the schema itself, as 0003 does.
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

EXCHANGED = (
    ('register_entry', 'given_kind', "given IN ('slip', 'posted')", "given IN ('slip', 'posted', 'paper')"),
    (
        'closing_minute',
        'one_ballot_a_code',
        'ballot_count = used_code_count',
        'ballot_count = used_code_count + sheet_count',
    ),
)


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    op.execute('ALTER TABLE closing_minute ADD COLUMN sheet_count INTEGER DEFAULT 0 NOT NULL')
    op.execute(
        'ALTER TABLE closing_minute ADD COLUMN invalid_sheet_count INTEGER DEFAULT 0 NOT NULL '
        'CONSTRAINT ck_closing_minute_sheets CHECK (sheet_count >= 0 AND invalid_sheet_count >= 0)'
    )
    for table, name, was, condition in EXCHANGED:
        if is_sqlite:
            _exchange_words(table, f'CONSTRAINT ck_{table}_{name} CHECK ({was})', f'CONSTRAINT ck_{table}_{name} CHECK ({condition})')
        else:
            op.drop_constraint(op.f(f'ck_{table}_{name}'), table)
            op.create_check_constraint(op.f(f'ck_{table}_{name}'), table, condition)
    if is_sqlite:
        op.get_bind().exec_driver_sql('PRAGMA writable_schema=RESET')
    _create_tables()


def _exchange_words(table: str, was: str, becomes: str) -> None:
    connection = op.get_bind()
    sql = connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"), {'name': table})
    if was not in sql:
        raise RuntimeError(f'the table {table} has no {was}')
    connection.exec_driver_sql('PRAGMA writable_schema=ON')
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name"),
        {'sql': sql.replace(was, becomes), 'name': table},
    )


def _create_tables() -> None:
    op.create_table('paper_box',
    sa.Column('station_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('received_count', sa.Integer(), nullable=False),
    sa.Column('unused_count', sa.Integer(), nullable=True),
    sa.Column('spoiled_count', sa.Integer(), nullable=True),
    sa.Column('found_count', sa.Integer(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_by', sa.Integer(), nullable=True),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.CheckConstraint('received_count BETWEEN 1 AND 100000', name=op.f('ck_paper_box_received')),
    sa.CheckConstraint('unused_count IS NULL OR unused_count >= 0', name=op.f('ck_paper_box_unused')),
    sa.CheckConstraint('spoiled_count IS NULL OR spoiled_count >= 0', name=op.f('ck_paper_box_spoiled')),
    sa.CheckConstraint('(unused_count IS NULL) = (spoiled_count IS NULL)', name=op.f('ck_paper_box_counted')),
    sa.CheckConstraint('found_count IS NULL OR found_count >= 0', name=op.f('ck_paper_box_found')),
    sa.CheckConstraint('found_count IS NULL OR (opened_by IS NOT NULL AND confirmed_by <> opened_by)', name=op.f('ck_paper_box_two_people')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['staff.id'], name=op.f('fk_paper_box_confirmed_by')),
    sa.ForeignKeyConstraint(['opened_by'], ['staff.id'], name=op.f('fk_paper_box_opened_by')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_paper_box_station_id')),
    sa.PrimaryKeyConstraint('station_id', name=op.f('pk_paper_box'))
    )
    op.create_table('sheet_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('sheet_count', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('keying', 'differing', 'accepted', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('sheet_count BETWEEN 1 AND 50', name=op.f('ck_sheet_batch_sheet_count')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_sheet_batch_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_batch')),
    sa.UniqueConstraint('round_id', 'number', name=op.f('uq_sheet_batch_round_id_number'))
    )
    op.create_table('keying',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('turn BETWEEN 1 AND 3', name=op.f('ck_keying_turn')),
    sa.ForeignKeyConstraint(['batch_id'], ['sheet_batch.id'], name=op.f('fk_keying_batch_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_keying_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_keying')),
    sa.UniqueConstraint('batch_id', 'staff_id', name=op.f('uq_keying_batch_id_staff_id')),
    sa.UniqueConstraint('batch_id', 'turn', name=op.f('uq_keying_batch_id_turn'))
    )
    op.create_table('keyed_sheet',
    sa.Column('keying_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('verdict', sa.Enum('valid', 'over', 'under', 'blank', 'unclear', 'not_genuine', name='verdict', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('choices', sa.String(length=4000), nullable=False),
    sa.CheckConstraint("verdict NOT IN ('blank', 'unclear', 'not_genuine') OR choices = ''", name=op.f('ck_keyed_sheet_choices')),
    sa.CheckConstraint('place BETWEEN 1 AND 50', name=op.f('ck_keyed_sheet_place')),
    sa.ForeignKeyConstraint(['keying_id'], ['keying.id'], name=op.f('fk_keyed_sheet_keying_id')),
    sa.PrimaryKeyConstraint('keying_id', 'place', name=op.f('pk_keyed_sheet'))
    )
