"""What the closing seal asks of the database itself: dead rows and the write-ahead log go (vote.md 3)."""

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from diancai.errors import Conflict

TABLES = ("ballot_code", "inbox_ballot", "sealed_ballot", "register_entry")


def erase_dead_rows(engine: Engine) -> None:
    """Rewrite the files of the three stores and let go of the log. Raises Conflict when a reader is in the way."""
    if engine.dialect.name == "sqlite":
        _erase_sqlite(engine)
    else:
        _erase_postgresql(engine)


def log_outlives_seal(session: Session) -> bool:
    """PostgreSQL keeps old log segments when it archives or recycles them: two people must accept that in writing."""
    if session.get_bind().dialect.name != "postgresql":
        return False
    query = text("SELECT name, setting FROM pg_settings WHERE name IN ('archive_mode', 'wal_recycle')")
    settings = {row.name: row.setting for row in session.execute(query)}
    return settings.get("archive_mode", "off") != "off" or settings.get("wal_recycle", "on") != "off"


def _erase_sqlite(engine: Engine) -> None:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.close()
    finally:
        connection.close()
    if is_busy:
        raise Conflict("erasure.reader_in_the_way")


def _erase_postgresql(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        for table in TABLES:
            connection.execute(text(f"VACUUM (FULL) {table}"))
        connection.execute(text("SELECT pg_switch_wal()"))
        connection.execute(text("CHECKPOINT"))
        connection.execute(text("RESET lock_timeout"))
