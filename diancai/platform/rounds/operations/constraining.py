"""限制条件 of a draft: written as a whole, and kept with their items when the menu is numbered anew."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from diancai.budget import Constraints
from diancai.errors import InvalidInput
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.rounds.constraint_checks import problems_of
from diancai.platform.rounds.constraints import constraints_of, plain_constraints, renumbered
from diancai.platform.rounds.events import ConstraintsSet
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.drafting import claim_draft
from diancai.platform.rounds.rules import canonical_json, election_rule_of, menu_as_counted


def set_constraints(
    session: Session, round_: Round, constraints: Constraints, *, revision: int, by: Actor, at: datetime
) -> Round:
    """Write all constraints of a draft. `revision` is the round's as the page was opened.

    Raises the first of `problems_of_constraints` that was not there before, so that of two faults one can be mended
    first; and as `claim_draft`.
    """
    before = [_said(problem) for problem in problems_of_constraints(session, round_, constraints_of(round_))]
    for problem in problems_of_constraints(session, round_, constraints):
        if _said(problem) not in before:
            raise problem
    claim_draft(session, round_, revision)
    round_.constraints = canonical_json(plain_constraints(constraints))
    record(session, ConstraintsSet(round_.street_id, round_.id, round_.constraints), by=by, at=at)
    return round_


def problems_of_constraints(session: Session, round_: Round, constraints: Constraints) -> Iterator[InvalidInput]:
    """What would be wrong with these under the round's rule, fund and menu: as `constraint_checks.problems_of`."""
    rule = replace(election_rule_of(round_), constraints=constraints)
    yield from problems_of(rule, menu_as_counted(session, round_), round_.fund_fen)


def keep_numbers(round_: Round, new: Mapping[str, str]) -> None:
    """The constraints name the same items after the menu was put in another order; those taken off are dropped."""
    kept = renumbered(constraints_of(round_), new)
    round_.constraints = canonical_json(plain_constraints(kept))


def _said(problem: InvalidInput) -> tuple[str, dict[str, object]]:
    return problem.code, dict(problem.facts)
