"""What the law forbids to change, said in the database too: declared once, written for each dialect.

Alembic's batch mode drops triggers silently, so `create_triggers` runs after every migration and `make check` compares
the live catalogue with these declarations.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

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
        Trigger(f"{table}_no_delete", table, "DELETE", f"NOT {_rehearsed(round_id)}" if round_id else ""),
        TruncateTrigger(f"{table}_no_truncate", table),
    ]


def _rehearsed(round_id: str) -> str:
    return f"EXISTS (SELECT 1 FROM round WHERE kind = 'rehearsal' AND id = {round_id})"


RESULT_ROUND = "(SELECT round_id FROM result WHERE id = OLD.result_id)"
STATION_ROUND = "(SELECT round_id FROM station WHERE id = OLD.station_id)"


def _round_state(alias: str) -> str:
    return f"(SELECT state FROM round WHERE id = {alias}.round_id)"


def _is_any_channel_open(round_id: str) -> str:
    """A desk still hands out, or ballots may still lie in a terminal."""
    return (
        f"(EXISTS (SELECT 1 FROM station WHERE ended_at IS NULL AND round_id = {round_id}) OR EXISTS "
        "(SELECT 1 FROM kiosk_block JOIN kiosk ON kiosk.id = kiosk_block.kiosk_id WHERE handed_at IS NOT NULL "
        f"AND ended_at IS NULL AND excluded_at IS NULL AND kiosk.round_id = {round_id}))"
    )


def _key_is_open(alias: str) -> str:
    return f"EXISTS (SELECT 1 FROM commission_key WHERE opened_at IS NOT NULL AND round_id = {alias}.round_id)"


def _has_steps(sitting_id: str) -> str:
    return f"EXISTS (SELECT 1 FROM sitting_step WHERE sitting_id = {sitting_id})"


RULE_COLUMNS = (
    "street_id, kind, title, year, fund_id, fund_fen, min_age, is_per_household, area, channels, household_pick_up_limit, proxy_limit, ballot_type, min_marks, "
    "max_marks, method, utility, completion, binding, seat_count, constraints, tie_rule, item_order, order_seed, "
    "publication, min_turnout_percent, min_ballots, candidate_notice_days, register_check_days, opens_at, latest_close_at"
)

TRIGGERS: tuple[AnyTrigger, ...] = (
    *append_only("audit_entry"),
    *append_only("rule_book", round_id="OLD.round_id"),
    *append_only("round_addendum", round_id="OLD.round_id"),
    *append_only("item_withdrawal", round_id="OLD.round_id"),
    *append_only("fund_entry"),
    *append_only("seal", round_id="OLD.round_id"),
    *append_only("closing_minute", round_id="OLD.round_id"),
    *append_only("draw", round_id="OLD.round_id"),
    *append_only("result", round_id="OLD.round_id"),
    *append_only("result_item", round_id=RESULT_ROUND),
    *append_only(
        "searched_margin",
        round_id="(SELECT result.round_id FROM result JOIN result_item ON result_item.result_id = result.id "
        "WHERE result_item.id = OLD.result_item_id)",
    ),
    *append_only("signature", round_id=RESULT_ROUND),
    # announcing freezes the rule book, the menu and the items (vote.md 4)
    Trigger("round_rules_frozen", "round", f"UPDATE OF {RULE_COLUMNS}", "OLD.state <> 'draft'"),
    Trigger("round_kept", "round", "DELETE", "OLD.state <> 'draft' AND OLD.kind <> 'rehearsal'"),
    # a rehearsal is one from its first day, and a real round never becomes one
    Trigger("round_rehearsal_fixed", "round", "UPDATE OF kind", "(NEW.kind = 'rehearsal') <> (OLD.kind = 'rehearsal')"),
    # a round never closes early
    Trigger(
        "round_close_only_later",
        "round",
        "UPDATE OF closes_at",
        "NEW.closes_at < OLD.closes_at AND OLD.state <> 'draft'",
    ),
    # 拟安排 ends once, with the approval of the fund or with the round; another amount comes with that end
    Trigger(
        "round_effective_once",
        "round",
        "UPDATE OF is_provisional",
        "NEW.is_provisional AND NOT OLD.is_provisional AND OLD.state <> 'draft'",
    ),
    Trigger(
        "round_effective_by_approval",
        "round",
        "UPDATE OF is_provisional",
        "OLD.is_provisional AND NOT NEW.is_provisional AND NEW.state <> 'void' "
        "AND (SELECT state FROM fund WHERE id = NEW.fund_id) <> 'approved'",
    ),
    Trigger("round_granted_once", "round", "UPDATE OF granted_fen", "NOT OLD.is_provisional"),
    Trigger(
        "result_of_allotted_fund",
        "result",
        "INSERT",
        "NEW.fund_fen <> (SELECT COALESCE(granted_fen, fund_fen) FROM round WHERE id = NEW.round_id)",
    ),
    Trigger(
        "fund_never_below_zero",
        "fund_entry",
        "INSERT",
        "NEW.amount_fen + (SELECT COALESCE(SUM(amount_fen), 0) FROM fund_entry WHERE fund_id = NEW.fund_id) < 0",
    ),
    Trigger("menu_item_frozen_insert", "menu_item", "INSERT", f"{_round_state('NEW')} <> 'draft'"),
    Trigger("menu_item_frozen_update", "menu_item", "UPDATE", f"{_round_state('OLD')} <> 'draft'"),
    Trigger(
        "menu_item_frozen_delete",
        "menu_item",
        "DELETE",
        f"{_round_state('OLD')} <> 'draft' AND NOT {_rehearsed('OLD.round_id')}",
    ),
    # what was signed stays as it was signed; money that was approved stays as it was approved
    Trigger("sign_off_final", "sign_off", "UPDATE", "OLD.state IN ('signed', 'superseded')"),
    Trigger("sign_off_kept", "sign_off", "DELETE"),
    Trigger("fund_frozen", "fund", "UPDATE", "OLD.state = 'approved'"),
    Trigger("fund_kept", "fund", "DELETE", "OLD.state = 'approved'"),
    # a notice is frozen when posted; its window may only grow, and an answer stands
    Trigger(
        "notice_frozen",
        "notice",
        "UPDATE OF street_id, subject, kind, title, facts, posted_at, working_days",
    ),
    Trigger("notice_window_grows", "notice", "UPDATE OF ends_at", "NEW.ends_at < OLD.ends_at"),
    Trigger("notice_kept", "notice", "DELETE"),
    Trigger(
        "objection_frozen",
        "objection",
        "UPDATE OF notice_id, number, channel, text, look_up_code, received_at",
    ),
    Trigger("objection_answered_once", "objection", "UPDATE OF outcome, answer", "OLD.outcome IS NOT NULL"),
    # the box: a ballot never changes; nothing is added once the round is sealed
    Trigger("inbox_no_update", "inbox_ballot", "UPDATE"),
    Trigger("sealed_no_update", "sealed_ballot", "UPDATE"),
    Trigger(
        "inbox_round_open",
        "inbox_ballot",
        "INSERT",
        f"{_round_state('NEW')} NOT IN ('voting', 'collecting')",
    ),
    # what a batch of paper was accepted with stays; no box is opened while a station still hands out
    Trigger(
        "keyed_sheet_accepted",
        "keyed_sheet",
        "UPDATE",
        "(SELECT finished_at FROM keying WHERE id = OLD.keying_id) IS NOT NULL",
    ),
    Trigger(
        "keyed_sheet_kept",
        "keyed_sheet",
        "DELETE",
        "NOT "
        + _rehearsed(
            "(SELECT sheet_batch.round_id FROM sheet_batch JOIN keying ON keying.batch_id = sheet_batch.id "
            "WHERE keying.id = OLD.keying_id)"
        ),
    ),
    Trigger("sheet_batch_final", "sheet_batch", "UPDATE", "OLD.state = 'accepted'"),
    Trigger("sheet_batch_kept", "sheet_batch", "DELETE", f"NOT {_rehearsed('OLD.round_id')}"),
    Trigger(
        "paper_box_after_issuing",
        "paper_box",
        "UPDATE OF found_count",
        "NEW.found_count IS NOT NULL AND "
        + _is_any_channel_open("(SELECT round_id FROM station WHERE id = NEW.station_id)"),
    ),
    # a supervisor's note is written once and answered once
    Trigger(
        "supervision_note_frozen", "supervision_note", "UPDATE OF street_id, text, reply_by, written_by, written_at"
    ),
    Trigger("supervision_note_answered_once", "supervision_note", "UPDATE OF reply", "OLD.reply IS NOT NULL"),
    Trigger("supervision_note_kept", "supervision_note", "DELETE"),
    # archives and photos of notices
    *append_only("archive_bundle"),
    *append_only("posting_photo"),
    # the hand's tally is only added to
    *append_only("hand_tally", round_id="OLD.round_id"),
    *append_only("hand_tally_line", round_id="(SELECT round_id FROM hand_tally WHERE id = OLD.tally_id)"),
    *append_only("tally_finding", round_id="OLD.round_id"),
    Trigger(
        "paper_box_opened_once",
        "paper_box",
        "UPDATE OF received_count, found_count, opened_at, opened_by, confirmed_by",
        "OLD.found_count IS NOT NULL",
    ),
    # the box is opened with the seal of the evening before, one day after the other; what was sealed stays
    Trigger(
        "station_day_seal",
        "station_day",
        "INSERT",
        "NEW.difference_reason IS NULL AND COALESCE(NEW.opening_seal, '') <> COALESCE((SELECT closing_seal FROM "
        "station_day WHERE station_id = NEW.station_id ORDER BY day DESC LIMIT 1), '')",
    ),
    Trigger(
        "station_day_in_turn",
        "station_day",
        "INSERT",
        "EXISTS (SELECT 1 FROM station_day WHERE station_id = NEW.station_id AND (closed_at IS NULL OR day >= NEW.day))",
    ),
    Trigger("station_day_sealed", "station_day", "UPDATE", "OLD.closed_at IS NOT NULL"),
    Trigger("station_day_kept", "station_day", "DELETE", f"NOT {_rehearsed(STATION_ROUND)}"),
    # the record of a hall is only added to, and stands on the plan with which it began
    *append_only(
        "sitting_step",
        round_id="(SELECT MIN(round_id) FROM sitting_round WHERE sitting_id = OLD.sitting_id)",
    ),
    *append_only("sitting_ballots", round_id="OLD.round_id"),
    Trigger("sitting_kept", "sitting", "DELETE", "EXISTS (SELECT 1 FROM sitting_round WHERE sitting_id = OLD.id)"),
    Trigger(
        "sitting_round_unmixed",
        "sitting_round",
        "INSERT",
        "EXISTS (SELECT 1 FROM sitting_round one JOIN round a ON a.id = one.round_id JOIN round b ON b.id = NEW.round_id "
        "WHERE one.sitting_id = NEW.sitting_id AND (a.kind = 'rehearsal') <> (b.kind = 'rehearsal'))",
    ),
    Trigger("sitting_begun", "sitting", "UPDATE", _has_steps("OLD.id")),
    Trigger("sitting_round_begun_insert", "sitting_round", "INSERT", _has_steps("NEW.sitting_id")),
    Trigger("sitting_round_begun_update", "sitting_round", "UPDATE", _has_steps("OLD.sitting_id")),
    Trigger("sitting_round_begun_delete", "sitting_round", "DELETE", _has_steps("OLD.sitting_id")),
    Trigger(
        "sitting_ballots_returned",
        "sitting_ballots",
        "INSERT",
        "NEW.step = 'returned' AND NEW.ballot_count > COALESCE((SELECT ballot_count FROM sitting_ballots "
        "WHERE sitting_id = NEW.sitting_id AND round_id = NEW.round_id AND step = 'issued'), 0)",
    ),
    # 代领、委托投票: of the same round, the same door, and for no more than the rule book allows
    Trigger("pick_up_no_update", "pick_up", "UPDATE"),
    Trigger(
        "pick_up_within_limit",
        "pick_up",
        "INSERT",
        "(SELECT COUNT(*) FROM pick_up WHERE collector_id = NEW.collector_id AND kind = NEW.kind) >= "
        "(SELECT CASE NEW.kind WHEN 'household' THEN household_pick_up_limit ELSE proxy_limit END FROM round "
        "WHERE id = (SELECT round_id FROM register_entry WHERE id = NEW.entry_id))",
    ),
    Trigger(
        "pick_up_of_one_round",
        "pick_up",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM register_entry a JOIN register_entry b ON a.round_id = b.round_id "
        "AND (NEW.kind = 'proxy' OR (a.community_id = b.community_id AND a.household = b.household)) "
        "WHERE a.id = NEW.entry_id AND b.id = NEW.collector_id)",
    ),
    Trigger("sitting_station_begun_insert", "sitting_station", "INSERT", _has_steps("NEW.sitting_id")),
    Trigger("sitting_station_begun_update", "sitting_station", "UPDATE", _has_steps("OLD.sitting_id")),
    Trigger("sitting_station_begun_delete", "sitting_station", "DELETE", _has_steps("OLD.sitting_id")),
    Trigger(
        "sitting_ballots_explained",
        "sitting_ballots",
        "INSERT",
        "NEW.given_count IS NOT NULL AND NEW.ballot_count <> NEW.given_count AND COALESCE((SELECT note FROM "
        "sitting_step WHERE sitting_id = NEW.sitting_id AND step = NEW.step), '') = ''",
    ),
    # sheets are drawn once, and what was found on them stays
    Trigger("sample_check_done", "sample_check", "UPDATE", "OLD.checked_at IS NOT NULL"),
    Trigger(
        "sample_check_drawn",
        "sample_check",
        "UPDATE OF seed, first_by, second_by, drawn_at, bound_permille, sheet_count, sample_size",
    ),
    Trigger("sample_check_kept", "sample_check", "DELETE", f"NOT {_rehearsed('OLD.round_id')}"),
    # who went along with which seal stays, and so does a visit that was made
    *append_only("mobile_trip", round_id=STATION_ROUND),
    Trigger("mobile_box_no_update", "mobile_box", "UPDATE"),
    Trigger("home_visit_done", "home_visit", "UPDATE", "OLD.state = 'done'"),
    # a case is decided once, and stays as it was written down
    Trigger("desk_case_decided", "desk_case", "UPDATE", "OLD.state = 'decided'"),
    Trigger(
        "desk_case_frozen",
        "desk_case",
        "UPDATE OF round_id, number, station_id, kind, text, ballot_count, opened_by, opened_at",
    ),
    Trigger("desk_case_kept", "desk_case", "DELETE", f"NOT {_rehearsed('OLD.round_id')}"),
    # a code goes live -> used or live -> void, and stays there; that of a terminal's block is free once that has ended
    Trigger(
        "ballot_code_final",
        "ballot_code",
        "UPDATE OF state",
        "NEW.state <> OLD.state AND (OLD.state NOT IN ('live', 'kiosk') OR NEW.state = 'kiosk')",
    ),
    # nothing is opened before every desk and every terminal has ended; what a terminal shipped stays until then
    Trigger(
        "commission_key_after_channels",
        "commission_key",
        "UPDATE OF opened_at",
        f"NEW.opened_at IS NOT NULL AND ({_round_state('NEW')} <> 'collecting' OR {_is_any_channel_open('NEW.round_id')})",
    ),
    Trigger("commission_key_opened_once", "commission_key", "UPDATE", "OLD.opened_at IS NOT NULL"),
    *append_only("kiosk_batch", round_id="(SELECT round_id FROM kiosk WHERE id = OLD.kiosk_id)"),
    Trigger("kiosk_ballot_no_update", "kiosk_ballot", "UPDATE"),
    Trigger(
        "kiosk_ballot_while_collecting",
        "kiosk_ballot",
        "INSERT",
        f"{_round_state('NEW')} NOT IN ('voting', 'suspended', 'collecting') OR {_key_is_open('NEW')}",
    ),
    Trigger(
        "kiosk_ballot_kept",
        "kiosk_ballot",
        "DELETE",
        f"{_round_state('OLD')} <> 'void' AND NOT {_key_is_open('OLD')} AND NOT {_rehearsed('OLD.round_id')}",
    ),
    Trigger("kiosk_block_final", "kiosk_block", "UPDATE", "OLD.ended_at IS NOT NULL OR OLD.excluded_at IS NOT NULL"),
)


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
