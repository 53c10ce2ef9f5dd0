"""`diancai backup` and `diancai restore`, as an operator types them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from diancai.platform.cli import main
from diancai.platform.core.db import open_engine, transaction
from diancai.platform.core.keys import Keys, write_keys
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.databases import Databases
from tests.factories import a_round, a_station, a_street
from tests.platform.polling.votes import vote

Typed = Callable[..., Result]


@pytest.fixture
def typed(engine: Engine, database_url: str, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Types a command on the installation of this test, or on another database."""
    write_keys(tmp_path / "keys", keys)
    monkeypatch.setenv("DIANCAI_ENVIRONMENT", "test")
    monkeypatch.setenv("DIANCAI_KEYS_FILE", str(tmp_path / "keys"))

    def type_(*words: str | Path, url: str = database_url) -> Result:
        monkeypatch.setenv("DIANCAI_DATABASE_URL", url)
        return CliRunner().invoke(main, [str(word) for word in words])

    return type_


def test_a_copy_is_made_listed_and_restored(
    engine: Engine, keys: Keys, databases: Databases, tmp_path: Path, typed: Typed
) -> None:
    with transaction(engine, keys=keys) as session:
        vote(session, a_station(session, a_round(session, a_street(session))), 25)
    key, to, copy = tmp_path / "wang.key", tmp_path / "recipients", tmp_path / "copy.age"
    public = typed("backup", "key", key)
    to.write_text(f"王监票 {public.output.strip()}\n")
    taken = typed("backup", "take", copy, "--to", to)
    assert taken.exit_code == 0, taken.output
    assert copy.stat().st_mode & 0o077 == key.stat().st_mode & 0o077 == 0
    assert str(copy) in typed("backup", "list").output
    other = databases.empty(engine.dialect.name)
    restored = typed("restore", copy, "--key", key, url=other)
    assert restored.exit_code == 0, restored.output
    with Session(opened := open_engine(other)) as session:
        assert session.scalars(select(Round.state)).one() is RoundState.SUSPENDED
    opened.dispose()
    again = typed("restore", copy, "--key", key, url=other)
    assert (again.exit_code, "空的数据库" in again.output) == (1, True)


def test_what_cannot_be_copied_now_leaves_no_file(engine: Engine, keys: Keys, tmp_path: Path, typed: Typed) -> None:
    with transaction(engine, keys=keys) as session:
        vote(session, a_station(session, a_round(session, a_street(session))), 3)
    typed("backup", "key", tmp_path / "key")
    to, copy = tmp_path / "recipients", tmp_path / "copy.age"
    for recipients, words in (("", "名单是空的"), ("王监票 age1xyz", "第1行不对")):
        to.write_text(recipients)
        refused = typed("backup", "take", copy, "--to", to)
        assert (refused.exit_code, words in refused.output, copy.exists()) == (1, True, False)
    to.write_text(typed("backup", "key", tmp_path / "second").output)
    refused = typed("backup", "take", copy, "--to", to)
    assert (refused.exit_code, "3 张票没有封存" in refused.output, copy.exists()) == (1, True, False)


def test_neither_a_key_nor_a_copy_is_overwritten(tmp_path: Path, typed: Typed) -> None:
    key, to, copy = tmp_path / "key", tmp_path / "recipients", tmp_path / "copy.age"
    to.write_text(typed("backup", "key", key).output)
    assert typed("backup", "key", key).exit_code == 1
    copy.write_text("a file of somebody")
    assert typed("backup", "take", copy, "--to", to).exit_code == 1
    assert copy.read_text() == "a file of somebody"
