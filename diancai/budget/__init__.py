"""Money, caps, the fund's ledger, allocation rules and their explanations. Pure: may import `diancai.voting` only."""

from diancai.budget.allocation import METHODS, Allocation, allocate
from diancai.budget.caps import DEFAULT_CAPS, Cap, ItemCategory, cap_on, check_cap
from diancai.budget.constraints import Ceiling, Constraints, Dimension, Floor, Reserve
from diancai.budget.election import Election, Item, election_from_pabulib
from diancai.budget.explanations import Reason, Step
from diancai.budget.fairness import Witness, ejr_plus_violations
from diancai.budget.ledger import EntryKind, LedgerEntry, balance_fen, post
from diancai.budget.margins import Margin, MarginStatus, margins
from diancai.budget.money import Fen, parse_yuan, share_out, show_wan, show_yuan, yuan_in_words
from diancai.budget.queue import (
    Application,
    Criterion,
    First,
    LexicographicRule,
    Position,
    Queue,
    WeightedCriterion,
    WeightedRule,
    check_queue_rule,
    rank_applications,
)
from diancai.budget.rules import (
    RULE_BOOK_COMPLETIONS,
    RULE_BOOK_METHODS,
    Binding,
    Completion,
    Method,
    Rule,
    Utility,
    check_rule,
    check_rule_book_rule,
)
from diancai.budget.searched_margins import MarginSearch, searched_margins
from diancai.budget.summary import GroupSummary, Summary, summarise
from diancai.budget.ties import Tie
from diancai.budget.whatif import Change, Outcome, quick_rules, slow_rules, under_rules, what_if

__all__ = [
    "DEFAULT_CAPS",
    "METHODS",
    "RULE_BOOK_COMPLETIONS",
    "RULE_BOOK_METHODS",
    "Allocation",
    "Application",
    "Binding",
    "Cap",
    "Ceiling",
    "Change",
    "Completion",
    "Constraints",
    "Criterion",
    "Dimension",
    "Election",
    "EntryKind",
    "Fen",
    "First",
    "Floor",
    "GroupSummary",
    "Item",
    "ItemCategory",
    "LedgerEntry",
    "LexicographicRule",
    "Margin",
    "MarginSearch",
    "MarginStatus",
    "Method",
    "Outcome",
    "Position",
    "Queue",
    "Reason",
    "Reserve",
    "Rule",
    "Step",
    "Summary",
    "Tie",
    "Utility",
    "WeightedCriterion",
    "WeightedRule",
    "Witness",
    "allocate",
    "balance_fen",
    "cap_on",
    "check_cap",
    "check_queue_rule",
    "check_rule",
    "check_rule_book_rule",
    "ejr_plus_violations",
    "election_from_pabulib",
    "margins",
    "parse_yuan",
    "post",
    "quick_rules",
    "rank_applications",
    "searched_margins",
    "share_out",
    "show_wan",
    "show_yuan",
    "slow_rules",
    "summarise",
    "under_rules",
    "what_if",
    "yuan_in_words",
]
