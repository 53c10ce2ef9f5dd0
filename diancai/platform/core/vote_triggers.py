"""What the database forbids of the box, paper, stations, halls, codes and terminals."""

from diancai.platform.core.trigger_kinds import STATION_ROUND, AnyTrigger, Trigger, append_only, rehearsed, round_state


def _is_any_channel_open(round_id: str) -> str:
    """A desk still hands out, or ballots may still lie in a terminal."""
    return (
        f"(EXISTS (SELECT 1 FROM station WHERE ended_at IS NULL AND round_id = {round_id}) OR EXISTS "
        "(SELECT 1 FROM kiosk_block JOIN kiosk ON kiosk.id = kiosk_block.kiosk_id WHERE handed_at IS NOT NULL "
        f"AND ended_at IS NULL AND excluded_at IS NULL AND kiosk.round_id = {round_id}))"
    )


_SITTING_ROUND = "(SELECT MIN(round_id) FROM sitting_round WHERE sitting_id = OLD.sitting_id)"


def _is_away(sitting_ids: str) -> str:
    return f"EXISTS (SELECT 1 FROM hall_server WHERE state = 'away' AND sitting_id IN ({sitting_ids}))"


def _key_is_open(alias: str) -> str:
    return f"EXISTS (SELECT 1 FROM commission_key WHERE opened_at IS NOT NULL AND round_id = {alias}.round_id)"


def _has_doubts(keying_id: str) -> str:
    """A picture, or a mark on one, waits for a person."""
    return (
        f"(EXISTS (SELECT 1 FROM doubtful_mark WHERE is_marked IS NULL AND keying_id = {keying_id}) OR EXISTS (SELECT 1 "
        f"FROM scanned_page WHERE trouble IS NOT NULL AND typed IS NULL AND judged IS NULL AND keying_id = {keying_id}))"
    )


def _has_steps(sitting_id: str) -> str:
    return f"EXISTS (SELECT 1 FROM sitting_step WHERE sitting_id = {sitting_id})"


def _is_on_the_way(station_id: str) -> str:
    """A mobile box left, and nobody has checked its seal since."""
    return (
        "EXISTS (SELECT 1 FROM mobile_trip trip LEFT JOIN mobile_return back ON back.station_id = trip.station_id "
        f"AND back.day = trip.day WHERE back.day IS NULL AND trip.station_id = {station_id})"
    )


