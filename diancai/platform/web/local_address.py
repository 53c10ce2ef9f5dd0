"""Addresses that a form may send the browser back to: our own paths only, never another site."""

import re

OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")


def local_address(typed: str | None, otherwise: str) -> str:
    """The path as given when it stays on this site, else `otherwise`."""
    return typed if typed and OWN_PATH.fullmatch(typed) else otherwise
