"""The frozen rule book as the count reads it: what was announced decides, not the columns beside it."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.budget import Binding, Completion, Election, Item, Method, Rule, Utility
from diancai.errors import Conflict, NotFound
from diancai.platform.polling.models import ClosingMinute
from diancai.platform.results.models import Draw
from diancai.platform.rounds.constraints import constraints_in
from diancai.platform.rounds.models import Round, RuleBook
from diancai.platform.rounds.rules import ballot_form_in, canonical_json, sha256_of, withdrawn_numbers
from diancai.voting import BallotForm, TieRule, file_seed, profile_from_texts, tie_seed


@dataclass(frozen=True)
class FrozenRules:
    """What decides a count (vote.md 4). `text` is the rule book itself; `fund_fen` is what is allocated, which may be
    another amount than the rule book's where the approval gave another; ballots keep to the one announced.
    """

    text: str
    form: BallotForm
    fund_fen: int
    rule: Rule
    items: tuple[Item, ...]
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
        rule=replace(rule_in(book["rule"]), constraints=constraints_in(book.get("constraints"))),
        items=_items_in(book),
        tie_rule=TieRule(book["ties"]["order"]),
        publication=book["publication"],
    )


def _fund_fen(session: Session, round_: Round, announced_fen: int) -> int:
    """Read under a lock: another amount may be granted at this moment, and is then counted anew by whoever grants it."""
    granted = select(Round.granted_fen).where(Round.id == round_.id).with_for_update(key_share=True)
    granted_fen = session.scalar(granted)
    return announced_fen if granted_fen is None else granted_fen


def _items_in(book: Mapping[str, Any]) -> tuple[Item, ...]:
    """The menu with the groups to which ceilings and floors apply; no group is without a name (docs/bundle.md)."""
    return tuple(
        Item(
            item["number"], item["cost_fen"], category=item.get("category") or "", community=item.get("community") or ""
        )
        for item in book["items"]
    )


def election_of(rules: FrozenRules, texts: Iterable[str], withdrawn: Collection[str]) -> Election:
    """What is counted: the menu without what was withdrawn by now, the fund, the ballots."""
    items = tuple(replace(item, is_withdrawn=item.number in withdrawn) for item in rules.items)
    return Election(items, rules.fund_fen, profile_from_texts(rules.form, texts))


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


def drawn_seed(session: Session, round_: Round, minute: ClosingMinute) -> tuple[str, str]:
    """The text that the lot is drawn from, and the seed it gives (vote.md 5). That of an imported round is empty."""
    if round_.is_imported:
        return "", file_seed()
    draw = session.get(Draw, round_.id)
    if draw is None:
        raise NotFound("results.no_draw")
    return draw.text, tie_seed(minute.root_a, minute.hash_b, draw.text)
