"""抽查 of the paper sheets: the dice, the sheets to fetch, and what was found."""

from typing import Any

from flask import Blueprint, request

from diancai.errors import DomainError
from diancai.platform.polling import loaders, paper_queries, queries, sample_queries
from diancai.platform.polling.operations import sampling
from diancai.platform.polling.paper_models import SheetBatchState
from diancai.platform.polling.policy import may_sample_sheets, may_see_papers
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import again, page, see_other, tell
from diancai.voting.sampling import sample_size

bp = Blueprint("sample", __name__)
PAGE = "paper/sample.html"

__all__ = ["bp", "loaders"]


@bp.get("/staff/rounds/<int:round_id>/papers/sample")
@allow(may_see_papers)
def show(round_: Round) -> object:
    return page(PAGE, **_facts(round_))


@bp.post("/staff/rounds/<int:round_id>/papers/sample")
@allow(may_sample_sheets)
def type_seed(round_: Round) -> object:
    seed, bound = request.form.get("seed", "")[:400], request.form.get("bound", 0, type=int)
    try:
        check = sampling.type_seed(session(), round_, seed, bound, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(PAGE, refusal, **_facts(round_), typed=seed)
    tell("sample.drawn" if check else "sample.kept")
    return see_other("sample.show", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/papers/sample/result")
@allow(may_sample_sheets)
def enter_result(round_: Round) -> object:
    count, note = request.form.get("differing_count", -1, type=int), request.form.get("note", "")
    try:
        sampling.request_result(session(), round_, count, note, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(PAGE, refusal, **_facts(round_))
    tell("sample.result_requested")
    return see_other("sample.show", round_id=round_.id)


def _facts(round_: Round) -> dict[str, Any]:
    check = sample_queries.sample_of(session(), round_.id)
    batches = paper_queries.sheet_batches_of(session(), round_)
    sheet_count = sum(batch.sheet_count for batch in batches)
    # What stands on sheets is for those who look at them, and for nobody once that is done.
    shows_sheets = may_sample_sheets(actor(), round_)
    typed_by = sample_queries.seed_typed_by(session(), round_)
    people = (check.first_by, check.second_by, check.checked_by, check.confirmed_by) if check else ()
    return {
        "round_": round_,
        "check": check,
        "sheets": sample_queries.drawn_sheets(session(), round_, check) if shows_sheets and check else [],
        "sheet_count": sheet_count,
        "is_ready": bool(batches) and all(batch.state is SheetBatchState.ACCEPTED for batch in batches),
        "sizes": [(bound, sample_size(sheet_count, bound)) for bound in sampling.BOUNDS] if sheet_count else [],
        "has_typed": actor().staff_id in typed_by,
        "differs": check is None and len(typed_by) > 1,
        "names": queries.staff_names(session(), people),
    }
