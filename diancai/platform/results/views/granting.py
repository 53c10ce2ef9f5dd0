"""What a round gets of a fund that was approved with another amount than planned."""

from typing import Any

from diancai.budget import show_yuan
from diancai.errors import DomainError
from diancai.platform.funds import queries as funds
from diancai.platform.funds.models import Fund
from diancai.platform.results import operations, queries
from diancai.platform.results.forms import GrantForm
from diancai.platform.results.policy import may_grant_fund
from diancai.platform.results.views.blueprint import bp
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import awaits_grant, provisional_rounds
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import page, refused, see_other, tell

TEMPLATE = "results/grant.html"


@bp.route("/staff/rounds/<int:round_id>/fund", methods=["GET", "POST"])
@allow(may_grant_fund)
def grant(round_: Round) -> object:
    fund = session().get_one(Fund, round_.fund_id) if round_.fund_id else None
    form = _form(round_, fund)
    if not form.validate_on_submit():
        body = page(TEMPLATE, form=form, **_facts(round_, fund))
        return (body, 422) if form.errors else body
    try:
        operations.request_grant(
            session(), round_, form.granted_fen.data or 0, reason=form.reason.data, by=actor(), at=request_time()
        )
    except DomainError as refusal:
        return refused(TEMPLATE, refusal, form, **_facts(round_, fund))
    tell("grant.requested")
    return see_other("rounds.show", round_id=round_.id)


def _form(round_: Round, fund: Fund | None) -> GrantForm:
    """Offers what was announced as far as the fund has it, and the reason as the paper says it: in Chinese."""
    if fund is None or not awaits_grant(session(), round_):
        return GrantForm()
    granted_fen = min(round_.fund_fen, funds.balance_of(session(), fund))
    before, after = (show_yuan(fen) for fen in (round_.fund_fen, granted_fen))
    reason = f"按{fund.approval_reference}批准的金额，本次资金由 {before} 元改为 {after} 元。"
    return GrantForm(granted_fen=granted_fen, reason=reason)


def _facts(round_: Round, fund: Fund | None) -> dict[str, Any]:
    others = provisional_rounds(session(), fund.id) if fund else []
    return {
        "round_": round_,
        "fund": fund,
        "approved_fen": funds.approved_fen(session(), fund) if fund else None,
        "balance_fen": funds.balance_of(session(), fund) if fund else 0,
        "others": [other for other in others if other.id != round_.id],
        "awaits_grant": awaits_grant(session(), round_),
        "is_requested": queries.is_grant_requested(session(), round_),
    }
