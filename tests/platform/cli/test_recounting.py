"""`diancai recount`: one command, exit code 0 or 1."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from diancai.platform.cli import main
from diancai.platform.core.db import transaction
from diancai.platform.core.keys import Keys, write_keys
from diancai.platform.core.triggers import create_triggers, drop_triggers
from tests.platform.results.stage import a_stage, count


def test_a_recount_ends_with_zero_when_it_agrees_and_one_when_it_does_not(
    database_url: str, engine: Engine, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_keys(tmp_path / "keys", keys)
    for name, value in {
        "ENVIRONMENT": "test",
        "DATABASE_URL": database_url,
        "KEYS_FILE": str(tmp_path / "keys"),
        "ORIGIN": "http://localhost",
    }.items():
        monkeypatch.setenv(f"DIANCAI_{name}", value)
    with transaction(engine, keys=keys) as session:
        stage = a_stage(session, ["1,2"] * 3 + ["3"])
        count(session, stage)
        number = str(stage.round_.id)
    same = CliRunner().invoke(main, ["recount", number])
    assert same.exit_code == 0, same.output
    assert "完全一致" in same.output
    with engine.begin() as connection:
        drop_triggers(connection)
        connection.execute(text("UPDATE result_item SET score = 9 WHERE number = '3'"))
        create_triggers(connection)
    other = CliRunner().invoke(main, ["recount", number])
    assert other.exit_code == 1
    assert "score 3: 9 ≠ 1" in other.output
    assert CliRunner().invoke(main, ["recount", "999"]).exit_code == 1
