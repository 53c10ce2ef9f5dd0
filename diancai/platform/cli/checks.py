"""`diancai check`: what can be proved about the application without running its tests. Also the two generated pages."""

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import fields
from enum import StrEnum
from inspect import getsource
from pathlib import Path
from typing import Any

import click
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import diancai
from diancai.platform.app import create_app
from diancai.platform.core import texts
from diancai.platform.core.actor import Role
from diancai.platform.core.check_constraints import differing_checks
from diancai.platform.core.confirmations import CONFIRMABLE, REQUEST_MOVES, RequestState
from diancai.platform.core.db import Base, open_engine
from diancai.platform.core.keys import new_keys
from diancai.platform.core.migrate import upgrade
from diancai.platform.core.moves import MoveTable
from diancai.platform.core.permissions import PERMISSIONS
from diancai.platform.core.triggers import differing_triggers
from diancai.platform.core.words import WORDS
from diancai.platform.features import load_jobs
from diancai.platform.polling.kiosk_models import KIOSK_MOVES, KioskState
from diancai.platform.polling.models import BATCH_MOVES, BatchState
from diancai.platform.rounds.states import (
    IMPORT_MOVES,
    ROUND_MOVES,
    SIGN_OFF_MOVES,
    RoundState,
    SignOffState,
)
from diancai.platform.settings import Environment, Settings
from diancai.platform.tables import ALL_TABLES

PACKAGE = Path(diancai.__file__).parent
DOCS = PACKAGE.parent / "docs"
MACHINES: tuple[tuple[MoveTable[Any], StrEnum], ...] = (
    (ROUND_MOVES, RoundState.DRAFT),
    (IMPORT_MOVES, RoundState.DRAFT),
    (SIGN_OFF_MOVES, SignOffState.SUBMITTED),
    (REQUEST_MOVES, RequestState.PENDING),
    (BATCH_MOVES, BatchState.REQUESTED),
    (KIOSK_MOVES, KioskState.WAITING),
)
RAISED = re.compile(r"(?:InvalidInput|LimitReached|WrongState|Conflict|NotAllowed|NotFound)\(\s*\"([a-z_0-9.]+)\"")


@click.command()
def check() -> None:
    """Endpoints, migrations, triggers, states, words, translations, generated pages. Exit 1 with every fault named."""
    faults = 0
    for name, finder in CHECKS.items():
        found = list(finder())
        faults += len(found)
        click.echo(f"{'✗' if found else '✓'} {name}")
        for fault in found:
            click.echo(f"    {fault}")
    sys.exit(1 if faults else 0)


@click.command()
def permissions() -> None:
    """Print docs/permissions.md."""
    click.echo(permissions_page(), nl=False)


@click.command()
def settings() -> None:
    """Print docs/settings.md."""
    click.echo(settings_page(), nl=False)


def permissions_page() -> str:
    """Rows are actions, columns are roles; then whether a hall's own server has it, and the states in which it makes sense."""
    load_jobs()  # they register what a second person confirms
    head = "| action | " + " | ".join(role.value for role in Role) + " | in a hall | states |"
    rule = "|---" * (len(Role) + 3) + "|"
    rows = [
        f"| `{row.action}` | "
        + " | ".join("✓" if role in row.roles else "" for role in Role)
        + f" | {'✓' if row.in_hall else ''} | {', '.join(sorted(row.states)) or 'any'} |"
        for row in PERMISSIONS.values()
    ]
    second = [
        f"| `{action}` | {', '.join(sorted(role.value for role in person.roles))} |"
        for action, person in sorted(CONFIRMABLE.items())
    ]
    return "\n".join(
        [
            "# Who may do what, and when",
            "",
            "Written by `diancai permissions` from `diancai/platform/core/permissions.py`; `make check` compares. Every role counts",
            "in its own street (a district supervisor's in all streets of the district). Pages for everybody are not listed. `in a hall`: also",
            "on the server of a hall without internet.",
            "",
            head,
            rule,
            *rows,
            "",
            "## What needs a second person",
            "",
            "One person asks, another with one of these roles confirms; never the same.",
            "",
            "| action | who may confirm |",
            "|---|---|",
            *second,
            "",
        ]
    )


