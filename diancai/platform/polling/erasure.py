"""What the closing seal asks of the database itself: dead rows, samples of them, and the log go (vote.md 3)."""

import sqlite3

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from diancai.errors import Conflict

ORDERED_BY = {
    "ballot_code": "pk_ballot_code",
    "inbox_ballot": "pk_inbox_ballot",
    "sealed_ballot": "pk_sealed_ballot",
    "kiosk_ballot": "pk_kiosk_ballot",
    "kiosk_code": "pk_kiosk_code",
    "register_entry": "uq_register_entry_round_id_identity_key",
    "scanned_page": "pk_scanned_page",
    "doubtful_mark": "pk_doubtful_mark",
}
"""The three stores, what terminals and scanners brought to them, and the index in whose order their rows are to lie: it tells nothing of who came when."""
PATIENCE_MS = 2000
"""How long to wait for others: while it waits, those who cast in another round wait too."""
OLDER_READER = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND greatest(age(backend_xmin), age(backend_xid)) >= (SELECT min(age(xmin)) FROM closing_minute)
    )
"""
"""Whatever rewrites a table keeps every row that a transaction older than the newest closing seal may still see, and does not say so."""


def erase_dead_rows(engine: Engine) -> None:
    """Rewrite the files of the three stores, and what the planner sampled of them, and let go of the log.

    Raises Conflict erasure.reader_in_the_way; it is safe to try again at any time.
    """
    if engine.dialect.name == "sqlite":
        _erase_sqlite(engine)
    else:
        _erase_postgresql(engine)


def _erase_sqlite(engine: Engine) -> None:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
        cursor.execute("VACUUM")
        is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError as problem:
        raise Conflict("erasure.reader_in_the_way") from problem
    finally:
        connection.invalidate()  # its patience is its own
    if is_busy:
        raise Conflict("erasure.reader_in_the_way")


def _erase_postgresql(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.scalar(text(OLDER_READER)):
            raise Conflict("erasure.reader_in_the_way")
        try:
            connection.execute(text(f"SET lock_timeout = {PATIENCE_MS}"))
            for table, index in ORDERED_BY.items():
                connection.execute(text(f"CLUSTER {table} USING {index}"))
                connection.execute(text(f"ANALYZE {table}"))
            connection.execute(text("VACUUM (FULL) pg_statistic"))
        except OperationalError as problem:
            raise Conflict("erasure.reader_in_the_way") from problem
        finally:
            connection.execute(text("RESET lock_timeout"))
        connection.execute(text("SELECT pg_switch_wal()"))
        connection.execute(text("CHECKPOINT"))
