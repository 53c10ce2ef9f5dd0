from pathlib import Path

import pytest

from diancai.platform.settings import Environment, Settings, SettingsError

GOOD = {
    "DIANCAI_DATABASE_URL": "postgresql+psycopg://diancai@/diancai",
    "DIANCAI_KEYS_FILE": "/etc/diancai/keys",
    "DIANCAI_ORIGIN": "https://diancai.example.gov.cn",
}


def test_production_is_the_default_and_asks_for_three_things() -> None:
    found = Settings.from_env(GOOD)
    assert found.environment is Environment.PRODUCTION
    assert (found.keys_file, found.is_https) == (Path("/etc/diancai/keys"), True)


@pytest.mark.parametrize("name", GOOD)
def test_production_does_not_start_without(name: str) -> None:
    for lacking in ({key: value for key, value in GOOD.items() if key != name}, GOOD | {name: ""}):
        with pytest.raises(SettingsError, match=name):
            Settings.from_env(lacking)


@pytest.mark.parametrize("origin", ["http://diancai.example.gov.cn", "diancai.example.gov.cn", "//https://"])
def test_production_does_not_start_without_https(origin: str) -> None:
    with pytest.raises(SettingsError, match="DIANCAI_ORIGIN"):
        Settings.from_env(GOOD | {"DIANCAI_ORIGIN": origin})


def test_a_demo_may_do_without_https_but_not_without_keys() -> None:
    demo = GOOD | {"DIANCAI_ENVIRONMENT": "demo", "DIANCAI_ORIGIN": "http://127.0.0.1:8000"}
    assert not Settings.from_env(demo).is_https
    with pytest.raises(SettingsError, match="DIANCAI_KEYS_FILE"):
        Settings.from_env(demo | {"DIANCAI_KEYS_FILE": ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DIANCAI_ENVIRONMENT", "staging"),
        ("DIANCAI_PROXY_COUNT", "one"),
        ("DIANCAI_UPLOAD_LIMIT", "8MB"),
        ("DIANCAI_SIGN_IN_IDLE_MINUTES", "half an hour"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} .*{value}"):
        Settings.from_env(GOOD | {name: value})


def test_trusted_hosts_are_separated_by_commas() -> None:
    found = Settings.from_env(GOOD | {"DIANCAI_TRUSTED_HOSTS": "a.example, b.example,"})
    assert found.trusted_hosts == ("a.example", "b.example")
