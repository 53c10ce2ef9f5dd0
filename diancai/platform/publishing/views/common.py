"""What the public views share: rounds that the public may see, the page of a street."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from diancai.errors import NotFound
from diancai.platform.publishing import frame, phases, queries
from diancai.platform.publishing.queries import Street
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.policy import is_public
from diancai.platform.web import pages
from diancai.platform.web.access import request_time, session
from diancai.platform.web.qr import page_qr_svg

View = Callable[..., Any]


def public_rounds_only(view: View) -> View:
    """A draft does not exist for the public, nor does it for its own officers on a public page."""

    @wraps(view)
    def guarded(round_: Round, **things: Any) -> Any:
        if not is_public(round_):
            raise NotFound("page.not_found")
        return view(round_=round_, **things)

    return guarded


def street_page(template: str, street: Street, **facts: Any) -> str:
    frame.stand_in(street)
    return pages.page(template, street=street, at=request_time(), **facts)


def round_page(template: str, round_: Round, **facts: Any) -> str:
    """A page about one round: its phase, its street, and the address that paper carries."""
    street = queries.street_of(session(), round_.street_id)
    frame.stand_in(street, round_)
    address = frame.address_of("publishing.round", round_id=round_.id)
    return pages.page(
        template,
        street=street,
        round_=round_,
        phase=phases.phase_of(round_, request_time()),
        at=request_time(),
        round_address=address,
        round_qr=page_qr_svg(address),
        **facts,
    )
