"""The district's supervision"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('supervision_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('street_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('reply_by', sa.Date(), nullable=False),
    sa.Column('written_by', sa.Integer(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reply', sa.Text(), nullable=True),
    sa.Column('replied_by', sa.Integer(), nullable=True),
    sa.Column('replied_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(reply IS NULL) = (replied_at IS NULL) AND (reply IS NULL) = (replied_by IS NULL)', name=op.f('ck_supervision_note_replied')),
    sa.CheckConstraint('length(text) > 0', name=op.f('ck_supervision_note_text')),
    sa.CheckConstraint('reply IS NULL OR length(reply) > 0', name=op.f('ck_supervision_note_reply')),
    sa.ForeignKeyConstraint(['replied_by'], ['staff.id'], name=op.f('fk_supervision_note_replied_by')),
    sa.ForeignKeyConstraint(['street_id'], ['division.id'], name=op.f('fk_supervision_note_street_id')),
    sa.ForeignKeyConstraint(['written_by'], ['staff.id'], name=op.f('fk_supervision_note_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supervision_note'))
    )
    op.create_index(op.f('ix_supervision_note_street_id'), 'supervision_note', ['street_id'], unique=False)


def downgrade() -> None:
    op.drop_table('supervision_note')
