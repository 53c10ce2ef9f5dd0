"""Hall servers

A laptop holds a sitting without internet: its voters are marked `hall` meanwhile. SQLite exchanges the words of that CHECK in
the schema itself, as 0022 does.
"""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

WAS = "given IN ('slip', 'posted', 'paper')"
BECOMES = "given IN ('slip', 'posted', 'paper', 'hall')"


def upgrade() -> None:
    _exchange_given(WAS, BECOMES)
    _create_hall_server()
    _create_hall_charge()


def downgrade() -> None:
    op.drop_table("hall_charge")
    op.drop_table("hall_server")
    _exchange_given(BECOMES, WAS)


def _exchange_given(was: str, becomes: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_register_entry_given_kind"), "register_entry")
        op.create_check_constraint(op.f("ck_register_entry_given_kind"), "register_entry", becomes)
        return
    sql = connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'register_entry'"))
    if was not in sql:
        raise RuntimeError(f"the table register_entry has no {was}")
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'register_entry'"),
        {"sql": sql.replace(was, becomes)},
    )
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")


def _create_hall_server() -> None:
    op.create_table(
        "hall_server",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("street_id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("away", "back", "given_up", name="state", native_enum=False, length=32, create_constraint=True),
            nullable=False,
        ),
        sa.Column("person_count", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=False),
        sa.Column("away_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pack_number", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_sha256", sa.String(length=64), nullable=True),
        sa.Column("log", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("given_up_by", sa.Integer(), nullable=True),
        sa.Column("given_up_with", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(pack_number = 0) = (identity IS NULL) OR state <> 'away'", name=op.f("ck_hall_server_identity")
        ),
        sa.CheckConstraint("(state = 'away') = (ended_at IS NULL)", name=op.f("ck_hall_server_ended")),
        sa.CheckConstraint("(state = 'back') = (content_sha256 IS NOT NULL)", name=op.f("ck_hall_server_content")),
        sa.CheckConstraint(
            "state <> 'given_up' OR (reason IS NOT NULL AND given_up_by IS NOT NULL AND given_up_with IS NOT NULL AND given_up_with <> given_up_by)",
            name=op.f("ck_hall_server_given_up"),
        ),
        sa.CheckConstraint("(pack_number = 0) = (public_key IS NULL)", name=op.f("ck_hall_server_public_key")),
        sa.CheckConstraint("approved_by <> requested_by", name=op.f("ck_hall_server_another_person")),
        sa.CheckConstraint("pack_number >= 0", name=op.f("ck_hall_server_pack_number")),
        sa.CheckConstraint("person_count >= 1", name=op.f("ck_hall_server_person_count")),
        sa.ForeignKeyConstraint(["approved_by"], ["staff.id"], name=op.f("fk_hall_server_approved_by")),
        sa.ForeignKeyConstraint(["given_up_by"], ["staff.id"], name=op.f("fk_hall_server_given_up_by")),
        sa.ForeignKeyConstraint(["given_up_with"], ["staff.id"], name=op.f("fk_hall_server_given_up_with")),
        sa.ForeignKeyConstraint(["requested_by"], ["staff.id"], name=op.f("fk_hall_server_requested_by")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_hall_server_sitting_id")),
        sa.ForeignKeyConstraint(["street_id"], ["division.id"], name=op.f("fk_hall_server_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_server")),
    )
    with op.batch_alter_table("hall_server", schema=None) as batch_op:
        batch_op.create_index(
            "uq_hall_server_away",
            ["sitting_id"],
            unique=True,
            sqlite_where=sa.text("state = 'away'"),
            postgresql_where=sa.text("state = 'away'"),
        )


def _create_hall_charge() -> None:
    op.create_table(
        "hall_charge",
        sa.Column("server_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("street_id", sa.Integer(), nullable=False),
        sa.Column("pack_number", sa.Integer(), nullable=False),
        sa.Column("signing_key", sa.LargeBinary(), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("handed_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(handed_back_at IS NULL) = (content IS NULL)", name=op.f("ck_hall_charge_handed_back")),
        sa.PrimaryKeyConstraint("server_id", name=op.f("pk_hall_charge")),
    )
