"""The way in: which street, what one can do there now, and how the page looks to the reader."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from diancai.errors import NotFound
from diancai.platform.core.permissions import anyone
from diancai.platform.publishing import queries
from diancai.platform.publishing.blueprint import bp
from diancai.platform.publishing.overview import overview_of
from diancai.platform.publishing.queries import Street
from diancai.platform.publishing.views.common import street_page
from diancai.platform.web import pages
from diancai.platform.web.access import allow, request_time, session
from diancai.platform.web.loading import loads
from diancai.platform.web.local_address import local_address
from diancai.platform.web.locale import keep_display_choices


@loads("street_code", "street")
def load_street(database: Session, code: str, _things: Mapping[str, Any]) -> Street | None:
    return queries.street_by_code(database, code)


@bp.get("/")
@allow(anyone)
def portal() -> str:
    """One street: its own page. Several: which one."""
    found = queries.streets(session())
    if len(found) == 1:
        return _street_page(found[0])
    return pages.page("publishing/streets.html", streets=found)


@bp.get("/streets/<street_code>")
@allow(anyone)
def street(street: Street) -> str:
    return _street_page(street)


def _street_page(street: Street) -> str:
    overview = overview_of(session(), street, at=request_time())
    return street_page("publishing/street.html", street, overview=overview)


@bp.get("/streets/<street_code>/privacy")
@allow(anyone)
def privacy(street: Street) -> str:
    """隐私告知 in force, and the versions before it."""
    versions = queries.privacy_notices(session(), street, at=request_time())
    if not versions:
        raise NotFound("page.not_found")
    return street_page("publishing/privacy.html", street, newest=versions[0], older=versions[1:])


@bp.get("/about")
@allow(anyone)
def about() -> str:
    return pages.page("publishing/about.html")


@bp.get("/accessibility")
@allow(anyone)
def accessibility() -> str:
    return pages.page("publishing/accessibility.html")


@bp.get("/display")
@allow(anyone)
def set_display() -> Response:
    """Keep type size and language in the reader's own cookie and go back to where the link stood."""
    keep_display_choices(request.args)
    return redirect(local_address(request.args.get("back"), url_for("publishing.portal")), code=303)
