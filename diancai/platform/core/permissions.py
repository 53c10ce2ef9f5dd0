"""Who may do what, and when: one table. Gates, buttons and docs/permissions.md all read it.

A row names an action, the roles that may do it in their own street, and the states of the thing in which it makes
sense. Rules that need more than that (a second person, a balance) live in the operation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from diancai.platform.core.actor import Actor, Role

A, O, R, L, C, S, W, D = (  # noqa: E741  one letter a role keeps the table readable
    Role.ADMINISTRATOR,
    Role.OFFICER,
    Role.REVIEWER,
    Role.LEADER,
    Role.CLERK,
    Role.SCRUTINEER,
    Role.AUDITOR,
    Role.DISTRICT_SUPERVISOR,
)
OFFICE = frozenset({A, O, R, L, C, S, W, D})
ANY_STATE: frozenset[str] = frozenset()


class InStreet(Protocol):
    """A thing that belongs to a street; `state` is looked at only when the row names states."""

    @property
    def street_id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Permission:
    action: str
    roles: frozenset[Role]
    states: frozenset[str] = ANY_STATE
    in_hall: bool = False
    """Also on the server of a hall without internet."""


def _may(action: str, roles: set[Role] | frozenset[Role], *states: str, in_hall: bool = False) -> Permission:
    return Permission(action, frozenset(roles), frozenset(states), in_hall)


ALIVE = ("draft", "announced", "voting", "suspended", "collecting", "closed", "counted", "certified", "published")
WHILE_GIVING = ("announced", "voting")
AFTER_CLOSE = ("closed", "counted", "certified", "published", "final", "void")
AFTER_COUNT = ("counted", "certified", "published", "final", "void")

PERMISSIONS: dict[str, Permission] = {
    row.action: row
    for row in (
        # the office and its people
        _may("see_staff_home", OFFICE, in_hall=True),
        _may("manage_staff", {A}),
        _may("manage_settings", {A}),
        _may("manage_divisions", {A}),
        _may("manage_calendar", {A, O}),
        _may("read_log", {A, W, D}, in_hall=True),
        # money
        _may("see_funds", {A, O, R, L, W, D}),
        _may("draft_fund", {O}),
        _may("edit_fund", {O}, "draft"),
        _may("approve_fund", {L}, "draft"),
        _may("set_cap", {A}),
        # what residents ask for
        _may("see_proposals", {A, O, R, L, C, W, D}),
        _may("enter_proposal", {O, C}),
        _may("confirm_support", {O, C}, "submitted", "accepted"),
        _may("decide_proposal", {O}, "submitted", "accepted"),
        # a round: drafting and signing
        _may("see_round", OFFICE, in_hall=True),
        _may("draft_round", {O}),
        _may("edit_round", {O}, "draft"),
        _may("submit_round", {O}, "draft"),
        _may("review_round", {R}, "draft"),
        _may("return_round", {R, L}, "draft"),
        _may("announce_round", {L}, "draft"),
        _may("discard_round", {O}, "draft"),
        # a round: living
        _may("suspend_round", {O, L}, "voting"),
        _may("resume_round", {O, L}, "suspended"),
        _may("extend_round", {L}, "voting", "suspended"),
        _may("collect_round", {O, L}, "suspended"),
        _may("withdraw_item", {O, L}, "announced", "voting", "suspended"),
        _may("void_round", {L}, *ALIVE),
        _may("grant_fund", {O}, *ALIVE[1:]),
        # its timetable, back from the day of the hall
        _may("see_timetable", OFFICE),
        # notices and objections
        _may("see_notices", OFFICE),
        _may("post_notice", {O}, "draft", "announced"),
        _may("confirm_notice", {O}),
        _may("enter_objection", {O, C}),
        _may("answer_objection", {O, L}),
        # register and codes
        _may("see_register", {O, C}, in_hall=True),
        _may("import_register", {O}, "draft", "announced"),
        _may("edit_register", {O, C}, "draft", *WHILE_GIVING),
        _may("register_late", {O, C}, *WHILE_GIVING),
        _may("give_slip", {O, C}, *WHILE_GIVING, in_hall=True),
        _may("correct_giving", {O, C}, *WHILE_GIVING, in_hall=True),
        _may("see_stations", OFFICE, in_hall=True),
        _may("manage_stations", {O}, "draft", *WHILE_GIVING),
        _may("order_codes", {O}, *WHILE_GIVING, in_hall=True),
        _may("print_codes", {O}, *WHILE_GIVING, in_hall=True),
        _may("void_codes", {O}, *WHILE_GIVING, "suspended", "collecting", in_hall=True),
        _may("replace_code", {O, C}, *WHILE_GIVING),
        _may("appoint_scrutineer", {O}, "draft", *WHILE_GIVING, "collecting", "closed", "counted"),
        _may("balance_station", {O, C, S}, "voting", "suspended", "collecting", "closed", "counted", in_hall=True),
        _may("open_station_day", {O, C, S}, "voting"),
        _may("seal_station_day", {O, C, S}, "voting", "suspended", "collecting"),
        _may("return_mobile_box", {O, C}, *WHILE_GIVING, "suspended", "collecting", "closed", "counted"),
        _may("see_cases", OFFICE, *WHILE_GIVING, "suspended", "collecting", *AFTER_CLOSE),
        _may("open_case", {O, C, S}, *WHILE_GIVING, "suspended", "collecting", "closed", "counted"),
        _may("decide_case", {O, R, S}, *WHILE_GIVING, "suspended", "collecting", "closed", "counted"),
        _may("keep_journal", {O, C, S}, "voting", "suspended", "collecting"),
        _may("recover_round", {O, L}, "suspended"),
        # paper ballots
        _may("see_papers", OFFICE, *WHILE_GIVING, "suspended", "collecting", *AFTER_CLOSE, in_hall=True),
        _may("print_paper_ballot", {O}, *WHILE_GIVING, in_hall=True),
        _may("receive_blanks", {O, C}, *WHILE_GIVING, in_hall=True),
        _may("open_paper_box", {O, C, S}, "collecting"),
        _may("make_sheet_batches", {O, S}, "collecting"),
        _may("key_sheets", {O, C, S}, "collecting"),
        _may("sample_sheets", {O, S}, "collecting", "closed", "counted"),
        # the hand's tally
        _may("print_tally", {O, C, S}, "voting", "suspended", "collecting", "closed", "counted"),
        _may("see_tally", OFFICE, *AFTER_COUNT),
        _may("enter_tally", {O, C, S}, "counted"),
        _may("decide_tally", {S}, "counted"),
        # public terminals
        _may("see_kiosks", OFFICE, *WHILE_GIVING, "suspended", "collecting", *AFTER_CLOSE, in_hall=True),
        _may("manage_kiosks", {O}, *WHILE_GIVING, "suspended", in_hall=True),
        _may("renew_kiosk_code", {O}, *WHILE_GIVING, "suspended", "collecting", in_hall=True),
        _may("revoke_kiosk", {O}, *WHILE_GIVING, "suspended", "collecting", *AFTER_CLOSE, in_hall=True),
        _may("name_keepers", {O}, *WHILE_GIVING, "suspended"),
        _may("take_key_share", OFFICE, *WHILE_GIVING, "suspended"),
        _may("open_commission_key", OFFICE, "collecting"),
        _may("receive_kiosk_batch", frozenset(), "voting", "suspended", "collecting"),
        _may("end_kiosk", {O, S}, "voting", "suspended", "collecting"),
        _may("exclude_kiosk", {O, S}, "voting", "suspended", "collecting"),
        # the hall
        _may("see_sittings", OFFICE, in_hall=True),
        _may("manage_sittings", {O}),
        _may("lead_sitting", {O, R, L, C}, in_hall=True),
        _may("see_hall_server", OFFICE, in_hall=True),
        _may("prepare_hall_server", {O}),
        _may("take_hall_back", {O, S}),
        _may("hand_hall_back", {O, C, S}, in_hall=True),
        # closing, counting, certifying
        _may("accept_log_risk", {A, O, L, S}, "announced"),
        _may("see_closing", OFFICE, "collecting", *AFTER_CLOSE),
        _may("seal_round", {O, S}, "collecting"),
        _may("see_count_desk", OFFICE, "closed", *AFTER_COUNT),
        _may("type_draw", {S}, "closed"),
        _may("count_round", {O, S}, "closed"),
        _may("see_result", OFFICE, *AFTER_COUNT),
        _may("sign_result", {S}, "counted"),
        _may("certify_result", {S}, "counted"),
        _may("submit_result", {O}, "certified"),
        _may("review_result", {R}, "certified"),
        _may("return_result", {R, L}, "certified"),
        _may("publish_result", {L}, "certified"),
        _may("finish_round", {O, L}, "published"),
        _may("purge_register", {A, O}, "final", "void"),
        # rehearsals: begun from the round that is rehearsed, wiped from their own
        _may("see_rehearsal", OFFICE),
        _may("begin_rehearsal", {O}, "draft", "announced"),
        _may("cast_test_ballots", {O}, "voting"),
        _may("wipe_rehearsal", {O}, *ALIVE),
        # the archive
        _may("see_archive", OFFICE, *ALIVE[1:], "final", "void"),
        _may("add_posting_photo", {O, C}, *ALIVE[1:], "final", "void"),
        _may("make_archive", {O, L}, "final", "void"),
        _may("download_archive", {A, O, R, L, W, D}, "final", "void"),
        # the district's supervision
        _may("see_supervision", {A, O, R, L, W, D}),
        _may("write_supervision", {D}),
        _may("answer_supervision", {O, L}),
        # elections from elsewhere
        _may("import_round", {O}),
    )
}


def may(actor: Actor, action: str, thing: InStreet | None = None) -> bool:
    """Does the table allow it? Without a thing: does the actor hold such a role anywhere?"""
    row = PERMISSIONS[action]
    if actor.is_in_hall and not row.in_hall:
        return False
    if thing is None:
        return actor.has_role(*row.roles)
    state: Any = getattr(thing, "state", None)
    in_state = not row.states or str(state) in row.states
    return in_state and bool(actor.roles_in(thing.street_id) & row.roles)


Policy = Callable[..., bool]


def permitted(action: str) -> Policy:
    """The policy `may_<action>`: a pure function of actor and thing, named after its row."""

    def policy(actor: Actor, thing: InStreet | None = None) -> bool:
        return may(actor, action, thing)

    policy.__name__ = policy.__qualname__ = f"may_{action}"
    policy.action = action  # type: ignore[attr-defined]
    return policy


def anyone(actor: Actor, thing: object = None) -> bool:
    """Public pages say so in words."""
    return True


def signed_in(actor: Actor, thing: object = None) -> bool:
    return actor.is_staff


def is_for_office(policy: Policy) -> bool:
    """Does the policy ask for somebody who is signed in? Then others are not even told whether the thing exists."""
    return policy is signed_in or hasattr(policy, "action")
