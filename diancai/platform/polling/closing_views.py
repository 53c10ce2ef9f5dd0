"""Before the vote opens: the database's log. After it ends: the desks balance and the box is sealed."""

from flask import Blueprint, request

from diancai.errors import DomainError, InvalidInput
from diancai.platform.core.confirmations import request_confirmation
from diancai.platform.polling import loaders, queries
from diancai.platform.polling.board import last_root
from diancai.platform.polling.models import BatchState, ClosingMinute
from diancai.platform.polling.operations import sealing
from diancai.platform.polling.policy import may_accept_log_risk, may_seal_round, may_see_closing
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.locale import _
from diancai.platform.web.pages import again, page, see_other, tell

bp = Blueprint("closing", __name__)

__all__ = ["bp", "loaders"]


@bp.get("/staff/rounds/<int:round_id>/closing")
@allow(may_see_closing)
def show(round_: Round) -> object:
    return page("closing/show.html", **_facts(round_))


@bp.post("/staff/rounds/<int:round_id>/closing")
@allow(may_seal_round)
def seal(round_: Round) -> object:
    """The closing seal cannot be undone: the word is repeated."""
    typed = request.form.get("typed", "").strip()
    try:
        if typed != _("封存票箱"):
            raise InvalidInput("page.word_missing", field="typed", word=_("封存票箱"))
        minute = sealing.close_round(session(), round_, by=actor(), at=request_time())
    except DomainError as refusal:
        session().rollback()
        return again("closing/show.html", refusal, **_facts(round_))
    tell("told.round.sealed", count=minute.ballot_count)
    return see_other("closing.show", round_id=round_.id)


@bp.get("/staff/rounds/<int:round_id>/log-risk")
@allow(may_accept_log_risk)
def log_risk(round_: Round) -> object:
    return page("closing/log_risk.html", round_=round_)


@bp.post("/staff/rounds/<int:round_id>/log-risk")
@allow(may_accept_log_risk)
def ask_log_risk(round_: Round) -> object:
    reason = request.form.get("reason", "")
    try:
        request_confirmation(
            session(),
            "polling.accept_log_risk",
            round_.street_id,
            reason=reason,
            by=actor(),
            at=request_time(),
            round_id=round_.id,
        )
    except DomainError as refusal:
        return again("closing/log_risk.html", refusal, round_=round_, reason=reason)
    tell("told.round.log_risk_asked")
    return see_other("rounds.show", round_id=round_.id)


def _facts(round_: Round) -> dict[str, object]:
    stations = queries.stations_of(session(), round_)
    waiting = (BatchState.REQUESTED, BatchState.APPROVED)
    return {
        "round_": round_,
        "stations": stations,
        "figures": {station.id: queries.station_figures(session(), station) for station in stations},
        "batches": [batch for batch in queries.batches_of(session(), round_) if batch.state in waiting],
        "minute": session().get(ClosingMinute, round_.id),
        "last": last_root(session(), round_.id),
        "word": _("封存票箱"),
        "has_paper": "paper" in round_.channel_names,
    }
