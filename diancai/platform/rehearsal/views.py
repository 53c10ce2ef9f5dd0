"""演练: begun from the page of a round, led on its own pages as any vote, and wiped."""

from typing import Any

from flask import Blueprint, request

from diancai.errors import DomainError, InvalidInput
from diancai.platform.polling.queries import staff_names
from diancai.platform.rehearsal import operations, queries
from diancai.platform.rehearsal.policy import (
    may_begin_rehearsal,
    may_cast_test_ballots,
    may_see_rehearsal,
    may_wipe_rehearsal,
)
from diancai.platform.rounds import loaders
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.locale import _
from diancai.platform.web.pages import again, page, see_other, tell

bp = Blueprint("rehearsal", __name__)
SOURCE_PAGE, OWN_PAGE = "rehearsal/source.html", "rehearsal/rehearsal.html"
USUAL_VOTERS, USUAL_MINUTES = 60, 120

__all__ = ["bp", "loaders"]


@bp.get("/staff/rounds/<int:round_id>/rehearsal")
@allow(may_see_rehearsal)
def show(round_: Round) -> object:
    return page(OWN_PAGE, **_own(round_)) if round_.is_rehearsal else page(SOURCE_PAGE, **_source(round_))


@bp.post("/staff/rounds/<int:round_id>/rehearsal")
@allow(may_begin_rehearsal)
def begin(round_: Round) -> object:
    plan = operations.RehearsalPlan(_number("voter_count"), _number("minutes"))
    try:
        rehearsal = operations.begin_rehearsal(session(), round_, plan, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(SOURCE_PAGE, refusal, **_source(round_), typed=request.form)
    tell("rehearsal.begun", count=plan.voter_count)
    return see_other("rehearsal.show", round_id=rehearsal.round_id)


@bp.post("/staff/rounds/<int:round_id>/rehearsal/ballots")
@allow(may_cast_test_ballots)
def cast(round_: Round) -> object:
    try:
        count = operations.cast_test_ballots(session(), round_, _number("count"), by=actor(), at=request_time())
    except DomainError as refusal:
        return _refused(round_, refusal)
    tell("rehearsal.cast", count=count)
    return see_other("rehearsal.show", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/rehearsal/wipe")
@allow(may_wipe_rehearsal)
def wipe(round_: Round) -> object:
    try:
        if request.form.get("typed", "").strip() != _("清除"):
            raise InvalidInput("rehearsal.typed_differs")
        source_id = operations.wipe_rehearsal(session(), round_, by=actor(), at=request_time()).source_id
    except DomainError as refusal:
        return _refused(round_, refusal)
    tell("rehearsal.wiped")
    return see_other("rehearsal.show", round_id=source_id)


def _number(name: str) -> int:
    return request.form.get(name, 0, type=int)


def _refused(round_: Round, refusal: DomainError) -> object:
    """On the page of the rehearsal, or of the real round that somebody took for one."""
    if round_.is_rehearsal:
        return again(OWN_PAGE, refusal, **_own(round_))
    return again(SOURCE_PAGE, refusal, **_source(round_))


def _source(round_: Round) -> dict[str, Any]:
    rehearsals = queries.rehearsals_of(session(), round_)
    return {
        "round_": round_,
        "rehearsals": rehearsals,
        "running": queries.running_rehearsal(session(), round_),
        "names": staff_names(session(), {one.begun_by for one in rehearsals}),
        "spans": operations.SPANS,
        "usual_voters": USUAL_VOTERS,
        "usual_minutes": USUAL_MINUTES,
        "is_time": round_.state in operations.REHEARSED and not round_.is_imported,
    }


def _own(round_: Round) -> dict[str, Any]:
    rehearsal = queries.rehearsal_in(session(), round_)
    compared = queries.compare(session(), rehearsal, round_) if rehearsal and rehearsal.ballot_count else None
    return {
        "round_": round_,
        "rehearsal": rehearsal,
        "compared": compared,
        "source": session().get_one(Round, rehearsal.source_id) if rehearsal else None,
        "is_open": round_.state.value == "voting" and request_time() < round_.closes_at,
    }
