"""The whole application on a loopback port, with a clock that the test moves and a worker that runs when it is told."""

from collections.abc import Hashable, Iterator
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
from diancai.platform.core.db import open_engine, transaction
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
    is_reusable: bool = True

    def run_jobs(self) -> int:
        return run_due_jobs(self.engine, at=self.clock(), keys=self.keys)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with transaction(self.engine, keys=self.keys) as session:
            yield session


idle_apps: dict[Hashable, list[Flask]] = {}
"""Applications that wait for the next test: to register 250 addresses and compile a hundred templates takes half a second."""


@contextmanager
def an_app(database_url: str, engine: Engine, keys: Keys, clock: Clock, **options: Any) -> Iterator[Site]:
    """The application for a test client, without a port: an idle one of the same settings, on this test's database."""
    settings = Settings(environment=Environment.TEST, database_url=database_url, keys_file=Path("unused"), **options)
    idle = idle_apps.setdefault((keys, *sorted(options.items())), [])
    app = idle.pop() if idle else create_app(settings, keys=keys, now=clock)
    config, extensions = dict(app.config), dict(app.extensions)
    app.extensions |= {"diancai.settings": settings, "diancai.clock": clock}
    with app.app_context():
        db.engines[None] = open_engine(database_url)  # type: ignore[index]  # Flask-SQLAlchemy's own dictionary
    site = Site(app, engine, keys, clock)
    try:
        yield site
    finally:
        with app.app_context():
            db.engine.dispose()
        for kept, before in ((app.config, config), (app.extensions, extensions)):
            kept.clear()
            kept.update(before)
        if site.is_reusable:
            idle.append(app)


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
            site.is_reusable = False  # the thread of a stream may look at it still


def a_hall_certificate(folder: Path) -> Path:
    """What a hall's server offers to the hall's devices."""
    write_authority(folder, ["127.0.0.1"], at=now())
    return folder / "ca.crt"
