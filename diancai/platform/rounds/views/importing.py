"""A menu from a spreadsheet or a Pabulib file: checked first, stored only when it is clean."""

from collections.abc import Callable

from flask import request
from werkzeug.wrappers import Response

from diancai.errors import DomainError, InvalidInput
from diancai.platform.rounds import operations
from diancai.platform.rounds.menu_forms import MenuSheetForm, PabulibForm
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.policy import may_edit_round
from diancai.platform.rounds.views.blueprint import bp
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import XLSX, again, download, page, see_other, tell
from diancai.platform.web.uploads import SheetForm


@bp.get("/staff/rounds/<int:round_id>/menu/template.xlsx")
@allow(may_edit_round)
def menu_template(round_: Round) -> Response:
    return download(operations.menu_template(), "menu-template.xlsx", XLSX)


@bp.route("/staff/rounds/<int:round_id>/menu/import", methods=["GET", "POST"])
@allow(may_edit_round)
def import_menu(round_: Round) -> object:
    return _import(
        round_,
        MenuSheetForm(),
        "rounds/import.html",
        lambda content: operations.read_menu(session(), round_, content),
        "xlsx",
    )


@bp.route("/staff/rounds/<int:round_id>/menu/import-pabulib", methods=["GET", "POST"])
@allow(may_edit_round)
def import_pabulib(round_: Round) -> object:
    form = PabulibForm()
    return _import(
        round_,
        form,
        "rounds/import_pabulib.html",
        lambda content: operations.read_pabulib_items(session(), round_, content, form.category.data),
        "pabulib",
    )


def _import(
    round_: Round, form: SheetForm, template: str, read: Callable[[bytes], operations.DryRun], source: str
) -> object:
    if not form.validate_on_submit():
        return page(template, form=form, round_=round_, reading=None)
    try:
        content = form.content()
        reading = read(content)
    except InvalidInput as refusal:
        form.forget()
        return again(template, refusal, form=form, round_=round_, reading=None)
    if not reading.is_clean or "store" not in request.form:
        form.keep(content) if reading.is_clean else form.forget()
        return page(template, form=form, round_=round_, reading=reading), 200 if reading.is_clean else 422
    try:
        rows = operations.add_items(session(), round_, reading.items, source=source, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(template, refusal, form=form, round_=round_, reading=None)
    tell("told.menu.imported", count=len(rows))
    return see_other("rounds.menu", round_id=round_.id)
