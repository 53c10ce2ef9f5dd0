"""A count that is stored, ready to be asked further questions: the same ballots, menu, fund, rule and draw."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from diancai.budget import Election, Rule
from diancai.platform.results.box import closing_minute, open_box
from diancai.platform.results.frozen import drawn_seed, election_of, frozen_rules
from diancai.platform.results.models import Result
from diancai.platform.rounds.models import Round
from diancai.voting import TieOrder


@dataclass(frozen=True)
class Counted:
    """What one version of a result was counted from."""

    election: Election
    rule: Rule
    ties: TieOrder


def counted_from_box(session: Session, round_: Round, result: Result) -> Counted:
    """For the office. Raises as `open_box`."""
    return _counted(session, round_, result, open_box(session, round_).texts, json.loads(result.bundle))


def counted_from_bundle(session: Session, round_: Round, result: Result) -> Counted | None:
    """For everybody: from what is published; None where the ballots are not (vote.md 3)."""
    bundle = json.loads(result.bundle)
    return None if bundle["ballots"] is None else _counted(session, round_, result, bundle["ballots"], bundle)


def _counted(
    session: Session, round_: Round, result: Result, texts: Iterable[str], bundle: Mapping[str, Any]
) -> Counted:
    """With the fund and the withdrawals of that version, not of now."""
    rules = replace(frozen_rules(session, round_), fund_fen=result.fund_fen)
    election = election_of(rules, texts, bundle["withdrawn"])
    _, seed = drawn_seed(session, round_, closing_minute(session, round_))
    return Counted(election, rules.rule, TieOrder(rules.tie_rule, seed))
