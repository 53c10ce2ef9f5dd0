"""URL numbers become loaded things, once, here: a thing that is not there is a 404 before any view runs."""

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from diancai.errors import NotFound

Loader = Callable[[Session, Any, Mapping[str, Any]], Any]
LOADERS: dict[str, tuple[str, Loader]] = {}


def loads(url_name: str, parameter: str) -> Callable[[Loader], Loader]:
    """Register `loader(session, value, things loaded so far)`; it returns None for what does not exist.

    A loader of a thing inside another looks it up inside that other (`things["round_"]`), so that an item of another
    round is not found.
    """

    def register(loader: Loader) -> Loader:
        LOADERS[url_name] = (parameter, loader)
        return loader

    return register


def load_things(session: Session, url_values: Mapping[str, Any], view: Callable[..., Any]) -> dict[str, Any]:
    """What the view asks for, by the names of its parameters; values without a loader pass as they are."""
    things: dict[str, Any] = {}
    for url_name, value in url_values.items():
        parameter, loader = LOADERS.get(url_name, (url_name, _as_it_is))
        thing = loader(session, value, things)
        if thing is None:
            raise NotFound("page.not_found")
        things[parameter] = thing
    return {name: thing for name, thing in things.items() if name in _wanted(view)} | {"": _last(things)}


@cache
def _wanted(view: Callable[..., Any]) -> frozenset[str]:
    return frozenset(inspect.signature(view).parameters)


def _as_it_is(_session: Session, value: Any, _things: Mapping[str, Any]) -> Any:
    return value


def _last(things: dict[str, Any]) -> Any:
    """The innermost thing that has a street: the one that policies ask about."""
    return next((thing for thing in reversed(things.values()) if hasattr(thing, "street_id")), None)
