"""What a round still needs, in the order in which an office does it: the checklist, and the gate before signing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from diancai.budget import check_cap
from diancai.errors import DomainError, InvalidInput, LimitReached
from diancai.platform.core.clock import local_day
from diancai.platform.core.db import log_outlives_seal
from diancai.platform.funds.models import Fund, FundState
from diancai.platform.funds.queries import caps_for
from diancai.platform.notices.queries import notices_about
from diancai.platform.rounds.checks import rule_problems, rules_in
from diancai.platform.rounds.constraint_checks import problems_of
from diancai.platform.rounds.constraints import constraints_of, plain_constraints
from diancai.platform.rounds.models import MenuItem, Round
from diancai.platform.rounds.publicity import Asked, asked_of, date_problems, problem_with
from diancai.platform.rounds.queries import items_of, latest_sign_off, scrutineers_of
from diancai.platform.rounds.rules import election_rule_of, menu_as_counted
from diancai.platform.rounds.states import RoundState, SignOffState

FEWEST_SCRUTINEERS = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist. Its sentence is `step.<code>`, or `step.<code>.done`, filled with the facts."""

    code: str
    is_done: bool
    facts: dict[str, object] = field(default_factory=dict)


FURTHER: list[Callable[[Session, Round], list[Step]]] = []


def further_steps(find: Callable[[Session, Round], list[Step]]) -> Callable[[Session, Round], list[Step]]:
    """Register what a layer above still needs before the vote opens: `find(session, round_)` gives its steps."""
    FURTHER.append(find)
    return find


def check_ready(session: Session, round_: Round, *, at: datetime) -> None:
    """Raises the first thing that keeps a draft from being signed: what `rule_problems` has, or InvalidInput
    round.opens_in_past, menu.empty, menu.fewer_than_marks (count, marks), item.incomplete (name, missing),
    item.over_fund (name, cost_fen, fund_fen), round.opens_before_candidate_notice and round.opens_before_register_notice
    (days, last_day), LimitReached cap.item_over with the item's `name`, and constraints.* as
    `constraint_checks.problems_of`.
    """
    for problem in problems_before_signing(session, round_, at=at):
        raise problem


def problems_before_signing(session: Session, round_: Round, *, at: datetime) -> Iterator[DomainError]:
    yield from rule_problems(rules_in(round_))
    if round_.opens_at <= at:
        yield InvalidInput("round.opens_in_past", field="opens_at")
    yield from date_problems(session, round_, at=at)
    yield from _menu_problems(session, round_)
    yield from constraint_problems_of(session, round_)


def constraint_problems_of(session: Session, round_: Round) -> Iterator[InvalidInput]:
    """What is wrong with the constraints of a draft as rule and menu stand now."""
    yield from problems_of(election_rule_of(round_), menu_as_counted(session, round_), round_.fund_fen)


def checklist(session: Session, round_: Round, *, at: datetime) -> list[Step]:
    """The steps up to the opening of the vote; empty from then on."""
    if round_.is_imported or round_.state not in (RoundState.DRAFT, RoundState.ANNOUNCED):
        return []
    steps = _drafting_steps(session, round_, at) if round_.state is RoundState.DRAFT else []
    return [*steps, *_opening_steps(session, round_, at), *(step for find in FURTHER for step in find(session, round_))]


def what_is_missing(session: Session, round_: Round, *, at: datetime) -> list[str]:
    """Codes of the steps that are not done, the next one first."""
    return [step.code for step in checklist(session, round_, at=at) if not step.is_done]


def incomplete_parts(item: MenuItem) -> list[str]:
    """What a promise must name before it is published (X-22, X-24): by column."""
    wanted = ("category", "completes_on", "responsible_unit", "origin", "text")
    return [name for name in wanted if not getattr(item, name)]


def _menu_problems(session: Session, round_: Round) -> Iterator[DomainError]:
    items = items_of(session, round_)
    if not items:
        yield InvalidInput("menu.empty")
    elif len(items) < round_.max_marks:
        yield InvalidInput("menu.fewer_than_marks", count=len(items), marks=round_.max_marks)
    caps, day = caps_for(session, round_.street_id), local_day(round_.opens_at)
    for item in items:
        if missing := incomplete_parts(item):
            yield InvalidInput(f"item.incomplete.{missing[0]}", name=item.name)
            continue
        if item.cost_fen > round_.fund_fen:
            yield InvalidInput("item.over_fund", name=item.name, cost_fen=item.cost_fen, fund_fen=round_.fund_fen)
        try:
            assert item.category is not None  # named above when it is missing
            check_cap(caps, item.category, day, item.cost_fen)
        except (InvalidInput, LimitReached) as refusal:
            yield type(refusal)(f"{refusal.code}.named", **refusal.facts, name=item.name)


def _drafting_steps(session: Session, round_: Round, at: datetime) -> list[Step]:
    items = items_of(session, round_)
    rule_faults = [*rule_problems(rules_in(round_)), *date_problems(session, round_, at=at)]
    rules_are_fine = not rule_faults and round_.opens_at > at
    menu_problems = list(_menu_problems(session, round_))
    paper = latest_sign_off(session, round_)
    state = paper.state if paper else None
    return [
        Step("rules", rules_are_fine),
        Step("menu", bool(items) and not menu_problems, {"count": len(items), "problems": len(menu_problems)}),
        *_constraints_step(session, round_),
        Step("order", round_.order_seed is not None, {"seed": round_.order_seed or ""}),
        Step("submit", state in (SignOffState.SUBMITTED, SignOffState.REVIEWED)),
        Step("review", state is SignOffState.REVIEWED),
        Step("announce", False),
    ]


def _constraints_step(session: Session, round_: Round) -> list[Step]:
    """Only where there are some: most streets have none."""
    count = len(plain_constraints(constraints_of(round_)))
    problems = len(list(constraint_problems_of(session, round_)))
    return [Step("constraints", not problems, {"count": count, "problems": problems})] if count else []


def _opening_steps(session: Session, round_: Round, at: datetime) -> list[Step]:
    count = len(scrutineers_of(session, round_))
    steps = [
        *(_notice_step(session, round_, asked, at) for asked in asked_of(round_)),
        Step("scrutineers", count >= FEWEST_SCRUTINEERS, {"count": count, "target": round_.scrutineer_count}),
    ]
    if round_.state is RoundState.ANNOUNCED and log_outlives_seal(session):
        steps.append(Step("log_risk", round_.log_risk_accepted_by is not None))
    fund = session.get_one(Fund, round_.fund_id)
    if fund.state is not FundState.APPROVED and (round_.is_provisional or round_.state is RoundState.DRAFT):
        steps.insert(0, Step("fund_approval", False, {"fund": fund.name}))
    return steps


def _notice_step(session: Session, round_: Round, asked: Asked, at: datetime) -> Step:
    """Without it the vote does not open: first it is posted, then it stands, then its objections are answered."""
    if not asked.working_days:
        is_posted = bool(notices_about(session, f"round:{round_.id}", asked.kind))
        return Step(f"{asked.name}_notice_unasked", is_posted)
    problem = problem_with(session, round_, asked, at=at)
    if problem is None:
        return Step(f"{asked.name}_notice", True, {"days": asked.working_days})
    return Step(problem.code.removeprefix("round.").removesuffix("_missing"), False, dict(problem.facts))
