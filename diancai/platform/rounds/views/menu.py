"""The menu of a draft: its table, one item, the order."""

from typing import Any

from flask import request
from wtforms import SelectChoice

from diancai.budget import ItemCategory
from diancai.errors import DomainError
from diancai.platform.funds.queries import caps_for
from diancai.platform.rounds import operations, queries
from diancai.platform.rounds.menu_forms import ItemForm, OrderForm, item_values
from diancai.platform.rounds.models import MenuItem, Round
from diancai.platform.rounds.operations.menu import order_key
from diancai.platform.rounds.policy import may_edit_round, may_see_round
from diancai.platform.rounds.readiness import incomplete_parts
from diancai.platform.rounds.views.blueprint import bp, communities_of
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.locale import _, title
from diancai.platform.web.pages import page, refused, see_other, tell


@bp.get("/staff/rounds/<int:round_id>/menu")
@allow(may_see_round)
def menu(round_: Round) -> str:
    search, category = request.args.get("search", ""), request.args.get("category", "")
    community = request.args.get("community", type=int)
    found = queries.items_of(
        session(),
        round_,
        search=search,
        community_id=community,
        category=ItemCategory(category) if category in list(ItemCategory) else None,
    )
    every = queries.items_of(session(), round_)
    communities = {division.id: division.name for division in communities_of(round_.street_id)}
    return page(
        "rounds/menu.html",
        round_=round_,
        items=found,
        count=len(every),
        total_fen=sum(item.cost_fen for item in every),
        missing={item.id: incomplete_parts(item) for item in every},
        withdrawals=queries.withdrawals_of(session(), round_),
        communities=communities,
        community_choices=[("", _("全部社区")), (queries.WHOLE_STREET, _("全街道")), *communities.items()],
        categories=[("", _("全部类别")), *((member.value, title(member)) for member in ItemCategory)],
        search=search,
        category=category,
        community="" if community is None else community,
    )


@bp.route("/staff/rounds/<int:round_id>/menu/new", methods=["GET", "POST"])
@allow(may_edit_round)
def new_item(round_: Round) -> object:
    form = _item_form(round_, revision=round_.revision)
    if not form.validate_on_submit():
        return _item_page(form, round_, None)
    try:
        item = operations.add_item(session(), round_, form.facts(), by=actor(), at=request_time())
        _keep_picture(round_, item, form)
    except DomainError as refusal:
        return refused("rounds/item.html", refusal, form, **_item_facts(round_, None))
    tell("told.item.added", name=item.name)
    return see_other("rounds.new_item" if "another" in request.form else "rounds.menu", round_id=round_.id)


@bp.route("/staff/rounds/<int:round_id>/menu/<int:item_id>", methods=["GET", "POST"])
@allow(may_edit_round)
def edit_item(round_: Round, item: MenuItem) -> object:
    form = _item_form(round_, revision=round_.revision, **item_values(item))
    if not form.validate_on_submit():
        return _item_page(form, round_, item)
    revision = form.revision.data or 0
    try:
        operations.edit_item(session(), round_, item, form.facts(), revision=revision, by=actor(), at=request_time())
        _keep_picture(round_, item, form)
    except DomainError as refusal:
        return refused("rounds/item.html", refusal, form, **_item_facts(round_, item))
    tell("told.item.edited", name=item.name)
    return see_other("rounds.menu", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/menu/<int:item_id>/remove")
@allow(may_edit_round)
def remove_item(round_: Round, item: MenuItem) -> object:
    name = item.name
    operations.remove_item(session(), round_, item, by=actor(), at=request_time())
    tell("told.item.removed", name=name)
    return see_other("rounds.menu", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/menu/<int:item_id>/picture/remove")
@allow(may_edit_round)
def remove_picture(round_: Round, item: MenuItem) -> object:
    operations.remove_picture(session(), round_, item, by=actor(), at=request_time())
    tell("told.item.edited", name=item.name)
    return see_other("rounds.edit_item", round_id=round_.id, item_id=item.id)


@bp.post("/staff/rounds/<int:round_id>/menu/<int:item_id>/move")
@allow(may_edit_round)
def move_item(round_: Round, item: MenuItem) -> object:
    position = request.form.get("position", type=int) or 0
    operations.move_item(session(), round_, item, position, by=actor(), at=request_time())
    tell("told.item.moved", name=item.name, number=item.number)
    return see_other("rounds.order", round_id=round_.id)


@bp.route("/staff/rounds/<int:round_id>/menu/order", methods=["GET", "POST"])
@allow(may_edit_round)
def order(round_: Round) -> object:
    form = OrderForm()
    if not form.validate_on_submit():
        return page("rounds/order.html", form=form, **_order_facts(round_))
    try:
        operations.draw_order(session(), round_, form.seed.data, by=actor(), at=request_time())
    except DomainError as refusal:
        return refused("rounds/order.html", refusal, form, **_order_facts(round_))
    tell("told.menu.drawn", seed=form.seed.data)
    return see_other("rounds.order", round_id=round_.id)


def _item_form(round_: Round, **values: Any) -> ItemForm:
    form = ItemForm(**values)
    communities = [SelectChoice(division.id, division.name) for division in communities_of(round_.street_id)]
    form.community_id.choices = [SelectChoice(0, _("全街道")), *communities]
    return form


def _item_page(form: ItemForm, round_: Round, item: MenuItem | None) -> object:
    body = page("rounds/item.html", form=form, **_item_facts(round_, item))
    return (body, 422) if form.errors else body


def _item_facts(round_: Round, item: MenuItem | None) -> dict[str, Any]:
    return {"round_": round_, "item": item, "caps": caps_for(session(), round_.street_id)}


def _order_facts(round_: Round) -> dict[str, Any]:
    items = queries.items_of(session(), round_)
    keys = {item.id: order_key(round_.order_seed, item.name) for item in items} if round_.order_seed else {}
    return {"round_": round_, "items": items, "order_keys": keys}


def _keep_picture(round_: Round, item: MenuItem, form: ItemForm) -> None:
    """A newly chosen picture; without one the words may still be corrected."""
    content = form.picture_content()
    if content:
        operations.set_picture(
            session(), round_, item, content, form.picture_alt.data or "", by=actor(), at=request_time()
        )
    elif item.picture_sha256 and form.picture_alt.data:
        item.picture_alt = form.picture_alt.data.strip()
