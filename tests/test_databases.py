import sqlite3
from pathlib import Path

import psycopg
import pytest

from tests.databases import Databases
from tests.machine import closing_line


def run(url: str, statement: str) -> list[tuple[object, ...]]:
    if url.startswith("sqlite:///"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            with connection:
                return connection.execute(statement).fetchall()
        finally:
            connection.close()
    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def small(databases: Databases, tmp_path: Path) -> Databases:
    """A factory of its own with a one-table schema, on the session's cluster."""

    def migrate(url: str) -> None:
        run(url, "CREATE TABLE leaf (number INTEGER)")

    return Databases(tmp_path, databases.cluster, migrate)


def test_each_copy_of_the_template_is_a_database_of_its_own(small: Databases, dialect: str) -> None:
    first, second = small.migrated(dialect), small.migrated(dialect)
    run(first, "INSERT INTO leaf VALUES (1)")
    assert run(first, "SELECT number FROM leaf") == [(1,)]
    assert run(second, "SELECT number FROM leaf") == []


def test_a_dropped_database_is_gone(small: Databases, dialect: str) -> None:
    url = small.empty(dialect)
    run(url, "CREATE TABLE here (number INTEGER)")
    small.drop(url)
    with pytest.raises((psycopg.OperationalError, sqlite3.OperationalError)):
        run(url, "SELECT number FROM here")


def test_the_closing_line_names_what_to_install() -> None:
    assert closing_line("Skipped: Chromium is not installed") == (
        "Tests did not run for want of Chromium. On Debian: apt-get install chromium fonts-noto-cjk"
    )
    assert closing_line("Skipped: needs a scanner") is None
