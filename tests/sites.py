"""The whole application on a loopback port, with a clock that the test moves and a worker that runs when it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from diancai.platform.app import create_app
from diancai.platform.core.clock import now
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import run_due_jobs
from diancai.platform.core.keys import Keys
from diancai.platform.hall_server.certificates import write_authority
from diancai.platform.settings import Environment, Settings
from diancai.platform.web.database import db


@dataclass
class Clock:
    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> datetime:
        self.at += timedelta(**span)
        return self.at


@dataclass
class Site:
    """`url` has no slash at the end."""

    app: Flask
    engine: Engine
    keys: Keys
    clock: Clock
    url: str = ""

    def run_jobs(self) -> int:
        return run_due_jobs(self.engine, at=self.clock(), keys=self.keys)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with transaction(self.engine, keys=self.keys) as session:
            yield session


@contextmanager
def an_app(database_url: str, engine: Engine, keys: Keys, clock: Clock, **options: Any) -> Iterator[Site]:
    """The application for a test client, without a port."""
    settings = Settings(environment=Environment.TEST, database_url=database_url, keys_file=Path("unused"), **options)
    app = create_app(settings, keys=keys, now=clock)
    try:
        yield Site(app, engine, keys, clock)
    finally:
        with app.app_context():
            db.engine.dispose()


@contextmanager
def a_site(database_url: str, engine: Engine, keys: Keys, clock: Clock, **options: Any) -> Iterator[Site]:
    """The same on a free port of loopback, with threads as the real server has them."""
    with an_app(database_url, engine, keys, clock, **options) as site:
        server = make_server("127.0.0.1", 0, site.app, threaded=True)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        site.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def a_hall_certificate(folder: Path) -> Path:
    """What a hall's server offers to the hall's devices."""
    write_authority(folder, ["127.0.0.1"], at=now())
    return folder / "ca.crt"
