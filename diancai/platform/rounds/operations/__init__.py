"""Everything that changes a round, by topic; importing this registers what a second person can confirm."""

from diancai.platform.rounds.checks import RoundRules, rule_problems, rules_in
from diancai.platform.rounds.operations.announcing import (
    announce_round,
    return_round,
    review_round,
    submit_round,
)
from diancai.platform.rounds.operations.constraining import problems_of_constraints, set_constraints
from diancai.platform.rounds.operations.drafting import copy_round, discard_draft, draft_round, edit_round
from diancai.platform.rounds.operations.granting import make_effective, make_rounds_effective
from diancai.platform.rounds.operations.importing import DryRun, menu_template, read_menu, read_pabulib_items
from diancai.platform.rounds.operations.living import (
    collect_round,
    extend_round,
    request_void,
    request_withdrawal,
    resume_round,
    suspend_round,
    void_round,
    withdraw_item,
)
from diancai.platform.rounds.operations.menu import (
    ItemFacts,
    add_item,
    add_items,
    draw_order,
    edit_item,
    move_item,
    remove_item,
    remove_picture,
    set_picture,
)
from diancai.platform.rounds.operations.posting import post_candidate_notice, post_register_notice
from diancai.platform.rounds.operations.scrutineers import (
    appoint_scrutineer,
    possible_scrutineers,
    release_scrutineer,
)

__all__ = [
    "DryRun",
    "ItemFacts",
    "RoundRules",
    "add_item",
    "add_items",
    "announce_round",
    "appoint_scrutineer",
    "collect_round",
    "copy_round",
    "discard_draft",
    "draft_round",
    "draw_order",
    "edit_item",
    "edit_round",
    "extend_round",
    "make_effective",
    "make_rounds_effective",
    "menu_template",
    "move_item",
    "possible_scrutineers",
    "post_candidate_notice",
    "post_register_notice",
    "problems_of_constraints",
    "read_menu",
    "read_pabulib_items",
    "release_scrutineer",
    "remove_item",
    "remove_picture",
    "request_void",
    "request_withdrawal",
    "resume_round",
    "return_round",
    "review_round",
    "rule_problems",
    "rules_in",
    "set_constraints",
    "set_picture",
    "submit_round",
    "suspend_round",
    "void_round",
    "withdraw_item",
]
