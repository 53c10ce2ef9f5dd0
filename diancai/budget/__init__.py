"""Money, caps, the fund's ledger, allocation rules and their explanations. Pure: may import `diancai.voting` only."""

from diancai.budget.allocation import METHODS, Allocation, allocate
from diancai.budget.caps import DEFAULT_CAPS, Cap, ItemCategory, cap_on, check_cap
from diancai.budget.election import (
    Binding,
    Completion,
    Election,
    Item,
    Method,
    Rule,
    Utility,
    check_rule,
    election_from_pabulib,
)
from diancai.budget.explanations import Reason, Step
from diancai.budget.ledger import EntryKind, LedgerEntry, balance_fen, post
from diancai.budget.margins import Margin, MarginStatus, margins
from diancai.budget.money import Fen, parse_yuan, share_out, show_wan, show_yuan, yuan_in_words

__all__ = [
    "DEFAULT_CAPS",
    "METHODS",
    "Allocation",
    "Binding",
    "Cap",
    "Completion",
    "Election",
    "EntryKind",
    "Fen",
    "Item",
    "ItemCategory",
    "LedgerEntry",
    "Margin",
    "MarginStatus",
    "Method",
    "Reason",
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
