"""个案: the register of lost slips, disputes and voided codes of a round."""

from typing import Any

from flask import Blueprint, request

from diancai.errors import DomainError, InvalidInput
from diancai.platform.polling import case_queries, loaders, queries
from diancai.platform.polling.case_models import CaseKind, CaseOutcome, DeskCase
from diancai.platform.polling.operations import cases as operations
from diancai.platform.polling.policy import may_decide_case, may_open_case, may_see_cases
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import again, page, see_other, tell

bp = Blueprint("cases", __name__)
PAGE = "desk/cases.html"
TYPED = ("kind", "text", "ballot_count", "station", "decision", "outcome")

__all__ = ["bp", "loaders"]


@bp.get("/staff/rounds/<int:round_id>/cases")
@allow(may_see_cases)
def cases(round_: Round) -> object:
    return page(PAGE, **_facts(round_))


@bp.post("/staff/rounds/<int:round_id>/cases")
@allow(may_open_case)
def open_case(round_: Round) -> object:
    try:
        made = operations.open_case(
            session(),
            round_,
            _member(CaseKind, "kind"),
            request.form.get("text", ""),
            request.form.get("ballot_count", -1, type=int),
            station=_station(round_),
            by=actor(),
            at=request_time(),
        )
    except DomainError as refusal:
        return again(PAGE, refusal, **_facts(round_))
    tell("case.opened", number=made.number)
    return see_other("cases.cases", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/cases/<int:case_id>")
@allow(may_decide_case)
def decide(round_: Round, case: DeskCase) -> object:
    try:
        outcome, decision = _member(CaseOutcome, "outcome"), request.form.get("decision", "")
        operations.decide_case(session(), round_, case, outcome, decision, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(PAGE, refusal, **_facts(round_), deciding=case.id)
    tell("case.decided", number=case.number)
    return see_other("cases.cases", round_id=round_.id)


def _member(members: Any, name: str) -> Any:
    try:
        return members(request.form.get(name, ""))
    except ValueError:
        raise InvalidInput("case.nothing_chosen", field=name) from None


def _station(round_: Round) -> Any:
    wanted = request.form.get("station", type=int)
    return next((one for one in queries.stations_of(session(), round_) if one.id == wanted), None)


def _facts(round_: Round) -> dict[str, Any]:
    rows, stations = case_queries.cases_of(session(), round_), queries.stations_of(session(), round_)
    return {
        "round_": round_,
        "cases": rows,
        "counts": case_queries.case_counts(session(), round_.id),
        "stations": stations,
        "places": {station.id: station.name for station in stations},
        "names": queries.staff_names(session(), [one for row in rows for one in (row.opened_by, row.decided_by)]),
        "kinds": list(CaseKind),
        "outcomes": list(CaseOutcome),
        "typed": {name: request.form.get(name, "") for name in TYPED},
        "me": actor().staff_id,
    }
