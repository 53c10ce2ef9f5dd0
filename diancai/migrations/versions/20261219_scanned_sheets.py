"""Scanned sheets

One of the two blind readings of a batch of paper may come from pictures; what its reader doubts lies here until the batch
is accepted.
"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sheet_scan',
    sa.Column('keying_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('page_count', sa.Integer(), nullable=False),
    sa.Column('picture_count', sa.Integer(), nullable=False),
    sa.Column('doubtful_count', sa.Integer(), nullable=False),
    sa.CheckConstraint('doubtful_count >= 0', name=op.f('ck_sheet_scan_doubtful_count')),
    sa.CheckConstraint('page_count BETWEEN 1 AND 20', name=op.f('ck_sheet_scan_page_count')),
    sa.CheckConstraint('picture_count >= 0', name=op.f('ck_sheet_scan_picture_count')),
    sa.ForeignKeyConstraint(['batch_id'], ['sheet_batch.id'], name=op.f('fk_sheet_scan_batch_id')),
    sa.ForeignKeyConstraint(['keying_id'], ['keying.id'], name=op.f('fk_sheet_scan_keying_id')),
    sa.PrimaryKeyConstraint('keying_id', name=op.f('pk_sheet_scan')),
    sa.UniqueConstraint('batch_id', name=op.f('uq_sheet_scan_batch_id'))
    )
    op.create_table('scanned_page',
    sa.Column('keying_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('page', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('marks', sa.String(length=4000), nullable=False),
    sa.Column('trouble', sa.Enum('no_corners', 'no_qr', 'other_ballot', name='trouble', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('picture', sa.LargeBinary(), nullable=True),
    sa.Column('typed', sa.String(length=4000), nullable=True),
    sa.Column('judged', sa.Enum('valid', 'over', 'under', 'blank', 'unclear', 'not_genuine', name='judged', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.CheckConstraint('(trouble IS NULL) = (picture IS NULL)', name=op.f('ck_scanned_page_picture')),
    sa.CheckConstraint("judged IS NULL OR judged IN ('unclear', 'not_genuine')", name=op.f('ck_scanned_page_judgement')),
    sa.CheckConstraint('page BETWEEN 1 AND 20', name=op.f('ck_scanned_page_page')),
    sa.CheckConstraint('place BETWEEN 1 AND 50', name=op.f('ck_scanned_page_place')),
    sa.CheckConstraint("trouble IS NULL OR marks = ''", name=op.f('ck_scanned_page_marks')),
    sa.CheckConstraint('typed IS NULL OR trouble IS NOT NULL', name=op.f('ck_scanned_page_typed')),
    sa.ForeignKeyConstraint(['keying_id'], ['sheet_scan.keying_id'], name=op.f('fk_scanned_page_keying_id')),
    sa.PrimaryKeyConstraint('keying_id', 'place', 'page', name=op.f('pk_scanned_page'))
    )
    op.create_table('doubtful_mark',
    sa.Column('keying_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('page', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('ink_mm2_hundredths', sa.Integer(), nullable=False),
    sa.Column('picture', sa.LargeBinary(), nullable=False),
    sa.Column('is_marked', sa.Boolean(), nullable=True),
    sa.CheckConstraint('ink_mm2_hundredths >= 0', name=op.f('ck_doubtful_mark_ink')),
    sa.ForeignKeyConstraint(['keying_id', 'place', 'page'], ['scanned_page.keying_id', 'scanned_page.place', 'scanned_page.page'], name=op.f('fk_doubtful_mark_keying_id_place_page')),
    sa.PrimaryKeyConstraint('keying_id', 'place', 'page', 'number', name=op.f('pk_doubtful_mark'))
    )


def downgrade() -> None:
    op.drop_table('doubtful_mark')
    op.drop_table('scanned_page')
    op.drop_table('sheet_scan')
