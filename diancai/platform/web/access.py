"""The one door: load, check the policy, run the view, commit once."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from diancai.errors import NotAllowed, NotFound, WrongState
from diancai.platform.core.actor import ANYONE, Actor
from diancai.platform.core.db import begin_write
from diancai.platform.core.permissions import PERMISSIONS, Policy, anyone, is_for_office
from diancai.platform.web.database import session
from diancai.platform.web.loading import load_things

View = Callable[..., Any]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
WITHOUT_POLICY = frozenset({"static", "bootstrap.static"})
"""Files that ship with the application."""


def request_time() -> datetime:
    """The instant of this request, the same wherever it is asked."""
    if "at" not in g:
        g.at = current_app.extensions["diancai.clock"]()
    at: datetime = g.at
    return at


def actor() -> Actor:
    """Who asks. The application says how a browser's session becomes an actor."""
    if "actor" not in g:
        g.actor = current_app.extensions["diancai.actor"](session())
    found: Actor = g.actor
    return found


def allow(policy: Policy, *, writes: bool = True) -> Callable[[View], View]:
    """Guard a view with a policy of (actor, innermost thing). The request's one commit stands here.

    `writes=False` says that a view stores nothing though it is asked by POST, so that it takes no write lock.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(**url_values: Any) -> Any:
            is_writer = writes and request.method not in SAFE
            if is_writer:
                begin_write(session())
            if is_for_office(policy) and not actor().is_staff:
                return refuse(policy, None)
            things = load_things(session(), url_values, view) if url_values else {}
            thing = things.pop("", None)
            if policy is not anyone and not policy(actor(), thing):
                return refuse(policy, thing)
            answer = view(**things)
            if is_writer:
                session().commit()
            return answer

        guarded.policy = policy  # type: ignore[attr-defined]
        return guarded

    return guard


def refuse(policy: Policy, thing: Any) -> Response:
    """To sign-in, or the reason. Other streets' things do not exist for those who may not see them."""
    who = actor()
    if not who.is_staff:
        if request.method in SAFE:
            return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), code=303)
        raise NotAllowed("page.forbidden")
    if thing is None:
        _require_not_in_hall(who, policy)
        raise NotAllowed("page.forbidden")
    roles = who.roles_in(thing.street_id)
    if not roles:
        raise NotFound("page.not_found")
    row = PERMISSIONS.get(getattr(policy, "action", ""))
    _require_not_in_hall(who, policy)
    if row is not None and roles & row.roles:
        raise WrongState("state.not_now")
    raise NotAllowed("page.forbidden")


def _require_not_in_hall(who: Actor, policy: Policy) -> None:
    row = PERMISSIONS.get(getattr(policy, "action", ""))
    if row is not None and who.is_in_hall and not row.in_hall:
        raise WrongState("hall_server.at_the_office")


def check_every_endpoint(app: Flask) -> None:
    """Raises RuntimeError when an endpoint names no policy: the application then refuses to start."""
    bare = [name for name, view in app.view_functions.items() if not hasattr(view, "policy")]
    if unguarded := sorted(set(bare) - WITHOUT_POLICY):
        raise RuntimeError(f"endpoints without a policy: {', '.join(unguarded)}")


__all__ = ["ANYONE", "actor", "allow", "check_every_endpoint", "request_time", "session"]
