"""候选项目公示 and 名册核对 before a vote opens."""

from collections.abc import Callable
from typing import Any

from diancai.errors import DomainError
from diancai.platform.notices.models import Notice
from diancai.platform.notices.queries import notices_about, working_days_of
from diancai.platform.rounds import operations
from diancai.platform.rounds.life_forms import BasisForm
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.policy import may_post_notice, may_see_round
from diancai.platform.rounds.publicity import asked_of
from diancai.platform.rounds.queries import items_of, latest_sign_off
from diancai.platform.rounds.views.blueprint import bp
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import page, refused, see_other, tell

TEMPLATE = "rounds/notices.html"


@bp.get("/staff/rounds/<int:round_id>/notices")
@allow(may_see_round)
def notices(round_: Round) -> str:
    paper = latest_sign_off(session(), round_)
    form = BasisForm(basis=paper.minute_number if paper and paper.minute_number else "")
    return page(TEMPLATE, form=form, **_facts(round_))


@bp.post("/staff/rounds/<int:round_id>/notices/candidates")
@allow(may_post_notice)
def post_candidates(round_: Round) -> object:
    return _post(round_, operations.post_candidate_notice)


@bp.post("/staff/rounds/<int:round_id>/notices/register")
@allow(may_post_notice)
def post_register(round_: Round) -> object:
    return _post(round_, operations.post_register_notice)


def _post(round_: Round, operation: Callable[..., Notice]) -> object:
    form = BasisForm()
    if not form.validate_on_submit():
        return page(TEMPLATE, form=form, **_facts(round_)), 422
    try:
        notice = operation(session(), round_, basis=form.basis.data, by=actor(), at=request_time())
    except DomainError as refusal:
        return refused(TEMPLATE, refusal, form, **_facts(round_))
    tell("told.round.notice_posted", last_day=notice.last_day)
    return see_other("rounds.notices", round_id=round_.id)


def _facts(round_: Round) -> dict[str, Any]:
    street_days = working_days_of(session(), round_.street_id)
    return {
        "round_": round_,
        "posted": notices_about(session(), f"round:{round_.id}"),
        "days": {asked.name: asked.working_days or street_days for asked in asked_of(round_)},
        "item_count": len(items_of(session(), round_)),
    }
