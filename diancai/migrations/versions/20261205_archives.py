"""Archives

The numbered file set of a round that is over, and photos of notices as they were posted.
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('posting_photo',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('picture_sha256', sa.String(length=64), nullable=False),
    sa.Column('place', sa.String(length=80), nullable=False),
    sa.Column('taken_on', sa.Date(), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['added_by'], ['staff.id'], name=op.f('fk_posting_photo_added_by')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_posting_photo_notice_id')),
    sa.ForeignKeyConstraint(['picture_sha256'], ['picture.sha256'], name=op.f('fk_posting_photo_picture_sha256')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting_photo')),
    sa.UniqueConstraint('notice_id', 'picture_sha256', name=op.f('uq_posting_photo_notice_id_picture_sha256'))
    )
    op.create_table('archive_bundle',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('byte_count', sa.Integer(), nullable=False),
    sa.Column('file_count', sa.Integer(), nullable=False),
    sa.Column('keep_until', sa.Date(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint('byte_count > 0 AND file_count > 0', name=op.f('ck_archive_bundle_not_empty')),
    sa.CheckConstraint('version >= 1', name=op.f('ck_archive_bundle_version')),
    sa.ForeignKeyConstraint(['made_by'], ['staff.id'], name=op.f('fk_archive_bundle_made_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_archive_bundle_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_archive_bundle')),
    sa.UniqueConstraint('round_id', 'version', name=op.f('uq_archive_bundle_round_id_version'))
    )


def downgrade() -> None:
    op.drop_table('archive_bundle')
    op.drop_table('posting_photo')
