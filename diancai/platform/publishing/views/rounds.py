"""The public pages of one round: what it is, its menu, its items, how one gets a code, and its papers."""

from collections.abc import Mapping
from typing import Any

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from diancai.errors import NotFound
from diancai.platform.core.permissions import anyone
from diancai.platform.core.pictures import Picture
from diancai.platform.core.timeline import timeline_of
from diancai.platform.documents.answers import ways
from diancai.platform.notices.queries import notices_about
from diancai.platform.polling import queries as polling
from diancai.platform.polling.board import seals_of
from diancai.platform.proposals.queries import is_pictured
from diancai.platform.publishing import life, phases, queries
from diancai.platform.publishing.blueprint import bp
from diancai.platform.publishing.menu_search import MenuSearch, read_search, search_menu
from diancai.platform.publishing.phases import Phase
from diancai.platform.publishing.rules import ballot_rule, electorate, rules_in_words
from diancai.platform.publishing.views.common import public_rounds_only, round_page
from diancai.platform.rounds.cards import card_of, cards_of
from diancai.platform.rounds.models import MenuItem, Round
from diancai.platform.rounds.policy import is_public, may_see_picture
from diancai.platform.rounds.queries import addenda_of, rounds_showing, rule_book_row, withdrawals_of
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.loading import loads
from diancai.platform.web.pages import JSON, download

COUNTED_IN_PUBLIC = frozenset({Phase.OPEN, Phase.PAUSED, Phase.CLOSING, Phase.COUNTING})
FOREVER = 365 * 86_400


@loads("item_number", "item")
def load_item(database: Session, number: str, things: Mapping[str, Any]) -> MenuItem | None:
    return queries.item_numbered(database, things["round_"], number)


@bp.get("/rounds/<int:round_id>", endpoint="round")
@allow(anyone)
@public_rounds_only
def show_round(round_: Round) -> str:
    phase = phases.phase_of(round_, request_time())
    notices = notices_about(session(), f"round:{round_.id}")
    addenda = addenda_of(session(), round_)
    return round_page(
        "publishing/round.html",
        round_,
        left=phases.left_of(round_, phase, request_time()),
        counts=_counts(round_, phase),
        steps=life.life_of(round_, phase, notices),
        happened=life.happened(timeline_of(session(), f"round:{round_.id}")),
        rule=ballot_rule(round_),
        rules=rules_in_words(round_),
        rule_book=rule_book_row(session(), round_),
        addenda=addenda,
        suspension=next((addendum for addendum in reversed(addenda) if addendum.code == "suspended"), None),
        notices=notices,
        item_count=_item_count(round_),
        outcome=queries.outcome_of(session(), round_),
        leaflet=ways("publishing.leaflet", round_id=round_.id),
        invitation=ways("publishing.invitation", round_id=round_.id),
    )


def _counts(round_: Round, phase: Phase) -> dict[str, Any] | None:
    """All that may be known before the result (vote.md 3): given, and cast as of the last seal."""
    if round_.is_imported or phase not in COUNTED_IN_PUBLIC:
        return None
    seals = seals_of(session(), round_.id)
    return {
        "given": polling.given_count(session(), round_),
        "late": polling.late_count(session(), round_),
        "by_day": polling.given_by_day(session(), round_),
        "by_community": polling.given_by_community(session(), round_),
        "seal": seals[0] if seals else None,
    }


def _item_count(round_: Round) -> int:
    return queries.item_counts(session(), [round_]).get(round_.id, 0)


@bp.get("/rounds/<int:round_id>/rule-book.json")
@allow(anyone)
@public_rounds_only
def rule_book(round_: Round) -> Response:
    """The frozen text, byte for byte: its SHA-256 is the one on the page."""
    book = rule_book_row(session(), round_)
    if book is None:
        raise NotFound("page.not_found")
    return download(book.text.encode(), f"rule-book-{round_.id}.json", JSON)


@bp.get("/rounds/<int:round_id>/menu")
@allow(anyone)
@public_rounds_only
def menu(round_: Round) -> str:
    communities = polling.community_names(session(), round_)
    search = read_search(request.args, communities)
    items = search_menu(session(), round_, search)
    return round_page(
        "publishing/menu.html",
        round_,
        search=search,
        communities=communities,
        cards=cards_of(round_, items, communities, withdrawals_of(session(), round_)),
        item_count=_item_count(round_),
    )


@bp.get("/rounds/<int:round_id>/items/<path:item_number>")
@allow(anyone)
@public_rounds_only
def item(round_: Round, item: MenuItem) -> str:
    communities = polling.community_names(session(), round_)
    before, after = queries.neighbours(session(), item)
    card = card_of(round_, item, communities, withdrawals_of(session(), round_).get(item.id))
    return round_page("publishing/item.html", round_, card=card, before=before, after=after)


@bp.get("/rounds/<int:round_id>/how-to-vote")
@allow(anyone)
@public_rounds_only
def how_to_vote(round_: Round) -> str:
    stations = polling.stations_of(session(), round_)
    return round_page("publishing/how_to_vote.html", round_, stations=stations, who=electorate(round_))


@bp.get("/rounds/<int:round_id>/booklet")
@allow(anyone)
@public_rounds_only
def booklet(round_: Round) -> str:
    """The whole menu in large type, to be printed and left on tables."""
    items = search_menu(session(), round_, MenuSearch())
    return _paper("publishing/booklet.html", round_, items)


@bp.get("/rounds/<int:round_id>/poster")
@allow(anyone)
@public_rounds_only
def poster(round_: Round) -> str:
    """One sheet for the notice board, with the address as a QR code."""
    return _paper("publishing/poster.html", round_, [])


def _paper(template: str, round_: Round, items: list[MenuItem]) -> str:
    communities = polling.community_names(session(), round_)
    return round_page(
        template,
        round_,
        cards=cards_of(round_, items, communities, withdrawals_of(session(), round_)),
        rule=ballot_rule(round_),
        who=electorate(round_),
        stations=polling.stations_of(session(), round_),
        item_count=_item_count(round_),
    )


@bp.get("/pictures/<sha256>")
@allow(anyone)
def picture(sha256: str) -> Response:
    """Named by its content, so it never changes; a draft's pictures are for its own street's office."""
    picture, rounds = session().get(Picture, sha256), rounds_showing(session(), sha256)
    is_shared = any(is_public(round_) for round_ in rounds) or is_pictured(session(), sha256)
    if picture is None or not (is_shared or may_see_picture(actor(), rounds)):
        raise NotFound("page.not_found")
    shared_with = "public" if is_shared else "private"
    answer = Response(picture.content, mimetype=picture.media_type)
    answer.headers["Cache-Control"] = f"{shared_with}, max-age={FOREVER}, immutable"
    return answer
