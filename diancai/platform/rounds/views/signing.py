"""拟稿 → 审核 → 签发: one page that shows what is signed, its hash, and whose turn it is."""

from typing import Any

from diancai.errors import DomainError
from diancai.platform.accounts.models import Staff
from diancai.platform.divisions.models import Division
from diancai.platform.funds.queries import fund_by_id
from diancai.platform.rounds import operations, queries
from diancai.platform.rounds.life_forms import AnnounceForm, ReturnForm, ReviewForm
from diancai.platform.rounds.models import Round, SignOff
from diancai.platform.rounds.policy import (
    may_announce_round,
    may_return_round,
    may_review_round,
    may_see_round,
    may_submit_round,
)
from diancai.platform.rounds.readiness import problems_before_signing
from diancai.platform.rounds.rules import rule_book_sha256
from diancai.platform.rounds.states import RoundState
from diancai.platform.rounds.views.blueprint import bp, communities_of
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import page, refused, see_other, tell

TEMPLATE = "rounds/signing.html"


@bp.get("/staff/rounds/<int:round_id>/signing")
@allow(may_see_round)
def signing(round_: Round) -> str:
    return page(TEMPLATE, form=AnnounceForm(), **_facts(round_))


@bp.post("/staff/rounds/<int:round_id>/submit")
@allow(may_submit_round)
def submit(round_: Round) -> object:
    form = ReviewForm()
    try:
        operations.submit_round(session(), round_, by=actor(), at=request_time())
    except DomainError as refusal:
        return refused(TEMPLATE, refusal, form, **_facts(round_))
    tell("told.round.submitted")
    return see_other("rounds.signing", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/review")
@allow(may_review_round)
def review(round_: Round) -> object:
    form = ReviewForm()
    read = form.content_sha256.data or ""
    try:
        operations.review_round(session(), round_, content_sha256=read, by=actor(), at=request_time())
    except DomainError as refusal:
        return refused(TEMPLATE, refusal, form, **_facts(round_))
    tell("told.round.reviewed")
    return see_other("rounds.signing", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/return")
@allow(may_return_round)
def send_back(round_: Round) -> object:
    form = ReturnForm()
    if not form.validate_on_submit():
        return page(TEMPLATE, form=form, **_facts(round_)), 422
    try:
        operations.return_round(session(), round_, reason=form.return_reason.data, by=actor(), at=request_time())
    except DomainError as refusal:
        return refused(TEMPLATE, refusal, form, **_facts(round_))
    tell("told.round.returned")
    return see_other("rounds.signing", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/announce")
@allow(may_announce_round)
def announce(round_: Round) -> object:
    form = AnnounceForm()
    if not form.validate_on_submit():
        return page(TEMPLATE, form=form, **_facts(round_)), 422
    try:
        operations.announce_round(
            session(),
            round_,
            minute_number=form.minute_number.data,
            content_sha256=form.content_sha256.data or "",
            by=actor(),
            at=request_time(),
        )
    except DomainError as refusal:
        return refused(TEMPLATE, refusal, form, **_facts(round_))
    tell("told.round.announced_provisionally" if round_.is_provisional else "told.round.announced")
    return see_other("rounds.show", round_id=round_.id)


def _facts(round_: Round) -> dict[str, Any]:
    paper = queries.latest_sign_off(session(), round_)
    book = queries.rule_book_row(session(), round_)
    is_draft = round_.state is RoundState.DRAFT
    return {
        "round_": round_,
        "street": session().get_one(Division, round_.street_id),
        "fund": fund_by_id(session(), round_.fund_id) if round_.fund_id else None,
        "items": queries.items_of(session(), round_),
        "communities": {division.id: division.name for division in communities_of(round_.street_id)},
        "sha256": book.sha256 if book else rule_book_sha256(session(), round_),
        "paper": paper,
        "people": _people(paper),
        "return_form": ReturnForm(),
        "announce_form": AnnounceForm(),
        "problems": list(problems_before_signing(session(), round_, at=request_time())) if is_draft else [],
    }


def _people(paper: SignOff | None) -> dict[str, str]:
    """Names of those who signed, by step."""
    if paper is None:
        return {}
    ids = {"drafted": paper.drafted_by, "reviewed": paper.reviewed_by, "signed": paper.signed_by}
    return {step: session().get_one(Staff, who).name for step, who in ids.items() if who is not None}
