"""The one page of a terminal that votes without a network: every screen of the way stands in it, filled in by its scripts.

The screens are the pages that everybody else sees, so that a terminal looks and reads the same with and without a network.
"""

from flask import url_for
from markupsafe import Markup

from diancai.platform.divisions.queries import community_names
from diancai.platform.polling import ballot_pages
from diancai.platform.polling.ballot_forms import form_of
from diancai.platform.polling.kiosk_models import Kiosk
from diancai.platform.polling.voting_pages import kiosk_mode, links_of, refused_page, start_page
from diancai.platform.rounds.cards import cards_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import withdrawals_of
from diancai.platform.web.access import session
from diancai.platform.web.assets import bootstrap_url, static_url
from diancai.platform.web.pages import page
from diancai.voting import BallotType

SCRIPTS = (
    *("vote", "kiosk", "keypad", "booth", "booth-store", "booth-crypto", "booth-ship", "booth-ballot", "page"),
    *("scan", "ballot", "ranking", "leave", "read-aloud", "receipt", "wait"),
)
STYLES = ("tokens", "app", "items", "print")
REFUSALS = ("used", "closed", "not_open")


def booth_page(round_: Round, kiosk: Kiosk, station_name: str) -> str:
    """Nothing of any person is in it: the browser keeps it for the time without a network."""
    form = form_of(session(), round_)
    items = ballot_pages.ballot_items(session(), round_, b"")
    cards = cards_of(round_, items, community_names(session(), round_.street_id), withdrawals_of(session(), round_))
    links = links_of(round_)
    ballot = page(
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
        **links,
    )
    screens = {
        "code": main_of(start_page()),
        "ballot": main_of(ballot),
        **{reason: main_of(refused_page(round_, reason)[0]) for reason in REFUSALS},
    }
    return page(
        "kiosk/booth.html",
        round_=round_,
        kiosk_name=kiosk.name,
        station_name=station_name,
        screens=screens,
        cards=cards,
        form=form,
        is_ranking=form.ballot_type is BallotType.RANKING,
        assets=_assets(),
        **(links | kiosk_mode()),
    )


def main_of(text: str) -> Markup:
    """The <main> of a page that was rendered, and so escaped, already."""
    begin, end = text.index("<main"), text.index("</main>") + len("</main>")
    return Markup(text[begin:end])


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
