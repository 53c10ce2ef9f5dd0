"""What a trigger of ours refuses, and how each database is told so."""

from dataclasses import dataclass

DIALECTS = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Trigger:
    """Refuse `event` (INSERT, UPDATE, DELETE, or UPDATE OF columns) on `table` when `condition` holds.

    To the application a refusal is an IntegrityError on both databases, like that of a constraint.
    """

    name: str
    table: str
    event: str
    condition: str = ""

    def for_sqlite(self) -> list[str]:
        when = f"WHEN {self.condition} " if self.condition else ""
        return [
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW {when}"
            f"BEGIN SELECT RAISE(ABORT, 'refused by {self.name}'); END"
        ]

    def for_postgresql(self) -> list[str]:
        body = f"RAISE EXCEPTION 'refused by {self.name}' USING ERRCODE = 'integrity_constraint_violation';"
        if self.condition:
            body = f"IF {self.condition} THEN {body} END IF;"
        row = "OLD" if self.event.startswith("DELETE") else "NEW"
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {body} RETURN {row}; END $$",
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
        ]


@dataclass(frozen=True, slots=True)
class TruncateTrigger:
    """PostgreSQL only: TRUNCATE passes row triggers by."""

    name: str
    table: str

    def for_sqlite(self) -> list[str]:
        return []

    def for_postgresql(self) -> list[str]:
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION 'refused by {self.name}'; END $$",
            f"CREATE TRIGGER {self.name} BEFORE TRUNCATE ON {self.table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {self.name}()",
        ]


AnyTrigger = Trigger | TruncateTrigger


def append_only(table: str, *, round_id: str = "") -> list[AnyTrigger]:
    """Rows are added and never touched again. `round_id` finds the round of a deleted row: those of a rehearsal may go."""
    return [
        Trigger(f"{table}_no_update", table, "UPDATE"),
        Trigger(f"{table}_no_delete", table, "DELETE", f"NOT {rehearsed(round_id)}" if round_id else ""),
        TruncateTrigger(f"{table}_no_truncate", table),
    ]


def rehearsed(round_id: str) -> str:
    return f"EXISTS (SELECT 1 FROM round WHERE kind = 'rehearsal' AND id = {round_id})"


RESULT_ROUND = "(SELECT round_id FROM result WHERE id = OLD.result_id)"
STATION_ROUND = "(SELECT round_id FROM station WHERE id = OLD.station_id)"


def round_state(alias: str) -> str:
    return f"(SELECT state FROM round WHERE id = {alias}.round_id)"
