"""When the application refuses to start (issue section 7)."""

from pathlib import Path

import pytest
from flask import Flask

from diancai.platform.app import create_app
from diancai.platform.core.permissions import anyone
from diancai.platform.settings import Environment, Settings, SettingsError
from diancai.platform.web.access import allow, check_every_endpoint


def settings(**changes: object) -> Settings:
    values = {"environment": Environment.PRODUCTION, "database_url": "sqlite://", "origin": "https://diancai.example"}
    return Settings(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("content", [None, "", "session=00\n", "session=" + "00" * 32 + "\n", "session=changeme\n"])
def test_it_does_not_start_without_secrets_of_its_own(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "keys"
    if content is not None:
        file.write_text(content)
        file.chmod(0o600)
    with pytest.raises(SettingsError):
        create_app(settings(keys_file=file))


@pytest.mark.parametrize("lacking", ["database_url", "keys_file", "origin"])
def test_it_does_not_start_without_what_production_needs(lacking: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        settings(**({"keys_file": tmp_path / "keys"} | {lacking: None if lacking == "keys_file" else ""})).check()


def test_it_does_not_start_with_an_endpoint_that_names_no_policy() -> None:
    app = Flask(__name__)
    app.add_url_rule("/guarded", "guarded", allow(anyone)(lambda: "ok"))
    check_every_endpoint(app)
    app.add_url_rule("/open", "open", lambda: "ok")
    with pytest.raises(RuntimeError, match="endpoints without a policy: open"):
        check_every_endpoint(app)
