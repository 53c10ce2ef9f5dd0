"""Enums in the database

A column that holds one of a list of words refuses every other. SQLite cannot add a CHECK to a table; but no row breaks
these (it is asked first), so they may be written into the schema itself (https://www.sqlite.org/lang_altertable.html,
section 7, the shorter procedure), which keeps triggers and references as they are.
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

CATEGORIES = 'works goods services'
MARGINS = 'exact found none uncounted'
WORDS = {
    ('calendar_day', 'kind'): 'off working',
    ('division', 'level'): 'district street community grid',
    ('job', 'state'): 'waiting running failed',
    ('confirmation_request', 'state'): 'pending confirmed declined withdrawn lapsed',
    ('fund', 'state'): 'draft approved',
    ('fund_entry', 'kind'): 'appropriation commitment release',
    ('item_cap', 'category'): CATEGORIES,
    ('notice', 'kind'): 'candidates register announcement result void',
    ('objection', 'channel'): 'online desk phone letter',
    ('objection', 'outcome'): 'upheld_as_is corrected recount withdraw_and_replace new_vote',
    ('staff_role', 'role'): 'administrator officer reviewer leader clerk scrutineer auditor district_supervisor',
    ('street_office', 'code_format'): 'letters digits',
    ('round', 'state'): 'draft announced voting suspended collecting closed counted certified published final void',
    ('round', 'kind'): 'regular imported',
    ('round', 'ballot_type'): 'tick knapsack ranking',
    ('round', 'method'): 'greedy greedy-no-skip greedy-per-cost top-k equal-shares phragmen bos',
    ('round', 'utility'): 'cost cardinality score',
    ('round', 'completion'): 'none add1 add1-full add1-greedy greedy phragmen comparison comparison-full',
    ('round', 'binding'): 'skip stop none',
    ('round', 'tie_rule'): 'cost_then_lot lot listed id',
    ('round', 'item_order'): 'drawn random',
    ('round', 'publication'): 'totals ballots',
    ('menu_item', 'category'): CATEGORIES,
    ('sign_off', 'state'): 'submitted reviewed signed superseded',
    ('code_batch', 'kind'): 'bearer delivered',
    ('code_batch', 'state'): 'requested approved printed declined void',
    ('register_entry', 'given'): 'slip posted',
    ('ballot_code', 'state'): 'live used void',
    ('result_item', 'margin_kind'): MARGINS,
    ('searched_margin', 'kind'): MARGINS,
    ('signature', 'kind'): 'handwriting scan',
}  # fmt: skip
NAMES = {('register_entry', 'given'): 'given_kind'}
"""A constraint is named by its column, but for one whose name is taken."""


def upgrade() -> None:
    for (table, column), words in WORDS.items():
        condition = f"{column} IN ({', '.join(repr(word) for word in words.split())})"
        name = f'ck_{table}_{NAMES.get((table, column), column)}'
        _ask_rows(table, column, condition)
        if op.get_bind().dialect.name == 'sqlite':
            _write_into_schema(table, f'CONSTRAINT {name} CHECK ({condition})')
        else:
            op.create_check_constraint(op.f(name), table, condition)
    if op.get_bind().dialect.name == 'sqlite':
        op.get_bind().exec_driver_sql('PRAGMA writable_schema=RESET')


def _ask_rows(table: str, column: str, condition: str) -> None:
    query = sa.text(f'SELECT {column} FROM "{table}" WHERE NOT ({condition}) LIMIT 1')  # noqa: S608
    if (word := op.get_bind().scalar(query)) is not None:
        raise RuntimeError(f'{table}.{column} holds {word!r}, which is none of its words')


def _write_into_schema(table: str, constraint: str) -> None:
    connection = op.get_bind()
    sql = connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"), {'name': table})
    head, _, tail = sql.rpartition(')')
    connection.exec_driver_sql('PRAGMA writable_schema=ON')
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name"),
        {'sql': f'{head.rstrip()},\n\t{constraint}\n)' + tail, 'name': table},
    )
