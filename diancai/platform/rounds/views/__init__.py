"""Pages of rounds for the office."""

from diancai.platform.rounds.views import (
    constraints,
    importing,
    lists,
    living,
    menu,
    notices,
    rules,
    scrutineers,
    signing,
)
from diancai.platform.rounds.views.blueprint import bp

__all__ = [
    "bp",
    "constraints",
    "importing",
    "lists",
    "living",
    "menu",
    "notices",
    "rules",
    "scrutineers",
    "signing",
]
