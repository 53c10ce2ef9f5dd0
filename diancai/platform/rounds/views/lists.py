"""All rounds of a street, and one round at a glance: what it is, what comes next, what may be done now."""

from datetime import datetime
from typing import Any

from flask import current_app, request, url_for

from diancai.errors import DomainError
from diancai.platform.core.permissions import may
from diancai.platform.core.timeline import timeline_of
from diancai.platform.core.words import WORDS
from diancai.platform.divisions.models import Division
from diancai.platform.funds.queries import fund_by_id
from diancai.platform.notices.queries import notices_about
from diancai.platform.rounds import queries
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.policy import may_see_round
from diancai.platform.rounds.publicity import publicity_problems
from diancai.platform.rounds.readiness import Step, checklist
from diancai.platform.rounds.states import RoundState, VotingChannel
from diancai.platform.rounds.views.blueprint import bp, my_streets
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.locale import _, title
from diancai.platform.web.pages import page

STEP_PAGES = {
    "rules": "rounds.edit",
    "menu": "rounds.menu",
    "constraints": "rounds.constraints",
    "order": "rounds.order",
    "submit": "rounds.signing",
    "review": "rounds.signing",
    "announce": "rounds.signing",
    "candidate_notice": "rounds.notices",
    "candidate_notice_running": "rounds.notices",
    "candidate_objections_open": "rounds.notices",
    "candidate_notice_unasked": "rounds.notices",
    "register_notice": "rounds.notices",
    "register_notice_running": "rounds.notices",
    "register_objections_open": "rounds.notices",
    "register_notice_unasked": "rounds.notices",
    "scrutineers": "rounds.scrutineers",
    "log_risk": "closing.log_risk",
    "fund_approval": "funds.show",
    "register": "register.show_register",
    "stations": "stations.stations",
    "codes": "codes.batches",
}
"""Where each step of the checklist is done."""
DRAFTING_ACTS = {
    "rules": "edit_round",
    "menu": "edit_round",
    "submit": "submit_round",
    "review": "review_round",
    "announce": "announce_round",
}
"""The steps that take a draft to its announcement, in order, and what one must be allowed to take them."""
MAIN_PAGES = {
    RoundState.VOTING: "desk.find",
    RoundState.COLLECTING: "closing.show",
    RoundState.CLOSED: "results.count_desk",
    RoundState.COUNTED: "results.desk",
    RoundState.CERTIFIED: "results.desk",
    RoundState.PUBLISHED: "results.desk",
    RoundState.FINAL: "results.desk",
}
"""Where the work goes on in each state."""


@bp.get("/staff/rounds")
@allow(may_see_round)
def rounds() -> str:
    state, year = request.args.get("state", ""), request.args.get("year", type=int)
    streets = my_streets("see_round")
    chosen = RoundState(state) if state in list(RoundState) else None
    found = queries.rounds_of(session(), [street.id for street in streets], state=chosen, year=year)
    every = queries.rounds_of(session(), [street.id for street in streets])
    return page(
        "rounds/rounds.html",
        rounds=found,
        streets={street.id: street for street in streets},
        states=[("", _("全部状态")), *((member.value, title(member)) for member in RoundState)],
        years=[("", _("全部年度")), *((number, number) for number in _years(every))],
        state=state,
        year=year or "",
        sources=[round_ for round_ in every if not (round_.is_imported or round_.is_rehearsal)],
    )


