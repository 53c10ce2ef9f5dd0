"""`diancai demo`: the sample street on this machine, ready to try."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
from sqlalchemy import Engine

from diancai.platform.cli.demo import panel, story
from diancai.platform.cli.serving import Forked, run_together, serve_here, web_command, work
from diancai.platform.core import clock
from diancai.platform.core.db import open_engine
from diancai.platform.core.keys import new_keys, read_keys, write_keys
from diancai.platform.core.migrate import upgrade
from diancai.platform.features import load_jobs

FOLDER = Path("instance")
DATABASE = FOLDER / "diancai.db"
KEYS_FILE = FOLDER / "keys"
ACCOUNTS_FILE = FOLDER / "demo-accounts.txt"
ADDRESS = f"sqlite:///{DATABASE.absolute()}"


@click.command()
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="PORT", default=8000, show_default=True)
@click.option("--reset/--no-reset", envvar="RESET", default=False, help="Start afresh: the old sample data is deleted.")
@click.option("--prepare-only", is_flag=True, help="Build the data and print the panel, but do not serve.")
def demo(host: str, port: int, reset: bool, prepare_only: bool) -> None:
    """Serve the sample street from an embedded database under instance/. A second start keeps its data."""
    if reset and FOLDER.is_dir():
        shutil.rmtree(FOLDER)
    _set_environment(host, port)
    load_jobs()
    FOLDER.mkdir(exist_ok=True)
    if not DATABASE.exists():
        click.echo("正在布置示范街道 / building the sample street …")
        _build()
    upgrade(ADDRESS)
    if prepare_only:
        _bring_to_now(host, port)
        return
    web = web_command(host, port, processes=2, threads=8)
    start_web = partial(Forked, partial(serve_here, web))
    run_together(partial(Forked, work), start_web, meanwhile=lambda: _bring_to_now(host, port))


def _bring_to_now(host: str, port: int) -> None:
    """Keep one round voting, mint a fresh code, and say where everything is."""
    keys, at = read_keys(KEYS_FILE), clock.now()
    with _opened(DATABASE) as engine:
        story.refresh(engine, keys, at=at)
        code = story.mint_code(engine, keys, at=at)
        kiosk_code = story.mint_kiosk_code(engine, keys, at=at)
    accounts = ACCOUNTS_FILE.read_text("utf-8")
    origin = f"http://{host}:{port}"
    click.echo(panel.panel(origin=origin, code=code, kiosk_code=kiosk_code, accounts=accounts))


def _build() -> None:
    """Under another name until it is whole: a start that was broken off begins anew."""
    for left_over in FOLDER.glob("*"):
        left_over.unlink()
    write_keys(KEYS_FILE, new_keys())
    unfinished = FOLDER / "building.db"
    upgrade(f"sqlite:///{unfinished.absolute()}")
    with _opened(unfinished) as engine:
        story.build(engine, read_keys(KEYS_FILE), at=clock.now(), accounts_file=ACCOUNTS_FILE)
    unfinished.rename(DATABASE)


@contextmanager
def _opened(path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{path.absolute()}")
    try:
        yield engine
    finally:
        engine.dispose()


def _set_environment(host: str, port: int) -> None:
    """The web processes and the worker inherit it."""
    os.environ.update(
        DIANCAI_ENVIRONMENT="demo",
        DIANCAI_DATABASE_URL=ADDRESS,
        DIANCAI_KEYS_FILE=str(KEYS_FILE.absolute()),
        DIANCAI_ORIGIN=f"http://{host}:{port}",
        DIANCAI_TRUSTED_HOSTS=f"localhost,127.0.0.1,{host}",
    )