VOTE_TRIGGERS: tuple[AnyTrigger, ...] = (
    # the box: a ballot never changes; nothing is added once the round is sealed
    Trigger("inbox_no_update", "inbox_ballot", "UPDATE"),
    Trigger("sealed_no_update", "sealed_ballot", "UPDATE"),
    Trigger(
        "inbox_round_open",
        "inbox_ballot",
        "INSERT",
        f"{round_state('NEW')} NOT IN ('voting', 'collecting')",
    ),
    # what a batch of paper was accepted with stays; no box is opened while a station still hands out
    Trigger(
        "keyed_sheet_accepted",
        "keyed_sheet",
        "UPDATE",
        "(SELECT finished_at FROM keying WHERE id = OLD.keying_id) IS NOT NULL",
    ),
    # a scan is the first or second reading of its own batch, begun before a sheet was keyed; it counts once nothing is doubtful
    Trigger(
        "sheet_scan_of_a_reading",
        "sheet_scan",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM keying WHERE id = NEW.keying_id AND batch_id = NEW.batch_id AND turn < 3 "
        "AND finished_at IS NULL) OR EXISTS (SELECT 1 FROM keyed_sheet WHERE keying_id = NEW.keying_id)",
    ),
    Trigger("keyed_sheet_decided", "keyed_sheet", "INSERT", _has_doubts("NEW.keying_id")),
    Trigger(
        "keying_decided",
        "keying",
        "UPDATE OF finished_at",
        f"NEW.finished_at IS NOT NULL AND {_has_doubts('NEW.id')}",
    ),
    Trigger(
        "sheet_batch_without_pictures",
        "sheet_batch",
        "UPDATE OF state",
        "NEW.state = 'accepted' AND EXISTS (SELECT 1 FROM scanned_page JOIN sheet_scan ON sheet_scan.keying_id = "
        "scanned_page.keying_id WHERE sheet_scan.batch_id = NEW.id)",
    ),
    Trigger(
        "keyed_sheet_kept",
        "keyed_sheet",
        "DELETE",
        "NOT "
        + rehearsed(
            "(SELECT sheet_batch.round_id FROM sheet_batch JOIN keying ON keying.batch_id = sheet_batch.id "
            "WHERE keying.id = OLD.keying_id)"
        ),
    ),
    Trigger("sheet_batch_final", "sheet_batch", "UPDATE", "OLD.state = 'accepted'"),
    Trigger("sheet_batch_kept", "sheet_batch", "DELETE", f"NOT {rehearsed('OLD.round_id')}"),
    Trigger(
        "paper_box_after_issuing",
        "paper_box",
        "UPDATE OF found_count",
        "NEW.found_count IS NOT NULL AND "
        + _is_any_channel_open("(SELECT round_id FROM station WHERE id = NEW.station_id)"),
    ),
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
    Trigger("station_day_kept", "station_day", "DELETE", f"NOT {rehearsed(STATION_ROUND)}"),
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
    # a hall that has its own server: its desks and its record wait until that has handed back or was given up
    Trigger(
        "station_ended_while_away",
        "station",
        "UPDATE OF ended_at",
        f"NEW.ended_at IS NOT NULL AND {_is_away('SELECT sitting_id FROM sitting_station WHERE station_id = NEW.id')}",
    ),
    Trigger("sitting_step_while_away", "sitting_step", "INSERT", _is_away("NEW.sitting_id")),
    Trigger("hall_server_ended", "hall_server", "UPDATE", "OLD.state <> 'away'"),
    Trigger("hall_server_kept", "hall_server", "DELETE", f"NOT {rehearsed(_SITTING_ROUND)}"),
    # sheets are drawn once, and what was found on them stays
    Trigger("sample_check_done", "sample_check", "UPDATE", "OLD.checked_at IS NOT NULL"),
    Trigger(
        "sample_check_drawn",
        "sample_check",
        "UPDATE OF seed, first_by, second_by, drawn_at, bound_permille, sheet_count, sample_size",
    ),
    Trigger("sample_check_kept", "sample_check", "DELETE", f"NOT {rehearsed('OLD.round_id')}"),
    # who went along with which seal stays, and so does a visit that was made
    *append_only("mobile_trip", round_id=STATION_ROUND),
    *append_only("mobile_return", round_id=STATION_ROUND),
    Trigger(
        "mobile_return_seal",
        "mobile_return",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM mobile_trip WHERE station_id = NEW.station_id AND day = NEW.day "
        "AND (NEW.difference_reason IS NOT NULL OR seal = NEW.found_seal))",
    ),
    # no balance over a box that is on its way, and none leaves after it
    Trigger(
        "station_mobile_back",
        "station",
        "UPDATE OF ended_at",
        f"NEW.ended_at IS NOT NULL AND {_is_on_the_way('NEW.id')}",
    ),
    Trigger(
        "mobile_trip_in_turn",
        "mobile_trip",
        "INSERT",
        f"{_is_on_the_way('NEW.station_id')} OR EXISTS "
        "(SELECT 1 FROM station WHERE id = NEW.station_id AND ended_at IS NOT NULL)",
    ),
    # a mobile box hands out to nobody who is not on its list; marks replayed after a restore come from its journal
    Trigger(
        "register_entry_on_the_list",
        "register_entry",
        "UPDATE OF given_station_id",
        "EXISTS (SELECT 1 FROM mobile_box WHERE station_id = NEW.given_station_id) AND NEW.given_station_id <> "
        "COALESCE(OLD.given_station_id, 0) AND NOT EXISTS (SELECT 1 FROM home_visit WHERE entry_id = NEW.id "
        "AND station_id = NEW.given_station_id AND state = 'booked') "
        f"AND {round_state('NEW')} <> 'suspended'",
    ),
    Trigger("mobile_box_no_update", "mobile_box", "UPDATE"),
    Trigger("home_visit_done", "home_visit", "UPDATE", "OLD.state = 'done'"),
    # a case is decided once, and stays as it was written down
    Trigger("desk_case_decided", "desk_case", "UPDATE", "OLD.state = 'decided'"),
    Trigger(
        "desk_case_frozen",
        "desk_case",
        "UPDATE OF round_id, number, station_id, kind, text, ballot_count, opened_by, opened_at",
    ),
    Trigger("desk_case_kept", "desk_case", "DELETE", f"NOT {rehearsed('OLD.round_id')}"),
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
        f"NEW.opened_at IS NOT NULL AND ({round_state('NEW')} <> 'collecting' OR {_is_any_channel_open('NEW.round_id')})",
    ),
    Trigger("commission_key_opened_once", "commission_key", "UPDATE", "OLD.opened_at IS NOT NULL"),
    *append_only("kiosk_batch", round_id="(SELECT round_id FROM kiosk WHERE id = OLD.kiosk_id)"),
    Trigger("kiosk_ballot_no_update", "kiosk_ballot", "UPDATE"),
    Trigger(
        "kiosk_ballot_while_collecting",
        "kiosk_ballot",
        "INSERT",
        f"{round_state('NEW')} NOT IN ('voting', 'suspended', 'collecting') OR {_key_is_open('NEW')}",
    ),
    Trigger(
        "kiosk_ballot_kept",
        "kiosk_ballot",
        "DELETE",
        f"{round_state('OLD')} <> 'void' AND NOT {_key_is_open('OLD')} AND NOT {rehearsed('OLD.round_id')}",
    ),
    Trigger("kiosk_block_final", "kiosk_block", "UPDATE", "OLD.ended_at IS NOT NULL OR OLD.excluded_at IS NOT NULL"),
)