@bp.get("/staff/rounds/<int:round_id>")
@allow(may_see_round)
def show(round_: Round) -> str:
    at = request_time()
    steps = checklist(session(), round_, at=at)
    return page(
        "rounds/show.html",
        round_=round_,
        street=session().get_one(Division, round_.street_id),
        fund=fund_by_id(session(), round_.fund_id) if round_.fund_id else None,
        item_count=len(queries.items_of(session(), round_)),
        steps=[(step, _step_url(round_, step.code)) for step in steps],
        main_page=_main_page(round_, steps),
        paper=queries.latest_sign_off(session(), round_),
        book=queries.rule_book_row(session(), round_),
        addenda=queries.addenda_of(session(), round_),
        notices=notices_about(session(), f"round:{round_.id}"),
        scrutineers=queries.scrutineers_of(session(), round_),
        happened=[entry for entry in timeline_of(session(), f"round:{round_.id}") if entry.code in WORDS],
        neighbours=_neighbours(round_),
        is_past_close=at >= round_.closes_at,
        held_back=_held_back(round_, at),
        awaits_grant=queries.awaits_grant(session(), round_),
        grant_url=_grant_url(round_),
    )


def _held_back(round_: Round, at: datetime) -> list[DomainError]:
    """Why a vote whose time has come has not opened."""
    is_due = round_.state is RoundState.ANNOUNCED and round_.opens_at <= at < round_.closes_at
    return list(publicity_problems(session(), round_, at=at)) if is_due else []


def _years(rounds: list[Round]) -> list[int]:
    return sorted({round_.year for round_ in rounds}, reverse=True)


def _step_url(round_: Round, code: str) -> str:
    """Where a step is done; empty for who may not open that page."""
    endpoint = STEP_PAGES[code]
    view: Any = current_app.view_functions[endpoint]
    if not view.policy(actor(), round_):
        return ""
    return url_for(endpoint, **({"fund_id": round_.fund_id} if code == "fund_approval" else {"round_id": round_.id}))


def _grant_url(round_: Round) -> str:
    """A page of a feature above; empty where it does not exist."""
    endpoint = "results.grant"
    return url_for(endpoint, round_id=round_.id) if endpoint in current_app.view_functions else ""


def _main_page(round_: Round, steps: list[Step]) -> str:
    """The endpoint of the one primary button: where this person, in this state, goes on; empty when others do."""
    if round_.state is not RoundState.DRAFT:
        return MAIN_PAGES.get(round_.state, "")
    code = next((step.code for step in steps if step.code in DRAFTING_ACTS and not step.is_done), "")
    return STEP_PAGES[code] if code and may(actor(), DRAFTING_ACTS[code], round_) else ""


def _has_a_place(round_: Round, endpoint: str) -> bool:
    if endpoint in ("rehearsal.show", "archive.show") and round_.is_rehearsal:
        return endpoint == "rehearsal.show"
    if endpoint == "rehearsal.show":
        return not round_.is_imported and round_.state in (RoundState.DRAFT, RoundState.ANNOUNCED)
    if endpoint == "timetable.show":
        return not (round_.is_imported or round_.is_rehearsal) and round_.state is not RoundState.VOID
    return endpoint != "tally.overview" or VotingChannel.PAPER in round_.channel_names


def _neighbours(round_: Round) -> list[tuple[str, str, str]]:
    """(words, address, endpoint) of other features' pages about this round, as far as the person may open them."""
    known = (
        (_("工期"), "timetable.show", "see_timetable"),
        (_("名册"), "register.show_register", "see_register"),
        (_("领票"), "desk.find", "see_register"),
        (_("投票点"), "stations.stations", "see_stations"),
        (_("投票码"), "codes.batches", "see_stations"),
        (_("封存票箱"), "closing.show", "see_closing"),
        (_("抽签与计票"), "results.count_desk", "type_draw"),
        (_("抽签与计票"), "results.count_desk", "count_round"),
        (_("唱票计票"), "tally.overview", "see_tally"),
        (_("结果"), "results.desk", "see_result"),
        (_("档案"), "archive.show", "see_archive"),
        (_("演练"), "rehearsal.show", "see_rehearsal"),
    )
    found = {
        endpoint: label
        for label, endpoint, action in reversed(known)
        if endpoint in current_app.view_functions and may(actor(), action, round_) and _has_a_place(round_, endpoint)
    }
    return [(label, url_for(endpoint, round_id=round_.id), endpoint) for endpoint, label in reversed(found.items())]
