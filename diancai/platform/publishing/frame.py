"""What frames every public page: the help number, the links of header and footer, type size and language."""

from typing import Any

from flask import current_app, g, request, url_for
from werkzeug.local import LocalProxy

from diancai.platform.publishing import queries
from diancai.platform.publishing.queries import Street
from diancai.platform.rounds.models import Round
from diancai.platform.settings import Settings
from diancai.platform.web.access import session
from diancai.platform.web.locale import _, current_locale, has_large_type


def stand_in(street: Street | None, round_: Round | None = None) -> None:
    """The page is about this street, perhaps about one of its rounds: header and footer follow."""
    g.street, g.shown_round = street, round_


def frame() -> dict[str, Any]:
    """For the templates: see base.html."""
    return {
        "help_phone": HELP_PHONE,
        "large_type": has_large_type(),
        "links": LINKS,
        "locale": current_locale(),
        "site_nav": SITE_NAV,
    }


def address_of(endpoint: str, **values: Any) -> str:
    """The full address for paper and QR codes: always the public one, whatever name this request used."""
    settings: Settings = current_app.extensions["diancai.settings"]
    return (settings.address_for_ballots or request.host_url).rstrip("/") + url_for(endpoint, **values)


def _street() -> Street | None:
    """The street of the page or of its round; where a page has neither, the only street there is."""
    if "street" not in g and "shown_round" in g:
        g.street = queries.street_of(session(), g.shown_round.street_id)
    if "street" not in g:
        found = queries.streets(session())
        g.street = found[0] if len(found) == 1 else None
    street: Street | None = g.street
    return street


def _help_phone() -> str:
    street = _street()
    return street.office.help_phone if street else ""


def _links() -> dict[str, str]:
    if "links" not in g:
        g.links = _made_links(_street(), g.get("shown_round"))
    links: dict[str, str] = g.links
    return links


def _made_links(street: Street | None, round_: Round | None) -> dict[str, str]:
    back = request.full_path.rstrip("?") if request.method == "GET" else "/"
    links = {
        "home": url_for("publishing.portal"),
        "results": url_for("publishing.results"),
        "open_data": url_for("publishing.open_data"),
        "sign_in": url_for("accounts.sign_in"),
        "large_type": url_for("publishing.set_display", large=0 if has_large_type() else 1, back=back),
        "language": url_for("publishing.set_display", language="en" if current_locale() == "zh" else "zh", back=back),
    }
    if street:
        links["privacy"] = url_for("publishing.privacy", street_code=street.division.code)
    if round_:
        links["rules"] = url_for("publishing.round", round_id=round_.id, _anchor="rules")
        links["how_to_vote"] = url_for("publishing.how_to_vote", round_id=round_.id)
        links["board"] = url_for("board.look_up", round_id=round_.id)
    return links


def _site_nav() -> list[tuple[str, str, bool]]:
    entries = (
        (_("首页"), "publishing.portal"),
        (_("往期结果"), "publishing.results"),
        (_("开放数据"), "publishing.open_data"),
        (_("关于"), "publishing.about"),
    )
    return [(label, url_for(endpoint), request.endpoint == endpoint) for label, endpoint in entries]


HELP_PHONE, LINKS, SITE_NAV = LocalProxy(_help_phone), LocalProxy(_links), LocalProxy(_site_nav)
"""Made when a template asks: a receipt asks for none of them, and a thousand of it may be wanted at once."""
