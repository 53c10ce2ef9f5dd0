"""What the law forbids to change, said in the database too: declared once, written for each dialect.

Alembic's batch mode drops triggers silently, so `create_triggers` runs after every migration and `make check` compares
the live catalogue with the declarations in `proposal_triggers`, `round_triggers` and `vote_triggers`.
"""

from sqlalchemy import Connection, text

from diancai.platform.core.proposal_triggers import PROPOSAL_TRIGGERS
from diancai.platform.core.round_triggers import ROUND_TRIGGERS
from diancai.platform.core.trigger_kinds import AnyTrigger
from diancai.platform.core.vote_triggers import VOTE_TRIGGERS

TRIGGERS = (*PROPOSAL_TRIGGERS, *ROUND_TRIGGERS, *VOTE_TRIGGERS)


def create_triggers(connection: Connection) -> None:
    """Drop what stands under our names and write every declaration anew."""
    drop_triggers(connection)
    for trigger in TRIGGERS:
        for statement in _statements(trigger, connection.dialect.name):
            connection.execute(text(statement))


def drop_triggers(connection: Connection) -> None:
    for name, table in live_triggers(connection):
        if connection.dialect.name == "sqlite":
            connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text(f'DROP TRIGGER {name} ON "{table}"'))


def live_triggers(connection: Connection) -> list[tuple[str, str]]:
    """(trigger, table) as the database's own catalogue has them."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    else:
        query = (
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal ORDER BY t.tgname"
        )
    return [(row[0], row[1]) for row in connection.execute(text(query))]


def declared_triggers(dialect: str) -> list[tuple[str, str]]:
    return sorted((trigger.name, trigger.table) for trigger in TRIGGERS if _statements(trigger, dialect))


def differing_triggers(connection: Connection) -> set[tuple[str, str]]:
    """Triggers that are declared or live, but not both."""
    return set(live_triggers(connection)) ^ set(declared_triggers(connection.dialect.name))


def _statements(trigger: AnyTrigger, dialect: str) -> list[str]:
    return trigger.for_sqlite() if dialect == "sqlite" else trigger.for_postgresql()
