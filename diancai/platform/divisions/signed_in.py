"""The actor of a request: a person whose sign-in is complete, with every office held today; anyone otherwise."""

from dataclasses import replace

from sqlalchemy.orm import Session

from diancai.platform.accounts import browser
from diancai.platform.core.actor import ANYONE, Actor
from diancai.platform.core.hall_charge import is_hall_server
from diancai.platform.divisions.queries import actor_of
from diancai.platform.web.access import request_time


def signed_in_actor(session: Session) -> Actor:
    found = browser.signed_in(session)
    if found is None or found.step is not None:
        return ANYONE
    actor = actor_of(session, found.staff.id, request_time())
    return replace(actor, is_in_hall=True) if is_hall_server(session) else actor
