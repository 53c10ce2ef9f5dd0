"""The rule book while it is drafted: new, from last year's, changed, given up."""

from datetime import timedelta
from typing import Any

from flask import url_for
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from diancai.budget import show_yuan
from diancai.errors import DomainError, InvalidInput
from diancai.platform.core.clock import local_day, local_instant
from diancai.platform.funds.models import Fund
from diancai.platform.funds.queries import available_fen, funds_of
from diancai.platform.notices.queries import DEFAULT_WORKING_DAYS, working_days_of
from diancai.platform.rounds import operations
from diancai.platform.rounds.checks import rule_problems, rules_in
from diancai.platform.rounds.forms import SECTIONS, RoundForm, form_values
from diancai.platform.rounds.life_forms import CopyForm, ReasonForm
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.policy import may_discard_round, may_draft_round, may_edit_round
from diancai.platform.rounds.states import Publication, VotingChannel
from diancai.platform.rounds.views.blueprint import bp, my_streets
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.locale import _
from diancai.platform.web.pages import page, refused, see_other, tell


@bp.route("/staff/rounds/new", methods=["GET", "POST"])
@allow(may_draft_round)
def new() -> object:
    form = _with_choices(RoundForm(**_first_values()))
    if not form.validate_on_submit() or _has_problems(form):
        return _rules_page(form, None)
    if not any(street.id == form.street_id.data for street in my_streets("draft_round")):
        return refused("rounds/rules.html", InvalidInput("page.forbidden"), form, round_=None, sections=SECTIONS)
    try:
        round_ = operations.draft_round(session(), form.street_id.data, form.rules(), by=actor(), at=request_time())
    except DomainError as refusal:
        return refused("rounds/rules.html", refusal, form, round_=None, sections=SECTIONS)
    tell("told.round.drafted")
    return see_other("rounds.show", round_id=round_.id)


@bp.route("/staff/rounds/<int:round_id>/rules", methods=["GET", "POST"])
@allow(may_edit_round)
def edit(round_: Round) -> object:
    form = _with_choices(
        RoundForm(street_id=round_.street_id, revision=round_.revision, **form_values(rules_in(round_)))
    )
    if not form.validate_on_submit() or _has_problems(form):
        return _rules_page(form, round_)
    try:
        operations.edit_round(
            session(), round_, form.rules(), revision=form.revision.data or 0, by=actor(), at=request_time()
        )
    except DomainError as refusal:
        return refused("rounds/rules.html", refusal, form, round_=round_, sections=SECTIONS)
    tell("told.round.edited")
    return see_other("rounds.show", round_id=round_.id)


@bp.route("/staff/rounds/<int:round_id>/copy", methods=["GET", "POST"])
@allow(may_draft_round)
def copy(round_: Round) -> object:
    form = CopyForm(year=local_day(request_time()).year + 1)
    funds = funds_of(session(), [round_.street_id])
    form.fund_id.choices = _fund_choices(funds)
    if not form.validate_on_submit():
        return page("rounds/copy.html", form=form, round_=round_, has_funds=bool(funds))
    fund = next(fund for fund in funds if fund.id == form.fund_id.data)
    try:
        made = operations.copy_round(session(), round_, fund=fund, year=form.year.data, by=actor(), at=request_time())
    except DomainError as refusal:
        return refused("rounds/copy.html", refusal, form, round_=round_, has_funds=True)
    tell("told.round.copied")
    return see_other("rounds.show", round_id=made.id)


@bp.route("/staff/rounds/<int:round_id>/discard", methods=["GET", "POST"])
@allow(may_discard_round)
def discard(round_: Round) -> object:
    form = ReasonForm()
    facts = _discard_facts(round_)
    if not form.validate_on_submit():
        return page("rounds/act.html", form=form, **facts)
    try:
        confirm_word(form, facts["word"])
        operations.discard_draft(session(), round_, reason=form.reason.data, by=actor(), at=request_time())
    except DomainError as refusal:
        return refused("rounds/act.html", refusal, form, **facts)
    tell("told.round.discarded")
    return see_other("rounds.rounds")


def confirm_word(form: ReasonForm, word: str) -> None:
    """An act that cannot be undone repeats its word. Raises InvalidInput page.word_missing (word)."""
    if (form.typed.data or "").strip() != word:
        raise InvalidInput("page.word_missing", field="typed", word=word)


def _rules_page(form: RoundForm, round_: Round | None) -> Response | tuple[str, int] | str:
    body = page("rounds/rules.html", form=form, round_=round_, sections=SECTIONS)
    return (body, 422) if form.errors else body


def _has_problems(form: RoundForm) -> bool:
    """All that is wrong at once, each at its field; the operation would tell only the first."""
    problems = list(rule_problems(form.rules()))
    for problem in problems:
        form.refuse(problem)
    return bool(problems)


def _with_choices(form: RoundForm) -> RoundForm:
    streets = my_streets("draft_round")
    form.street_id.choices = [SelectChoice(street.id, street.name) for street in streets]
    form.fund_id.choices = _fund_choices(funds_of(session(), [street.id for street in streets]))
    return form


def _fund_choices(funds: list[Fund]) -> list[SelectChoice]:
    """Each with its year and what it has left."""
    return [SelectChoice(fund.id, _fund_words(fund)) for fund in funds]


def _fund_words(fund: Fund) -> str:
    amount = show_yuan(available_fen(session(), fund))
    return _("%(year)s年 %(name)s（可用 %(amount)s 元）", year=fund.year, name=fund.name, amount=amount)


def _first_values() -> dict[str, Any]:
    """A week of voting that begins in a month, and the rules that most streets begin with."""
    day = local_day(request_time()) + timedelta(days=30)
    street = next(iter(my_streets("draft_round")), None)
    days = working_days_of(session(), street.id) if street else DEFAULT_WORKING_DAYS
    return {
        "year": day.year,
        "min_age": 15,
        "channels": list(VotingChannel),
        "ballot": "at_most",
        "max_marks": 5,
        "method": "greedy",
        "publication": Publication.TOTALS.value,
        "min_turnout_percent": 0,
        "min_ballots": 0,
        "candidate_notice_days": days,
        "register_check_days": days,
        "opens_at": local_instant(day, 9),
        "closes_at": local_instant(day + timedelta(days=7), 18),
        "latest_close_at": local_instant(day + timedelta(days=14), 18),
        "scrutineer_count": 3,
    }


def _discard_facts(round_: Round) -> dict[str, Any]:
    return {
        "round_": round_,
        "heading": _("放弃草稿"),
        "words": _("草稿从列表里去掉，不再能修改。它没有公告过，居民看不到。"),
        "word": _("放弃"),
        "button": _("放弃草稿"),
        "url": url_for("rounds.discard", round_id=round_.id),
        "is_by_two": False,
    }
