"""Acts on an announced round: suspend, resume, extend, collect, withdraw an item, make void."""

from collections.abc import Callable
from typing import Any

from flask import url_for

from diancai.errors import DomainError
from diancai.platform.rounds import operations
from diancai.platform.rounds.life_forms import ExtendForm, ReasonForm
from diancai.platform.rounds.models import MenuItem, Round
from diancai.platform.rounds.policy import (
    may_collect_round,
    may_extend_round,
    may_resume_round,
    may_suspend_round,
    may_void_round,
    may_withdraw_item,
)
from diancai.platform.rounds.views.blueprint import bp
from diancai.platform.rounds.views.rules import confirm_word
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.locale import _
from diancai.platform.web.pages import page, refused, see_other, tell

TEMPLATE = "rounds/act.html"


@bp.route("/staff/rounds/<int:round_id>/suspend", methods=["GET", "POST"])
@allow(may_suspend_round)
def suspend(round_: Round) -> object:
    words = _("中止以后不发投票码，也不收票；已经投的票不受影响。恢复前居民会看到原因。")
    return _act(round_, "suspend", _("中止投票"), words, _("中止"), operations.suspend_round, "told.round.suspended")


@bp.route("/staff/rounds/<int:round_id>/resume", methods=["GET", "POST"])
@allow(may_resume_round)
def resume(round_: Round) -> object:
    words = _("恢复以后继续发投票码、继续收票，到原定的截止时间为止。")
    return _act(round_, "resume", _("恢复投票"), words, _("恢复"), operations.resume_round, "told.round.resumed")


@bp.route("/staff/rounds/<int:round_id>/collect", methods=["GET", "POST"])
@allow(may_collect_round)
def collect(round_: Round) -> object:
    words = _("截止时间已过，不再恢复投票，转入收集票箱。之后不能再投票。")
    return _act(round_, "collect", _("不再恢复"), words, _("收集"), operations.collect_round, "told.round.collecting")


@bp.route("/staff/rounds/<int:round_id>/void", methods=["GET", "POST"])
@allow(may_void_round)
def void(round_: Round) -> object:
    words = _("作废以后不能恢复，资金退回，已投的票封存而不计票，原因向居民公布。")
    return _act(
        round_, "void", _("投票活动作废"), words, _("作废"), operations.request_void, "told.round.void_requested", True
    )


@bp.route("/staff/rounds/<int:round_id>/menu/<int:item_id>/withdraw", methods=["GET", "POST"])
@allow(may_withdraw_item)
def withdraw(round_: Round, item: MenuItem) -> object:
    form = ReasonForm()
    facts = _act_facts(
        round_,
        _("撤下第 %(number)s 号“%(name)s”", number=item.number, name=item.name),
        _("撤下以后仍然显示，但不能再选，也不能入选；已经投给它的票不作废。原因向居民公布。"),
        _("撤下"),
        url_for("rounds.withdraw", round_id=round_.id, item_id=item.id),
        is_by_two=True,
    )
    if not form.validate_on_submit():
        return page(TEMPLATE, form=form, **facts)
    try:
        confirm_word(form, facts["word"])
        operations.request_withdrawal(session(), round_, item, reason=form.reason.data, by=actor(), at=request_time())
    except DomainError as refusal:
        return refused(TEMPLATE, refusal, form, **facts)
    tell("told.round.withdrawal_requested")
    return see_other("rounds.menu", round_id=round_.id)


@bp.route("/staff/rounds/<int:round_id>/extend", methods=["GET", "POST"])
@allow(may_extend_round)
def extend(round_: Round) -> object:
    form = ExtendForm(closes_at=round_.latest_close_at)
    if not form.validate_on_submit():
        return page("rounds/extend.html", form=form, round_=round_)
    try:
        operations.extend_round(
            session(),
            round_,
            closes_at=form.closes_at.data or round_.closes_at,
            reason=form.reason.data,
            by=actor(),
            at=request_time(),
        )
    except DomainError as refusal:
        return refused("rounds/extend.html", refusal, form, round_=round_)
    tell("told.round.extended", closes_at=round_.closes_at)
    return see_other("rounds.show", round_id=round_.id)


def _act(
    round_: Round,
    name: str,
    heading: str,
    words: str,
    word: str,
    operation: Callable[..., Any],
    told: str,
    is_by_two: bool = False,
) -> object:
    """One page for every act that asks for a reason and its word."""
    form = ReasonForm()
    url = url_for(f"rounds.{name}", round_id=round_.id)
    facts = _act_facts(round_, heading, words, word, url, is_by_two=is_by_two)
    if not form.validate_on_submit():
        return page(TEMPLATE, form=form, **facts)
    try:
        confirm_word(form, word)
        operation(session(), round_, reason=form.reason.data, by=actor(), at=request_time())
    except DomainError as refusal:
        return refused(TEMPLATE, refusal, form, **facts)
    tell(told)
    return see_other("rounds.show", round_id=round_.id)


def _act_facts(round_: Round, heading: str, words: str, word: str, url: str, *, is_by_two: bool) -> dict[str, Any]:
    return {
        "round_": round_,
        "heading": heading,
        "words": words,
        "word": word,
        "button": heading,
        "url": url,
        "is_by_two": is_by_two,
    }
