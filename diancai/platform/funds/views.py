"""Pages of funds and caps for the office."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from diancai.errors import DomainError, NotAllowed
from diancai.platform.core.clock import local_day
from diancai.platform.core.permissions import PERMISSIONS
from diancai.platform.divisions.models import Division, Level
from diancai.platform.funds import operations, queries
from diancai.platform.funds.forms import ApprovalForm, CapForm, FundForm, fund_values
from diancai.platform.funds.models import Fund
from diancai.platform.funds.policy import (
    may_approve_fund,
    may_draft_fund,
    may_edit_fund,
    may_see_funds,
    may_set_cap,
)
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.loading import loads
from diancai.platform.web.pages import page, refused, see_other, tell

bp = Blueprint("funds", __name__)


@loads("fund_id", "fund")
def load_fund(current: Session, fund_id: int, _things: Mapping[str, Any]) -> Fund | None:
    return queries.fund_by_id(current, fund_id)


@bp.get("/staff/funds")
@allow(may_see_funds)
def funds() -> str:
    streets = _my_streets("see_funds")
    rows = queries.funds_of(session(), [street.id for street in streets])
    return page(
        "funds/funds.html",
        rows=[(fund, queries.approved_fen(session(), fund), queries.balance_of(session(), fund)) for fund in rows],
        streets={street.id: street.name for street in streets},
        caps={street.name: queries.cap_rows(session(), street.id) for street in streets},
    )


@bp.route("/staff/funds/new", methods=["GET", "POST"])
@allow(may_draft_fund)
def new() -> object:
    form = _with_streets(FundForm(year=local_day(request_time()).year), "draft_fund")
    if not form.validate_on_submit():
        return _form_page("funds/fund_form.html", form, fund=None)
    try:
        _check_street(form.street_id.data, "draft_fund")
        fund = operations.draft_fund(session(), form.street_id.data, form.plan(), by=actor(), at=request_time())
    except DomainError as refusal:
        return refused("funds/fund_form.html", refusal, form, fund=None)
    tell("told.fund.drafted")
    return see_other("funds.show", fund_id=fund.id)


@bp.get("/staff/funds/<int:fund_id>")
@allow(may_see_funds)
def show(fund: Fund) -> str:
    form = ApprovalForm(amount_fen=fund.amount_fen, below_floor_reason=fund.below_floor_reason)
    return page("funds/fund.html", form=form, **_fund_facts(fund))


@bp.route("/staff/funds/<int:fund_id>/edit", methods=["GET", "POST"])
@allow(may_edit_fund)
def edit(fund: Fund) -> object:
    form = _with_streets(FundForm(**fund_values(fund)), "draft_fund")
    if not form.validate_on_submit():
        return _form_page("funds/fund_form.html", form, fund=fund)
    try:
        operations.edit_fund(session(), fund, form.plan(), by=actor(), at=request_time())
    except DomainError as refusal:
        return refused("funds/fund_form.html", refusal, form, fund=fund)
    tell("told.fund.edited")
    return see_other("funds.show", fund_id=fund.id)


@bp.post("/staff/funds/<int:fund_id>/approve")
@allow(may_approve_fund)
def approve(fund: Fund) -> object:
    form = ApprovalForm()
    if not form.validate_on_submit():
        return _form_page("funds/fund.html", form, **_fund_facts(fund))
    try:
        operations.approve_fund(
            session(),
            fund,
            reference=form.reference.data,
            approved_on=form.approved_on.data,
            amount_fen=form.amount_fen.data,
            below_floor_reason=form.below_floor_reason.data or "",
            by=actor(),
            at=request_time(),
        )
    except DomainError as refusal:
        return refused("funds/fund.html", refusal, form, **_fund_facts(fund))
    is_as_planned = form.amount_fen.data == fund.amount_fen
    tell("told.fund.approved" if is_as_planned else "told.fund.approved_otherwise")
    return see_other("funds.show", fund_id=fund.id)


@bp.route("/staff/caps/new", methods=["GET", "POST"])
@allow(may_set_cap)
def set_cap() -> object:
    form = _with_streets(CapForm(valid_from=local_day(request_time())), "set_cap")
    if not form.validate_on_submit():
        return _form_page("funds/cap_form.html", form)
    try:
        _check_street(form.street_id.data, "set_cap")
        operations.set_cap(
            session(),
            form.street_id.data,
            form.category.data,
            form.cap_fen.data,
            valid_from=form.valid_from.data,
            by=actor(),
            at=request_time(),
        )
    except DomainError as refusal:
        return refused("funds/cap_form.html", refusal, form)
    tell("told.cap.set")
    return see_other("funds.funds")


def _fund_facts(fund: Fund) -> dict[str, Any]:
    draws = queries.draws_on(session(), fund.id)
    return {
        "fund": fund,
        "street": session().get_one(Division, fund.street_id),
        "approved_fen": queries.approved_fen(session(), fund),
        "balance_fen": queries.balance_of(session(), fund),
        "bound_fen": sum(draw.bound_fen for draw in draws),
        "draws": draws,
        "is_own": operations.is_own_fund(fund, actor()),
        "postings": queries.entries_of(session(), fund.id),
        "links_rounds": "rounds.show" in current_app.view_functions,
    }


def _form_page(template: str, form: Any, **facts: Any) -> object:
    body = page(template, form=form, **facts)
    return (body, 422) if form.errors else body


def _with_streets(form: Any, action: str) -> Any:
    form.street_id.choices = [SelectChoice(street.id, street.name) for street in _my_streets(action)]
    return form


def _check_street(street_id: int, action: str) -> None:
    """The street comes out of the form, so the door could not ask about it."""
    if not actor().roles_in(street_id) & PERMISSIONS[action].roles:
        raise NotAllowed("page.forbidden")


def _my_streets(action: str) -> list[Division]:
    roles = PERMISSIONS[action].roles
    ids = {grant.street_id for grant in actor().grants if grant.role in roles}
    streets = select(Division).where(Division.id.in_(ids), Division.level == Level.STREET)
    return list(session().scalars(streets.order_by(Division.code)))
