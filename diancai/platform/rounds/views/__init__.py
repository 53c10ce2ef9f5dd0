"""Pages of rounds for the office."""

from diancai.platform.rounds.views import importing, lists, living, menu, notices, rules, scrutineers, signing
from diancai.platform.rounds.views.blueprint import bp

__all__ = ["bp", "importing", "lists", "living", "menu", "notices", "rules", "scrutineers", "signing"]
