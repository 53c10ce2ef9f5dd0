"""Throw-away databases for tests: a migrated template is made once, each test gets a copy of its own.

PostgreSQL: one cluster a test process, made with `initdb` in a temporary folder, reachable over a unix socket only. Its
programs refuse to run as root, so root hands them to the user `postgres`.
"""

import glob
import os
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg

from tests.machine import postgres_programs

Migrate = Callable[[str], None]

# Durability is not what these tests are about, except where a test starts a cluster of its own.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def migrated_template(database_url: str) -> None:
    """Bring an empty database to the newest schema, by the same operation that `diancai db upgrade` calls."""
    from diancai.platform.core.migrate import upgrade

    upgrade(database_url)


def _as_postgres(command: list[str]) -> list[str]:
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(_as_postgres(command), cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL of our own; `folder` is also where its socket lies."""

    folder: Path

    def restart(self) -> None:
        """Without a word to those who are connected, as a machine that goes down."""
        programs = postgres_programs()
        assert programs is not None  # it is running
        store = str(self.folder / "store")
        control = [str(programs / "pg_ctl"), "-D", store, "-w", "-t", "60", "-l", str(self.folder / "log")]
        _run([*control, "-m", "immediate", "restart"], self.folder)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_cluster(options: str = FAST) -> Iterator[Cluster]:
    """Make, start and at the end remove a cluster. `options` go to the server as written."""
    programs = postgres_programs()
    if programs is None:
        raise RuntimeError("PostgreSQL's server programs are not installed.")
    # A socket's path may have 107 characters: pytest's own temporary folders are too deep.
    folder = Path(tempfile.mkdtemp(prefix="diancai-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    try:
        with _started(programs, folder, options):
            yield Cluster(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _started(programs: Path, folder: Path, options: str) -> Iterator[None]:
    store = str(folder / "store")
    control = [str(programs / "pg_ctl"), "-D", store, "-w", "-t", "60"]
    listen = f"-k {folder} -c listen_addresses='' {options}"
    _run(
        [str(programs / "initdb"), "-D", store, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "-N"],
        folder,
    )
    _run([*control, "-l", str(folder / "log"), "-o", listen, "start"], folder)
    try:
        yield
    finally:
        _run([*control, "-m", "immediate", "stop"], folder)


@dataclass
class Databases:
    """Hands out databases by dialect, `sqlite` or `postgresql`; `cluster` is asked for only when it is needed."""

    folder: Path
    cluster: Callable[[], Cluster]
    migrate: Migrate = migrated_template

    def empty(self, dialect: str) -> str:
        """The address of a database without any table."""
        name = _new_name()
        if dialect == "sqlite":
            return f"sqlite:///{self.folder / name}.db"
        self.cluster().execute(f"CREATE DATABASE {name}")
        return self.cluster().url(name)

    def migrated(self, dialect: str) -> str:
        """The address of a fresh database with the newest schema: a copy, which is faster than migrating."""
        name = _new_name()
        if dialect == "sqlite":
            _copy_sqlite(self._sqlite_template, self.folder / f"{name}.db")
            return f"sqlite:///{self.folder / name}.db"
        self.cluster().execute(f"CREATE DATABASE {name} TEMPLATE {self._postgres_template}")
        return self.cluster().url(name)

    def drop(self, url: str) -> None:
        """Remove a database that came from here, whoever is still connected."""
        if url.startswith("sqlite:///"):
            for left in glob.glob(url.removeprefix("sqlite:///") + "*"):
                os.unlink(left)
            return
        name = url.split("/")[3].partition("?")[0]
        self.cluster().execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @cached_property
    def _sqlite_template(self) -> Path:
        template = self.folder / "template.db"
        self.migrate(f"sqlite:///{template}")
        return template

    @cached_property
    def _postgres_template(self) -> str:
        name = _new_name()
        self.cluster().execute(f"CREATE DATABASE {name}")
        self.migrate(self.cluster().url(name))
        return name


def _new_name() -> str:
    return f"diancai_{secrets.token_hex(6)}"


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's own copy: right also while a write-ahead log lies beside the source."""
    reading, writing = sqlite3.connect(source), sqlite3.connect(target)
    try:
        reading.backup(writing)
    finally:
        reading.close()
        writing.close()