def settings_page() -> str:
    source = getsource(Settings)
    rows = []
    for item in fields(Settings):
        told = re.search(rf"    {item.name}: .*?\"\"\"(.*?)\"\"\"", source, re.S)
        assert told, f"the setting {item.name} is not described"
        default = "" if item.default in ("", None, ()) else f"`{item.default}`"
        rows.append(f"| `DIANCAI_{item.name.upper()}` | {default} | {' '.join(told[1].split())} |")
    return "\n".join(
        [
            "# Process settings",
            "",
            "Read once from the environment. Written by `diancai settings`; `make check` compares. Settings of an office (telephone,",
            "windows, floors, code format) live in the database and have a page.",
            "",
            "| variable | default | what it does |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _unguarded_endpoints() -> Iterator[str]:
    keys_file = Path("unused")
    options = Settings(environment=Environment.TEST, database_url="sqlite://", keys_file=keys_file)
    try:
        create_app(options, keys=new_keys())
    except RuntimeError as problem:
        yield str(problem)


def _drift() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/check.db"
        upgrade(url)
        engine = open_engine(url)
        assert ALL_TABLES
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            yield from (str(difference)[:200] for difference in compare_metadata(context, Base.metadata))
            yield from (f"trigger {name} on {table}" for name, table in sorted(differing_triggers(connection)))
            yield from (f"check {name} on {table}" for table, name in sorted(differing_checks(connection)))
        engine.dispose()


def _unreachable_states() -> Iterator[str]:
    for table, first in MACHINES:
        reached, waiting = set(), [first]
        while waiting:
            state = waiting.pop()
            if state not in reached:
                reached.add(state)
                waiting.extend(table[state])
        yield from (f"{type(state).__name__}.{state}" for state in table if state not in reached)


def _raised_without_words() -> Iterator[str]:
    raised: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        raised |= set(RAISED.findall(path.read_text("utf-8")))
    yield from sorted(raised - WORDS.keys())


def _untranslated() -> Iterator[str]:
    for locale in texts.LOCALES:
        path = texts.FOLDER / locale / "LC_MESSAGES" / "messages.po"
        if locale == texts.SOURCE:
            continue
        if not path.is_file():
            yield f"{locale}: there is no catalogue"
            continue
        with path.open("rb") as file:
            known = {message.id: message for message in read_po(file, locale=locale) if message.id}
        for message in sorted(_source_messages()):
            translation = known.get(message)
            if translation is None or not translation.string or translation.fuzzy:
                yield f"{locale}: {message[:80]}"


def _source_messages() -> set[str]:
    method_map = [("templates/**.html", "jinja2"), ("**.py", "python")]
    keywords = {"_": None, "N_": None, "gettext": None, "lazy_gettext": None, "_l": None}
    options = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
    found = extract_from_dir(PACKAGE, method_map, options, keywords)
    return {message for _, _, message, *_ in found if isinstance(message, str) and message}


def _stale_pages() -> Iterator[str]:
    for name, page in (("permissions.md", permissions_page), ("settings.md", settings_page)):
        path = DOCS / name
        if not path.is_file() or path.read_text("utf-8") != page():
            yield f"docs/{name} is stale: diancai {path.stem} > docs/{name}"


CHECKS: dict[str, Callable[[], Iterator[str]]] = {
    "every endpoint names a policy": _unguarded_endpoints,
    "migrations equal models, triggers equal their declarations": _drift,
    "every state is reachable": _unreachable_states,
    "every refusal has words": _raised_without_words,
    "translations are complete": _untranslated,
    "generated pages are current": _stale_pages,
}
