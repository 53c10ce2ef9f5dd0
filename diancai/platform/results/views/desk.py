"""The office's side: the draw and the count, and the desk on which a result becomes public."""

from flask import Response, url_for

from diancai.errors import DomainError, LimitReached, NotFound
from diancai.platform.documents.answers import FORMATS, answer_paper, ways
from diancai.platform.notices.queries import is_running, working_days_of
from diancai.platform.results import operations, queries
from diancai.platform.results.box import closing_minute
from diancai.platform.results.certification import checklist, standing_of
from diancai.platform.results.forms import ActForm, DrawForm, PublishForm, ReturnForm
from diancai.platform.results.margin_search import progress_of
from diancai.platform.results.models import Result, Signature
from diancai.platform.results.papers import spent_in_words, tally_paper
from diancai.platform.results.policy import may_count, may_finish, may_see_count_desk, may_see_result, may_type_draw
from diancai.platform.results.views.blueprint import bp
from diancai.platform.results.views.common import facts_of, words_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import latest_sign_off, scrutineers_of
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import again, page, see_other, tell


@bp.get("/staff/rounds/<int:round_id>/count")
@allow(may_see_count_desk)
def count_desk(round_: Round) -> str:
    return page("results/count.html", **_count_facts(round_, DrawForm()))


@bp.post("/staff/rounds/<int:round_id>/draw")
@allow(may_type_draw)
def type_draw(round_: Round) -> object:
    form = DrawForm()
    if not form.validate_on_submit():
        return page("results/count.html", **_count_facts(round_, form)), 422
    try:
        made = operations.type_draw(session(), round_, form.text.data or "", by=actor(), at=request_time())
    except DomainError as refusal:
        return again("results/count.html", refusal, **_count_facts(round_, form))
    both = len(queries.typed_by(session(), round_)) > 1
    tell("draw.made" if made else "draw.differs" if both else "draw.kept")
    return see_other("results.count_desk", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/count")
@allow(may_count)
def count_round(round_: Round) -> object:
    try:
        operations.count_round(session(), round_, by=actor(), at=request_time())
    except DomainError as refusal:
        return again("results/count.html", refusal, **_count_facts(round_, DrawForm(formdata=None)))
    tell("results.counted")
    return see_other("results.desk", round_id=round_.id)


@bp.get("/staff/rounds/<int:round_id>/result")
@allow(may_see_result)
def desk(round_: Round) -> str:
    """The newest version, and what it still needs; a round may have been made void before it was counted."""
    result = queries.latest_result(session(), round_)
    if result is None:
        return page("results/none.html", round_=round_)
    return page("results/desk.html", **desk_facts(round_, result))


@bp.get("/staff/rounds/<int:round_id>/result/<int:version>")
@allow(may_see_result)
def desk_version(round_: Round, result: Result) -> str:
    return page("results/desk.html", **desk_facts(round_, result))


@bp.get("/staff/rounds/<int:round_id>/result/<int:version>/tally")
@allow(may_see_result)
def tally(round_: Round, result: Result) -> str:
    """计票记录, to print, sign and seal."""
    return page(
        "results/tally.html",
        **facts_of(round_, result, queries.results_of(session(), round_)) | {"words": words_of(round_, in_yuan=True)},
        draw=queries.draw_of(session(), round_),
        scrutineers=scrutineers_of(session(), round_),
        spent_in_words="" if round_.is_imported else spent_in_words(result),
        papers=ways("results.tally_file", round_id=round_.id, version=result.version),
    )


@bp.get(f"/staff/rounds/<int:round_id>/result/<int:version>/tally.<{FORMATS}>")
@allow(may_see_result)
def tally_file(round_: Round, result: Result, paper_format: str) -> object:
    back = url_for("results.tally", round_id=round_.id, version=result.version)
    return answer_paper(tally_paper(session(), round_, result), paper_format, back)


@bp.get("/staff/rounds/<int:round_id>/result/signatures/<int:signature_id>")
@allow(may_see_result)
def signature_image(round_: Round, signature: Signature) -> Response:
    return Response(signature.image, content_type=signature.media_type)


@bp.post("/staff/rounds/<int:round_id>/finish")
@allow(may_finish)
def finish_round(round_: Round) -> object:
    try:
        operations.finish_round(session(), round_, by=actor(), at=request_time())
    except DomainError as refusal:
        return again("results/desk.html", refusal, **desk_facts(round_, latest(round_)))
    tell("result.final")
    return see_other("results.desk", round_id=round_.id)


def latest(round_: Round) -> Result:
    """Raises NotFound for a round that was made void before it was counted."""
    result = queries.latest_result(session(), round_)
    if result is None:
        raise NotFound("page.not_found")
    return result


def _count_facts(round_: Round, form: DrawForm) -> dict[str, object]:
    minute = closing_minute(session(), round_)
    draw = queries.draw_of(session(), round_)
    typed = queries.typed_by(session(), round_)
    return {
        "round_": round_,
        "minute": minute,
        "draw": draw,
        "typed": typed,
        "differs": draw is None and len(typed) > 1,
        "scrutineers": scrutineers_of(session(), round_),
        "is_scrutineer": queries.is_scrutineer(session(), round_, actor()),
        "invalid": _validity_refusal(round_, minute),
        "result": queries.latest_result(session(), round_),
        "form": form,
    }


def _validity_refusal(round_: Round, minute: object) -> LimitReached | None:
    try:
        operations.check_validity(round_, minute)  # type: ignore[arg-type]
    except LimitReached as refusal:
        return refusal
    return None


def desk_facts(round_: Round, result: Result, publish_form: PublishForm | None = None) -> dict[str, object]:
    """Everything under one version: hands, conditions, the paper on its way, the notice and what came back."""
    notice = queries.notice_of_result(session(), round_)
    least = working_days_of(session(), round_.street_id)
    return facts_of(round_, result, queries.results_of(session(), round_)) | {
        "margin_search": progress_of(session(), result),
        "checks": checklist(standing_of(session(), round_, result)),
        "scrutineers": scrutineers_of(session(), round_),
        "is_scrutineer": queries.is_scrutineer(session(), round_, actor()),
        "paper": latest_sign_off(session(), round_, queries.subject_of(result)),
        "people": queries.names_of(session()),
        "notice": notice,
        "is_window_open": notice is not None and is_running(notice, request_time()),
        "objections": queries.objections_to(session(), round_),
        "proposed": queries.proposed_objections(session(), round_),
        "act": ActForm(formdata=None),
        "publish_form": publish_form or PublishForm(formdata=None, working_days=least),
        "return_form": ReturnForm(formdata=None),
    }
