"""唱票计票: the sheet with rows of 正 to print, and the page on which two people enter what stands on it."""

from typing import Any

from flask import Blueprint, request

from diancai.errors import DomainError
from diancai.platform.core.permissions import may
from diancai.platform.polling import loaders, queries, tally_queries
from diancai.platform.polling.operations import tally
from diancai.platform.polling.policy import may_decide_tally, may_enter_tally, may_print_tally, may_see_tally
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import items_of
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import again, page, see_other, tell

bp = Blueprint("tally", __name__)
OVERVIEW = "tally/tally.html"

__all__ = ["bp", "loaders"]


@bp.get("/staff/rounds/<int:round_id>/tally")
@allow(may_see_tally)
def overview(round_: Round) -> object:
    return page(OVERVIEW, **_overview(round_))


@bp.get("/staff/rounds/<int:round_id>/tally/sheet")
@allow(may_print_tally)
def sheet(round_: Round) -> object:
    return page("tally/sheet.html", round_=round_, items=items_of(session(), round_))


@bp.post("/staff/rounds/<int:round_id>/tally")
@allow(may_enter_tally)
def enter(round_: Round) -> object:
    try:
        tally.enter_tally(session(), round_, _counts(round_), by=actor(), at=request_time())
    except DomainError as refusal:
        return again(OVERVIEW, refusal, **_overview(round_), typed=request.form)
    tell("tally.entered")
    return see_other("tally.overview", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/tally/decide")
@allow(may_decide_tally)
def decide(round_: Round) -> object:
    try:
        tally.decide_tally(session(), round_, _counts(round_), by=actor(), at=request_time())
    except DomainError as refusal:
        return again(OVERVIEW, refusal, **_overview(round_), typed=request.form)
    tell("tally.decided")
    return see_other("tally.overview", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/tally/explain")
@allow(may_decide_tally)
def explain(round_: Round) -> object:
    try:
        tally.explain_difference(session(), round_, request.form.get("reason", ""), by=actor(), at=request_time())
    except DomainError as refusal:
        return again(OVERVIEW, refusal, **_overview(round_), typed=request.form)
    tell("tally.explained")
    return see_other("tally.overview", round_id=round_.id)


def _counts(round_: Round) -> dict[str, int | None]:
    """By item number; a field is named by the place of its item, because numbers may be any text."""
    fields = {item.number: f"item_{item.position}" for item in items_of(session(), round_)}
    fields |= {name: name for name in (tally_queries.VALID, tally_queries.INVALID)}
    return {number: request.form.get(name, type=int) for number, name in fields.items()}


def _overview(round_: Round) -> dict[str, Any]:
    readings = tally_queries.readings_of(session(), round_)
    finding = tally_queries.finding_of(session(), round_)
    mine = next((one for one in readings if one.row.staff_id == actor().staff_id), None)
    stands = tally_queries.standing(readings)
    people = {one.row.staff_id for one in readings} | {finding.found_by if finding else None}
    fresh = mine is None
    return {
        "round_": round_,
        "items": items_of(session(), round_),
        "readings": readings,
        "lines": tally_queries.lines_of(session(), round_, readings) if len(readings) >= 2 else [],
        "stands": stands,
        "finding": finding,
        "mine": mine,
        "why_not": tally_queries.why_not(session(), round_),
        "names": queries.staff_names(session(), people),
        "can_enter": fresh and len(readings) < 2 and may(actor(), "enter_tally", round_),
        "can_decide": fresh and len(readings) == 2 and not stands and may(actor(), "decide_tally", round_),
        "can_explain": stands is not None and finding is None and may(actor(), "decide_tally", round_),
    }
