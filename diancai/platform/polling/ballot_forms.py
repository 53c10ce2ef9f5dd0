"""The ballot of an announced round, read from its frozen rule book."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.rounds.models import RuleBook
from diancai.voting import BallotForm, BallotType

_KEPT: dict[str, BallotForm] = {}


def ballot_form_in(rule_book: Mapping[str, Any]) -> BallotForm:
    """The form that docs/bundle.md's `rule_book` describes."""
    ballot, items = rule_book["ballot"], rule_book["items"]
    ballot_type = BallotType(ballot["type"])
    return BallotForm(
        ballot_type=ballot_type,
        item_numbers=tuple(item["number"] for item in items),
        costs_fen=tuple(item["cost_fen"] for item in items),
        min_marks=ballot["min_marks"],
        max_marks=ballot["max_marks"],
        fund_fen=rule_book["fund_fen"] if ballot_type is BallotType.KNAPSACK else None,
    )


def frozen_form(session: Session, round_id: int, sha256: str) -> BallotForm:
    """Frozen, so that a process may keep it by the rule book's hash."""
    if sha256 not in _KEPT:
        text = session.scalars(select(RuleBook.text).where(RuleBook.round_id == round_id)).one()
        _KEPT[sha256] = ballot_form_in(json.loads(text))
    return _KEPT[sha256]
