"""Process settings: read once from the environment into one typed object. Office settings live in the database."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any


class Environment(StrEnum):
    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class SettingsError(Exception):
    """The process cannot start; the message says which setting is missing or wrong."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Each field is the variable DIANCAI_<NAME>; `docs/settings.md` is written from this class."""

    environment: Environment = Environment.PRODUCTION
    """production, demo or test. Production refuses missing, short or default secrets."""
    database_url: str = ""
    """sqlite:////path/to/file or postgresql+psycopg://user@host/name."""
    keys_file: Path | None = None
    """File (0600) with the secrets, one NAME=hex a line; `diancai keys new` writes one."""
    origin: str = ""
    """Public address, for example https://diancai.example.gov.cn. https turns on Secure cookies and HSTS."""
    ballot_origin: str = ""
    """Address that slips, posters and the hall's screen name for voting; empty means the origin. A hall server's is plain http."""
    ballot_only: bool = False
    """This process answers phones on the plain ballot origin: it serves the ballot and what anybody may read, nothing else."""
    hall_certificate: Path | None = None
    """Root certificate of a hall server, offered to the hall's devices; `diancai hall serve` sets it."""
    trusted_hosts: tuple[str, ...] = ()
    """Host names the application answers to, separated by commas; empty means the origin's own."""
    proxy_count: int = 0
    """How many proxies stand in front; each adds one entry to X-Forwarded-For."""
    metrics_token: str = ""
    """Bearer token for /metrics from elsewhere than loopback; empty means loopback only."""
    upload_limit: int = 8 * 1024 * 1024
    """Largest request in bytes."""
    sign_in_idle_minutes: int = 30
    """A staff session ends after so many minutes without a request."""
    backup_recipients: Path | None = None
    """File of those who can open backups, one a line: a name and an age public key; `diancai backup key` writes the pair."""
    site_name: str = "点菜"
    """The platform's name on screen; official papers never carry it."""
    log_level: str = "INFO"
    """Level of the JSON log on standard error."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None, **overrides: Any) -> "Settings":
        """Raises SettingsError for values that cannot be read."""
        source = os.environ if env is None else env
        values: dict[str, Any] = {}
        for item in fields(cls):
            raw = source.get(f"DIANCAI_{item.name.upper()}")
            if raw is not None and raw != "":
                values[item.name] = _parse(item.name, raw)
        settings = cls(**(values | overrides))
        settings.check()
        return settings

    def check(self) -> None:
        if not self.database_url:
            raise SettingsError("DIANCAI_DATABASE_URL is missing")
        if self.keys_file is None:
            raise SettingsError("DIANCAI_KEYS_FILE is missing: write one with `diancai keys new FILE`")
        if self.environment is Environment.PRODUCTION and not self.origin.startswith("https://"):
            raise SettingsError("DIANCAI_ORIGIN must be the https address of the site in production")

    @property
    def is_https(self) -> bool:
        """Of this process: phones in a hall reach it over plain http."""
        return self.origin.startswith("https://") and not self.ballot_only

    @property
    def address_for_ballots(self) -> str:
        return (self.ballot_origin or self.origin).rstrip("/")


def _parse(name: str, raw: str) -> Any:
    readers: dict[str, Any] = {
        "environment": Environment,
        "keys_file": Path,
        "backup_recipients": Path,
        "hall_certificate": Path,
        "trusted_hosts": lambda text: tuple(part.strip() for part in text.split(",") if part.strip()),
        "proxy_count": int,
        "ballot_only": {"0": False, "1": True}.__getitem__,
        "upload_limit": int,
        "sign_in_idle_minutes": int,
    }
    try:
        return readers.get(name, str)(raw)
    except (ValueError, KeyError) as problem:
        raise SettingsError(f"DIANCAI_{name.upper()} has a value that cannot be read: {raw!r}") from problem
