"""名册: what it holds, its import from a spreadsheet, and its end."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from diancai.errors import DomainError, InvalidInput
from diancai.platform.polling import finding, loaders, queries
from diancai.platform.polling.forms import ImportForm
from diancai.platform.polling.operations import register, register_import
from diancai.platform.polling.policy import may_import_register, may_purge_register, may_see_register
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.locale import _
from diancai.platform.web.pages import XLSX, again, download, page, see_other, tell

bp = Blueprint("register", __name__)
PAGE = "desk/register.html"

__all__ = ["bp", "loaders"]


@bp.get("/staff/rounds/<int:round_id>/register")
@allow(may_see_register)
def show_register(round_: Round) -> object:
    return page(PAGE, **_facts(round_), form=ImportForm())


@bp.get("/staff/rounds/<int:round_id>/register/communities/<int:community_id>")
@allow(may_see_register)
def community(round_: Round, community_id: int) -> object:
    number = request.args.get("page", 1, type=int)
    found = finding.search_register(session(), round_, community_id=community_id, page=number)
    name = queries.community_names(session(), round_).get(community_id, "")
    return page("desk/community.html", round_=round_, found=found, community_id=community_id, name=name)


@bp.get("/staff/rounds/<int:round_id>/register/template.xlsx")
@allow(may_import_register)
def template(round_: Round) -> Response:
    return download(register_import.register_template(), "register.xlsx", XLSX)


@bp.post("/staff/rounds/<int:round_id>/register/import")
@allow(may_import_register)
def import_register(round_: Round) -> object:
    """Looked at first, stored by a second button. Nothing is stored while a problem is left."""
    form = ImportForm()
    try:
        content = form.content()
        reading = register_import.read_register(session(), round_, content)
        if not reading.is_clean or "store" not in request.form:
            form.keep(content) if reading.is_clean else form.forget()
            body = page(PAGE, **_facts(round_), form=form, reading=reading)
            return body, 200 if reading.is_clean else 422
        count = register_import.import_register(session(), round_, reading, by=actor(), at=request_time())
    except DomainError as refusal:
        form.forget()
        return again(PAGE, refusal, **_facts(round_), form=form, reading=None)
    tell("register.imported", count=count)
    return see_other("register.show_register", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/register/purge")
@allow(may_purge_register)
def purge_register(round_: Round) -> object:
    """What is deleted does not come back: the word is repeated."""
    try:
        if request.form.get("typed", "").strip() != _("清除名册"):
            raise InvalidInput("page.word_missing", field="typed", word=_("清除名册"))
        count = register.purge_register(session(), round_, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(PAGE, refusal, **_facts(round_), form=ImportForm())
    tell("register.purged", count=count)
    return see_other("register.show_register", round_id=round_.id)


def _facts(round_: Round) -> dict[str, object]:
    found = session()
    due_at = register.purge_due_at(found, round_)
    return {
        "round_": round_,
        "counts": (
            queries.register_count(found, round_),
            queries.late_count(found, round_),
            queries.given_count(found, round_),
        ),
        "communities": queries.entries_of_community(found, round_),
        "given": {row.community_id: row.given for row in queries.given_by_community(found, round_)},
        "purge_due_at": due_at,
        "is_purge_due": due_at is None or request_time() >= due_at,
    }
