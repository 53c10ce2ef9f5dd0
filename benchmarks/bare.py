"""The route that a cast is measured against: one transaction in driver SQL, in a minimal Flask application.

`BARE_DATABASE` names the database; its two tables stand beside the application's own.
"""

import os
import sqlite3
import threading
from typing import Any

from flask import Flask, request

SCHEMA = (
    "CREATE TABLE bare_code (code TEXT PRIMARY KEY, is_used INTEGER NOT NULL)",
    "CREATE TABLE bare_ballot (nonce TEXT PRIMARY KEY, choice TEXT NOT NULL)",
)
_local = threading.local()


def connect(url: str) -> Any:
    """A connection of the driver, as durable as the application's."""
    if url.startswith("sqlite:///"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=30)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection
    import psycopg

    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)


app = Flask(__name__)
_MARK = "?" if os.environ.get("BARE_DATABASE", "").startswith("sqlite") else "%s"
_USE = f"UPDATE bare_code SET is_used = 1 WHERE code = {_MARK} AND is_used = 0"
_PUT = f"INSERT INTO bare_ballot (nonce, choice) VALUES ({_MARK}, {_MARK})"


@app.post("/cast")
def cast() -> tuple[str, int]:
    if not hasattr(_local, "connection"):
        _local.connection = connect(os.environ["BARE_DATABASE"])
    connection, form = _local.connection, request.form
    connection.execute("BEGIN IMMEDIATE" if _MARK == "?" else "BEGIN")
    is_first = connection.execute(_USE, (form["code"],)).rowcount == 1
    if is_first:
        connection.execute(_PUT, (form["nonce"], form["choice"]))
    connection.execute("COMMIT")
    return ("cast" if is_first else "used", 200 if is_first else 409)
