"""Money, caps, the fund's ledger, allocation rules and their explanations. Pure: may import `diancai.voting` only."""

from diancai.budget.allocation import METHODS, Allocation, allocate
from diancai.budget.caps import DEFAULT_CAPS, Cap, ItemCategory, cap_on, check_cap
from diancai.budget.constraints import Ceiling, Constraints, Dimension, Floor, Reserve
from diancai.budget.election import Election, Item, election_from_pabulib
from diancai.budget.explanations import Reason, Step
from diancai.budget.ledger import EntryKind, LedgerEntry, balance_fen, post
from diancai.budget.margins import Margin, MarginStatus, margins
from diancai.budget.money import Fen, parse_yuan, share_out, show_wan, show_yuan, yuan_in_words
from diancai.budget.rules import Binding, Completion, Method, Rule, Utility, check_rule

__all__ = [
    "DEFAULT_CAPS",
    "METHODS",
    "Allocation",
    "Binding",
    "Cap",
    "Ceiling",
    "Completion",
    "Constraints",
    "Dimension",
    "Election",
    "EntryKind",
    "Fen",
    "Floor",
    "Item",
    "ItemCategory",
    "LedgerEntry",
    "Margin",
    "MarginStatus",
    "Method",
    "Reason",
    "Reserve",
    "Rule",
    "Step",
    "Utility",
    "allocate",
    "balance_fen",
    "cap_on",
    "check_cap",
    "check_rule",
    "election_from_pabulib",
    "margins",
    "parse_yuan",
    "post",
    "share_out",
    "show_wan",
    "show_yuan",
    "yuan_in_words",
]
