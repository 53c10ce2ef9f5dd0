"""限制条件 of a draft: one page, one form a kind."""

from typing import Any

from wtforms import Field

from diancai.budget import Dimension, ItemCategory
from diancai.errors import DomainError, NotFound
from diancai.platform.core.texts import say_error
from diancai.platform.rounds import operations
from diancai.platform.rounds.constraint_forms import KINDS, ConstraintForm, Group, Kind, form_of
from diancai.platform.rounds.constraints import constraints_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.policy import may_edit_round
from diancai.platform.rounds.queries import items_of
from diancai.platform.rounds.readiness import constraint_problems_of
from diancai.platform.rounds.views.blueprint import bp, communities_of
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.locale import current_locale, title
from diancai.platform.web.pages import page, refused, see_other, tell

TEMPLATE = "rounds/constraints.html"


@bp.get("/staff/rounds/<int:round_id>/constraints")
@allow(may_edit_round)
def constraints(round_: Round) -> str:
    return page(TEMPLATE, **_facts(round_))


@bp.post("/staff/rounds/<int:round_id>/constraints/<kind_code>")
@allow(may_edit_round)
def set_constraints(round_: Round, kind_code: str) -> object:
    kind = next((kind for kind in KINDS if kind.code == kind_code), None)
    if kind is None:
        raise NotFound("page.not_found")
    form = form_of(kind, _groups(round_), constraints_of(round_))
    if not form.validate_on_submit():
        return page(TEMPLATE, **_facts(round_, kind, form)), 422
    try:
        changed = form.applied_to(constraints_of(round_))
        revision = form.revision.data or 0
        operations.set_constraints(session(), round_, changed, revision=revision, by=actor(), at=request_time())
    except DomainError as refusal:
        return refused(TEMPLATE, refusal, form, **_facts(round_, kind, form))
    tell("told.constraints.set")
    return see_other("rounds.constraints", round_id=round_.id)


def _groups(round_: Round) -> list[Group]:
    """Every category, then every community of the street."""
    categories = [Group(Dimension.CATEGORY, category.value, title(category)) for category in ItemCategory]
    communities = communities_of(round_.street_id)
    return categories + [Group(Dimension.COMMUNITY, division.name, division.name) for division in communities]


def _facts(round_: Round, sent: Kind | None = None, form: ConstraintForm | None = None) -> dict[str, Any]:
    """Every form as it stands, the one that was sent with what is wrong in it."""
    groups, now = _groups(round_), constraints_of(round_)
    parts = []
    for kind in KINDS:
        shown = form if kind is sent and form else form_of(kind, groups, now, formdata=None)
        shown.revision.data = shown.revision.data if kind is sent else round_.revision
        parts.append((kind, shown, _fields(shown)))
    return {
        "round_": round_,
        "parts": parts,
        "items": items_of(session(), round_),
        "problems_now": [say_error(problem, current_locale()) for problem in constraint_problems_of(session(), round_)],
    }


def _fields(form: ConstraintForm) -> list[Field]:
    return [field for field in form if field.short_name not in ("revision", "csrf_token")]
