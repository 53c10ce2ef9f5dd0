"""拟稿 → 审核 → 签发 of a certified result."""

from collections.abc import Callable

from diancai.errors import DomainError
from diancai.platform.core.texts import show_day
from diancai.platform.results import operations
from diancai.platform.results.forms import PublishForm, ReadForm, ReturnForm
from diancai.platform.results.policy import may_publish, may_return, may_review, may_submit
from diancai.platform.results.views.blueprint import bp
from diancai.platform.results.views.desk import desk_facts, latest
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.locale import current_locale
from diancai.platform.web.pages import again, page, see_other, tell


@bp.post("/staff/rounds/<int:round_id>/result/submit")
@allow(may_submit)
def submit(round_: Round) -> object:
    result = latest(round_)
    return _done(
        round_,
        "result.submitted",
        lambda: operations.submit_result(session(), round_, result, by=actor(), at=request_time()),
    )


@bp.post("/staff/rounds/<int:round_id>/result/review")
@allow(may_review)
def review(round_: Round) -> object:
    result, read = latest(round_), ReadForm().content_sha256.data or ""
    return _done(
        round_,
        "result.reviewed",
        lambda: operations.review_result(session(), round_, result, content_sha256=read, by=actor(), at=request_time()),
    )


@bp.post("/staff/rounds/<int:round_id>/result/return")
@allow(may_return)
def return_result(round_: Round) -> object:
    result, reason = latest(round_), ReturnForm().reason.data or ""
    return _done(
        round_,
        "result.returned",
        lambda: operations.return_result(session(), round_, result, reason=reason, by=actor(), at=request_time()),
    )


@bp.post("/staff/rounds/<int:round_id>/result/publish")
@allow(may_publish)
def publish(round_: Round) -> object:
    result, form = latest(round_), PublishForm()
    if not form.validate_on_submit():
        return page("results/desk.html", **desk_facts(round_, result, form)), 422
    try:
        notice = operations.publish_result(
            session(),
            round_,
            result,
            minute_number=form.minute_number.data or "",
            content_sha256=form.content_sha256.data or "",
            working_days=form.working_days.data,
            by=actor(),
            at=request_time(),
        )
    except DomainError as refusal:
        return again("results/desk.html", refusal, **desk_facts(round_, result, form))
    tell("result.published", last_day=show_day(notice.last_day, current_locale()))
    return see_other("results.desk", round_id=round_.id)


def _done(round_: Round, code: str, act: Callable[[], object]) -> object:
    """Carry it out, say so and go back to the desk; a refusal stays on the desk."""
    try:
        act()
    except DomainError as refusal:
        return again("results/desk.html", refusal, **desk_facts(round_, latest(round_)))
    tell(code)
    return see_other("results.desk", round_id=round_.id)
