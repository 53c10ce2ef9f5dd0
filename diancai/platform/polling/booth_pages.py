"""The one page of a terminal that votes without a network: every screen of the way stands in it, filled in by its scripts.

The screens are the pages that everybody else sees, so that a terminal looks and reads the same with and without a network.
They stand in it once a language, for whoever changes it finds no network either.
"""

from flask import url_for
from markupsafe import Markup

from diancai.platform.divisions.queries import community_names
from diancai.platform.polling.ballot_forms import form_of
from diancai.platform.polling.kiosk_models import Kiosk
from diancai.platform.polling.voting_pages import kiosk_mode, links_of, refused_page, start_page
from diancai.platform.rounds.cards import Card, cards_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import items_of, withdrawals_of
from diancai.platform.rounds.states import ItemOrder
from diancai.platform.web.access import session
from diancai.platform.web.assets import bootstrap_url, static_url
from diancai.platform.web.locale import in_language
from diancai.platform.web.pages import page
from diancai.voting import BallotForm, BallotType

SCRIPTS = (
    *(
        "vote",
        "kiosk",
        "keypad",
        "booth",
        "booth-words",
        "booth-store",
        "booth-crypto",
        "booth-ship",
        "booth-ballot",
        "page",
    ),
    *("scan", "ballot", "ranking", "leave", "read-aloud", "receipt", "wait"),
)
STYLES = ("tokens", "app", "items", "print")
REFUSALS = ("used", "closed", "not_open")


def booth_page(round_: Round, kiosk: Kiosk, station_name: str) -> str:
    """Nothing of any person is in it: the browser keeps it for the time without a network."""
    with in_language("en"):
        english = between(_one_language(round_, kiosk, station_name), "<body>", "</body>")
    with in_language("zh"):
        return _one_language(round_, kiosk, station_name, other_language=english)


def _one_language(round_: Round, kiosk: Kiosk, station_name: str, other_language: Markup | None = None) -> str:
    form = form_of(session(), round_)
    communities = community_names(session(), round_.street_id)
    cards = cards_of(round_, items_of(session(), round_), communities, withdrawals_of(session(), round_))
    screens = {
        "code": start_page(),
        "ballot": _ballot_page(round_, form, cards),
        **{reason: refused_page(round_, reason)[0] for reason in REFUSALS},
    }
    return page(
        "kiosk/booth.html",
        round_=round_,
        kiosk_name=kiosk.name,
        station_name=station_name,
        screens={name: main_of(screen) for name, screen in screens.items()},
        cards=cards,
        form=form,
        is_ranking=form.ballot_type is BallotType.RANKING,
        is_random=round_.item_order is ItemOrder.RANDOM,
        other_language=other_language,
        assets=_assets(),
        **(links_of(round_) | kiosk_mode()),
    )


def _ballot_page(round_: Round, form: BallotForm, cards: list[Card]) -> str:
    """Items stand in the order of the menu; where each voter has an order of their own the browser draws it."""
    return page(
        "voting/ballot.html",
        round_name=round_.title,
        closes_at=round_.closes_at,
        ballot=form,
        items=cards,
        chosen=(),
        ranks={},
        numbers="",
        problems=[],
        proof="",
        ballot_url="",
        review_url=url_for("kiosk.rest"),
        publishes_ballots=round_.publication.value == "ballots",
        **links_of(round_),
    )


def main_of(text: str) -> Markup:
    """The <main> of a page that was rendered, and so escaped, already."""
    return Markup("<main") + between(text, "<main", "</main>") + Markup("</main>")


def between(text: str, begin: str, end: str) -> Markup:
    start = text.index(begin) + len(begin)
    return Markup(text[start : text.rindex(end)])


def _assets() -> list[str]:
    """What the browser must keep besides the page."""
    return [
        bootstrap_url("css/bootstrap.min.css"),
        bootstrap_url("css/font/bootstrap-icons.min.css"),
        bootstrap_url("css/font/fonts/bootstrap-icons.woff2"),
        *(static_url(f"css/{name}.css") for name in STYLES),
        *(static_url(f"js/{name}.js") for name in SCRIPTS),
        *(static_url(name) for name in ("logo.svg", "favicon.svg", "kiosk.webmanifest")),
    ]
