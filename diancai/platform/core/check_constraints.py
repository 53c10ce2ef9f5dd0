"""Does the database check what the models say? Alembic compares tables and columns, and no CHECK."""

import re

from sqlalchemy import CheckConstraint, Connection, Enum, inspect

from diancai.platform.core.db import Base

QUOTED = re.compile(r"'([^']+)'")


def differing_checks(connection: Connection) -> set[tuple[str, str]]:
    """CHECKs (table, name) of the models or the database that the other lacks, and lists of words that are not the same."""
    found = inspect(connection)
    live = {
        (table, str(check["name"])): check["sqltext"]
        for table in Base.metadata.tables
        for check in found.get_check_constraints(table)
    }
    declared = {
        (table.name, str(check.name)): check
        for table in Base.metadata.sorted_tables
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }
    words = {
        (table.name, f"ck_{table.name}_{column.type.name}"): set(column.type.enums)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Enum)
    }
    others = {key for key, wanted in words.items() if key in live and set(QUOTED.findall(live[key])) != wanted}
    return (live.keys() ^ declared.keys()) | others
