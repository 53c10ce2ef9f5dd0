"""监票人 of a round."""

from typing import Any

from flask import request
from wtforms import SelectChoice

from diancai.errors import DomainError
from diancai.platform.accounts.models import Staff
from diancai.platform.rounds import operations, queries
from diancai.platform.rounds.life_forms import ScrutineerForm
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.policy import may_appoint_scrutineer, may_see_round
from diancai.platform.rounds.views.blueprint import bp
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import page, refused, see_other, tell

TEMPLATE = "rounds/scrutineers.html"


@bp.get("/staff/rounds/<int:round_id>/scrutineers")
@allow(may_see_round)
def scrutineers(round_: Round) -> str:
    return page(TEMPLATE, form=_form(round_), **_facts(round_))


@bp.post("/staff/rounds/<int:round_id>/scrutineers")
@allow(may_appoint_scrutineer)
def appoint(round_: Round) -> object:
    form = _form(round_)
    if not form.validate_on_submit():
        return page(TEMPLATE, form=form, **_facts(round_)), 422
    person = session().get_one(Staff, form.staff_id.data)
    try:
        operations.appoint_scrutineer(
            session(),
            round_,
            person,
            chosen_by=form.chosen_by.data,
            has_no_conflict=form.has_no_conflict.data,
            is_chief=form.is_chief.data,
            by=actor(),
            at=request_time(),
        )
    except DomainError as refusal:
        return refused(TEMPLATE, refusal, form, **_facts(round_))
    tell("told.scrutineer.appointed", name=person.name)
    return see_other("rounds.scrutineers", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/scrutineers/<int:scrutineer_id>/release")
@allow(may_appoint_scrutineer)
def release(round_: Round, scrutineer_id: int) -> object:
    try:
        operations.release_scrutineer(
            session(), round_, scrutineer_id, reason=request.form.get("reason", ""), by=actor(), at=request_time()
        )
    except DomainError as refusal:
        return refused(TEMPLATE, refusal, _form(round_), **_facts(round_))
    tell("told.scrutineer.released")
    return see_other("rounds.scrutineers", round_id=round_.id)


def _form(round_: Round) -> ScrutineerForm:
    form = ScrutineerForm()
    people = operations.possible_scrutineers(session(), round_)
    form.staff_id.choices = [SelectChoice(person.id, person.name) for person in people]
    return form


def _facts(round_: Round) -> dict[str, Any]:
    return {"round_": round_, "appointed": queries.scrutineers_of(session(), round_)}
