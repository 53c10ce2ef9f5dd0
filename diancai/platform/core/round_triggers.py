"""What the database forbids of rounds, money, notices, results and their papers."""

from diancai.platform.core.trigger_kinds import RESULT_ROUND, AnyTrigger, Trigger, append_only, rehearsed, round_state

RULE_COLUMNS = (
    "street_id, kind, title, year, fund_id, fund_fen, min_age, is_per_household, area, channels, household_pick_up_limit, proxy_limit, ballot_type, min_marks, "
    "max_marks, method, utility, completion, binding, seat_count, constraints, tie_rule, item_order, order_seed, "
    "publication, min_turnout_percent, min_ballots, candidate_notice_days, register_check_days, opens_at, latest_close_at"
)

ROUND_TRIGGERS: tuple[AnyTrigger, ...] = (
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
    Trigger("menu_item_frozen_insert", "menu_item", "INSERT", f"{round_state('NEW')} <> 'draft'"),
    Trigger("menu_item_frozen_update", "menu_item", "UPDATE", f"{round_state('OLD')} <> 'draft'"),
    Trigger(
        "menu_item_frozen_delete",
        "menu_item",
        "DELETE",
        f"{round_state('OLD')} <> 'draft' AND NOT {rehearsed('OLD.round_id')}",
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
    # a supervisor's note is written once and answered once
    Trigger(
        "supervision_note_frozen", "supervision_note", "UPDATE OF street_id, text, reply_by, written_by, written_at"
    ),
    Trigger("supervision_note_answered_once", "supervision_note", "UPDATE OF reply", "OLD.reply IS NOT NULL"),
    Trigger("supervision_note_kept", "supervision_note", "DELETE"),
    # archives and photos of notices
    *append_only("archive_bundle"),
    *append_only("posting_photo"),
)
