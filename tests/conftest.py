"""What all tests share: databases of both kinds, and one honest closing line about what the machine lacks.

Fixtures: `database_url` (the address of a migrated database; the test runs once on SQLite and once on PostgreSQL),
`engine` and `session` (that database, opened as the application does), `keys`, `empty_database_url` (without tables),
`databases` (a session's factory, for tests that need several or keep one longer).
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from diancai.platform.core.db import begin_write, open_engine
from diancai.platform.core.keys import Keys, new_keys
from tests.databases import Cluster, Databases, running_cluster
from tests.machine import closing_line, postgres_programs, skip_or_fail

DIALECTS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Hands out databases: `databases.migrated("sqlite")`, `databases.empty("postgresql")`, `databases.drop(url)`."""
    started: list[Cluster] = []
    with ExitStack() as stack:

        def cluster() -> Cluster:
            if not started:
                if postgres_programs() is None:
                    skip_or_fail("PostgreSQL")
                started.append(stack.enter_context(running_cluster()))
            return started[0]

        yield Databases(tmp_path_factory.mktemp("databases"), cluster)


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Which database: a test that asks for this, or for what is built on it, runs once on each."""
    return str(request.param)


@pytest.fixture
def database_url(databases: Databases, dialect: str) -> Iterator[str]:
    """The address of a migrated database that nobody else uses."""
    url = databases.migrated(dialect)
    yield url
    databases.drop(url)


@pytest.fixture
def empty_database_url(databases: Databases, dialect: str) -> Iterator[str]:
    """The address of a database without tables, for tests of migrations."""
    url = databases.empty(dialect)
    yield url
    databases.drop(url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A migrated database with the application's own settings."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def keys() -> Keys:
    return new_keys()


@pytest.fixture
def session(engine: Engine, keys: Keys) -> Iterator[Session]:
    """One open session that writes, as a request has it; the test decides whether it commits."""
    with Session(engine, info={"keys": keys}) as opened:
        begin_write(opened)
        yield opened


def pytest_unconfigure(config: pytest.Config) -> None:
    """The very last line says what to install, when tests could not run without it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:  # a worker of xdist: the line is for the whole run
        return
    kinds = ("skipped", "failed", "error")
    reports = [report for kind in kinds for report in reporter.stats.get(kind, [])]
    line = closing_line(" ".join(str(report.longrepr) for report in reports))
    if line:
        reporter.write_line(line, yellow=True)
