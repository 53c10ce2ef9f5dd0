"""The frozen rule book as the count reads it: what was announced decides, not the columns beside it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.budget import Binding, Completion, Method, Rule, Utility
from diancai.errors import Conflict, NotFound
from diancai.platform.rounds.models import Round, RuleBook
from diancai.platform.rounds.rules import ballot_form_in, canonical_json, sha256_of, withdrawn_numbers
from diancai.voting import BallotForm, TieRule


@dataclass(frozen=True)
class FrozenRules:
    """What decides a count (vote.md 4). `text` is the rule book itself; `fund_fen` is what is allocated, which may be
    another amount than the rule book's where the approval gave another; ballots keep to the one announced.
    """

    text: str
    form: BallotForm
    fund_fen: int
    rule: Rule
    tie_rule: TieRule
    publication: str


def frozen_rules(session: Session, round_: Round) -> FrozenRules:
    """Raises NotFound results.no_rule_book, Conflict results.rule_book_differs unless its hash is the announced one."""
    row = session.get(RuleBook, round_.id)
    if row is None:
        raise NotFound("results.no_rule_book")
    book = json.loads(row.text)
    if sha256_of(canonical_json(book)) != row.sha256:
        raise Conflict("results.rule_book_differs")
    return FrozenRules(
        text=row.text,
        form=ballot_form_in(row.text),
        fund_fen=_fund_fen(session, round_, book["fund_fen"]),
        rule=rule_in(book["rule"]),
        tie_rule=TieRule(book["ties"]["order"]),
        publication=book["publication"],
    )


def _fund_fen(session: Session, round_: Round, announced_fen: int) -> int:
    """Read under a lock: another amount may be granted at this moment, and is then counted anew by whoever grants it."""
    granted = select(Round.granted_fen).where(Round.id == round_.id).with_for_update(key_share=True)
    granted_fen = session.scalar(granted)
    return announced_fen if granted_fen is None else granted_fen


def rule_in(part: Mapping[str, Any]) -> Rule:
    """`rule` of a rule book (docs/bundle.md); parameters that the rule does not use are absent or null."""
    return Rule(
        method=Method(part["name"]),
        seat_count=part.get("k"),
        binding=Binding(part.get("fund_binding") or Binding.SKIP),
        utility=Utility(part.get("utility") or Utility.COST),
        completion=Completion(part.get("completion") or Completion.NONE),
    )


def withdrawn_in_order(session: Session, round_: Round, form: BallotForm) -> tuple[str, ...]:
    """Numbers of the items that cannot win any more, in menu order."""
    withdrawn = withdrawn_numbers(session, round_)
    return tuple(number for number in form.item_numbers if number in withdrawn)
