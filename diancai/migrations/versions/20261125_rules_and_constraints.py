"""Rules and constraints

A rule book may name more rules, and constraints. SQLite cannot drop a CHECK without building the table anew, which no
table can be to which others refer; but where only its words change and no row breaks the new ones, they may be
exchanged in the schema itself (https://www.sqlite.org/lang_altertable.html, section 7, the shorter procedure).
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

CHECKS = (
    (
        'equal_shares_ballots', "method <> 'equal-shares' OR ballot_type <> 'ranking'",
        'rule_ballots', "ballot_type <> 'ranking' OR (method NOT IN ('greedy-per-cost', 'phragmen') "
        "AND (completion IS NULL OR completion <> 'phragmen'))",
    ),
    (
        'equal_shares_publication', "method <> 'equal-shares' OR publication = 'ballots'",
        'rule_publication', "method NOT IN ('equal-shares', 'phragmen') OR publication = 'ballots'",
    ),
)  # fmt: skip


def upgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        _exchange_words()
    else:
        for old, _, new, condition in CHECKS:
            op.drop_constraint(op.f(f'ck_round_{old}'), 'round')
            op.create_check_constraint(op.f(f'ck_round_{new}'), 'round', condition)
    op.execute(
        "ALTER TABLE round ADD COLUMN constraints TEXT DEFAULT '{}' NOT NULL "
        "CONSTRAINT ck_round_rule_named CHECK (method <> 'bos' AND (completion IS NULL OR completion <> 'comparison-full')) "
        "CONSTRAINT ck_round_rule_utility "
        "CHECK (kind = 'imported' OR utility IS NULL OR (utility = 'score') = (ballot_type = 'ranking'))"
    )
    op.create_table('searched_margin',
    sa.Column('result_item_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('margin', sa.BigInteger(), nullable=True),
    sa.Column('kind', sa.Enum('exact', 'found', 'none', 'uncounted', name='kind', native_enum=False, length=32), nullable=False),
    sa.Column('searched_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['result_item_id'], ['result_item.id'], name=op.f('fk_searched_margin_result_item_id')),
    sa.PrimaryKeyConstraint('result_item_id', name=op.f('pk_searched_margin'))
    )


def _exchange_words() -> None:
    connection = op.get_bind()
    sql = connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'round'"))
    for old, was, new, condition in CHECKS:
        words = f"CONSTRAINT ck_round_{old} CHECK ({was})"
        if words not in sql:
            raise RuntimeError(f"the table round has no {words}")
        sql = sql.replace(words, f"CONSTRAINT ck_round_{new} CHECK ({condition})")
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'round'"), {'sql': sql}
    )
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")
