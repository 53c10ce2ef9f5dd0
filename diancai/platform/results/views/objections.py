"""An objection to a published result: read, answered, and what follows from it."""

from diancai.errors import DomainError
from diancai.platform.notices.models import Notice, Objection, Outcome
from diancai.platform.results import queries
from diancai.platform.results.forms import ObjectionForm
from diancai.platform.results.operations.objections import (
    OUTCOMES_IN_VOID,
    answer_in_void_round,
    keep_result,
    propose_outcome,
)
from diancai.platform.results.policy import may_answer_objection
from diancai.platform.results.views.blueprint import bp
from diancai.platform.results.views.desk import latest
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.locale import title
from diancai.platform.web.pages import again, page, see_other, tell


@bp.route("/staff/rounds/<int:round_id>/result/objections/<int:result_objection_id>", methods=["GET", "POST"])
@allow(may_answer_objection)
def answer(round_: Round, objection: Objection) -> object:
    winners = [row for row in queries.outcomes_of(session(), round_, latest(round_)) if row.is_selected]
    form = ObjectionForm()
    form.outcome.choices = [(member, title(member)) for member in _offered(round_)]
    form.numbers.choices = [(row.number, f"{row.number} {row.name}") for row in winners]
    facts = {
        "round_": round_,
        "objection": objection,
        "notice": session().get_one(Notice, objection.notice_id),
        "form": form,
    }
    if not form.validate_on_submit():
        return page("results/objection.html", **facts)
    try:
        code = _answer(round_, objection, form)
    except DomainError as refusal:
        return again("results/objection.html", refusal, **facts)
    tell(code)
    return see_other("results.desk", round_id=round_.id)


def _offered(round_: Round) -> tuple[Outcome, ...]:
    if round_.state is RoundState.VOID:
        return OUTCOMES_IN_VOID
    return tuple(Outcome) if round_.state is RoundState.PUBLISHED else (Outcome.UPHELD_AS_IS,)


def _answer(round_: Round, objection: Objection, form: ObjectionForm) -> str:
    """维持 at once; everything else waits for the second person."""
    words, by, at = form.answer.data or "", actor(), request_time()
    if round_.state is RoundState.VOID:
        outcome = form.outcome.data
        answer_in_void_round(session(), round_, objection, outcome=outcome, answer=words, by=by, at=at)
        return "told.objection.answered"
    if form.outcome.data is Outcome.UPHELD_AS_IS:
        keep_result(session(), round_, objection, answer=words, by=by, at=at)
        return "objection.kept"
    propose_outcome(
        session(),
        round_,
        objection,
        outcome=form.outcome.data,
        answer=words,
        numbers=form.numbers.data or (),
        by=by,
        at=at,
    )
    return "objection.proposed"
