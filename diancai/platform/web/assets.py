"""Addresses of the files that ship with the application, and its icons: plain strings, since a page has a dozen of them."""

from functools import cache

from flask import Flask, current_app, request
from markupsafe import Markup


def static_url(name: str) -> str:
    """The address of a file under static/."""
    return f"{request.script_root}{current_app.static_url_path}/{name}"


def bootstrap_url(name: str) -> str:
    """The address of a file that Bootstrap-Flask ships."""
    return f"{request.script_root}/bootstrap{current_app.static_url_path}/{name}"


@cache
def icon(name: str) -> Markup:
    """An icon of the Bootstrap icon font, always beside a word."""
    return Markup('<i class="bi bi-{}" aria-hidden="true"></i>').format(name)


def init_assets(app: Flask) -> None:
    app.jinja_env.globals.update(static_url=static_url, bootstrap_url=bootstrap_url, icon=icon)
