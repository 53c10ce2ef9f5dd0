"""Every rule and every constraint that a rule book may name: counted, said in both languages, and recounted by outsiders."""

import random
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import diancai
from diancai import verify
from diancai.budget import RULE_BOOK_COMPLETIONS, Binding, Completion, ItemCategory, Method, Utility
from diancai.platform.core.words import WORDS
from diancai.platform.divisions.models import Division
from diancai.platform.results.models import MarginKind, Result
from diancai.platform.results.queries import ItemOutcome, outcomes_of
from diancai.platform.results.wording import Wording
from diancai.platform.rounds.models import MenuItem, Round
from diancai.platform.rounds.rules import canonical_json
from diancai.platform.rounds.states import Publication
from diancai.voting import BallotType
from tests.platform.results import stage as stages
from tests.platform.results.stage import Stage, a_stage, count

COSTS = {"1": 9_000_000, "2": 7_000_000, "3": 5_000_000, "4": 12_345_678, "5": 3_000_000, "6": 8_000_000}
PUBLISHED = {"publication": Publication.BALLOTS}
SHARES = {"method": Method.EQUAL_SHARES, "utility": Utility.COST, "completion": Completion.NONE} | PUBLISHED
RULES = [
    {"method": Method.GREEDY},
    {"method": Method.GREEDY_NO_SKIP},
    {"method": Method.GREEDY_PER_COST},
    {"method": Method.TOP_K, "seat_count": 3, "binding": Binding.SKIP},
    *(SHARES | {"completion": completion} for completion in RULE_BOOK_COMPLETIONS),
    SHARES | {"utility": Utility.CARDINALITY},
    {"method": Method.PHRAGMEN} | PUBLISHED,
]
RANKED = [
    {"method": Method.GREEDY},
    *(
        SHARES | {"utility": Utility.SCORE, "completion": completion}
        for completion in RULE_BOOK_COMPLETIONS
        if completion is not Completion.PHRAGMEN
    ),
]
CONSTRAINTS: list[dict[str, object]] = [
    {},
    {"ceilings": [{"dimension": "category", "group": "works", "limit_fen": 13_000_000}]},
    {"floors": {"dimension": "community", "groups": [{"group": "第一社区", "winners": 2}]}, "winner_limit": 3},
    {"exclusive": [["1", "2"], ["3", "4"]], "decided": ["5"], "least_score": 10},
    {"least_share": {"numerator": 2, "denominator": 5}, "decided": ["6"], "winner_limit": 2},
]
RESERVE = {"reserve": {"share": {"numerator": 1, "denominator": 2}, "amount_fen": 9_000_000}}


def ballots(seed: int = 3, number: int = 120) -> list[str]:
    drawn = random.Random(seed)
    marks = (drawn.sample("123456", drawn.randint(1, 3)) for _ in range(number))
    return [",".join(sorted(mark)) for mark in marks]


def counted(
    session: Session, monkeypatch: pytest.MonkeyPatch, constraints: dict[str, object], **columns: object
) -> tuple[Stage, Result]:
    """A count of works and services, of which three belong to the first community."""
    announce = stages._announce

    def with_constraints(session: Session, round_: Round, *, is_provisional: bool) -> None:
        community = session.query(Division.id).filter_by(parent_id=round_.street_id).limit(1).scalar()
        for item in session.scalars(select(MenuItem).filter_by(round_id=round_.id)):
            item.category = ItemCategory.WORKS if item.number in "124" else ItemCategory.SERVICES
            item.community_id = community if item.number in "346" else None
        round_.constraints = canonical_json(constraints)
        session.flush()
        announce(session, round_, is_provisional=is_provisional)

    monkeypatch.setattr(stages, "_announce", with_constraints)
    stage = a_stage(session, ballots(), costs=COSTS, fund_fen=22_000_000, **columns)
    return stage, count(session, stage)


def verified(result: Result, tmp_path: Path) -> int:
    path = tmp_path / "bundle.json"
    path.write_bytes(result.bundle.encode())
    return verify.main([str(path), "--expect", result.bundle_sha256])


def all_said(stage: Stage, outcomes: Iterable[ItemOutcome]) -> None:
    for locale in ("zh", "en"):
        words = Wording(stage.round_.ballot_type, locale)
        for outcome in outcomes:
            assert "{" not in words.reason(outcome) + words.margin(outcome)


@pytest.mark.parametrize("constraints", CONSTRAINTS, ids=lambda plain: "+".join(plain) or "none")
@pytest.mark.parametrize("columns", RULES, ids=lambda columns: f"{columns['method']}-{columns.get('completion', '')}")
def test_ticks_are_counted_as_the_verifier_does(
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    columns: dict[str, object],
    constraints: dict[str, object],
) -> None:
    stage, result = counted(session, monkeypatch, constraints, **columns)
    assert verified(result, tmp_path) == 0
    all_said(stage, outcomes_of(session, stage.round_, result))


@pytest.mark.parametrize("columns", RANKED, ids=lambda columns: f"{columns['method']}-{columns.get('completion', '')}")
def test_rankings_are_counted_as_the_verifier_does(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: dict[str, object]
) -> None:
    _, result = counted(session, monkeypatch, CONSTRAINTS[1], ballot_type=BallotType.RANKING, **columns)
    assert verified(result, tmp_path) == 0


@pytest.mark.parametrize("method", [Method.GREEDY, Method.GREEDY_NO_SKIP])
def test_a_reserve_is_counted_as_the_verifier_does(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: Method
) -> None:
    stage, result = counted(session, monkeypatch, RESERVE, method=method)
    assert verified(result, tmp_path) == 0
    outcomes = outcomes_of(session, stage.round_, result)
    assert "won.reserve" in {outcome.reason_code for outcome in outcomes}
    assert result.left_fen < 0
    all_said(stage, outcomes)


def test_margins_by_votes_are_exact_under_constraints_too(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    stage, result = counted(session, monkeypatch, CONSTRAINTS[2])
    kinds = {outcome.margin_kind for outcome in outcomes_of(session, stage.round_, result)}
    assert kinds <= {MarginKind.EXACT, MarginKind.NONE}


CODE = re.compile(r"\"((?:won|lost)\.[a-z_]+)\"")
SEVERAL = {"lost.tie": ("lost.tie.cost", "lost.tie.lot", "lost.tie.votes")}


def test_every_reason_that_the_engine_can_give_has_words() -> None:
    """In English too: `diancai check` proves that every text of the catalogue is translated."""
    folder = Path(diancai.__file__).parent / "budget"
    codes = {code for path in folder.glob("*.py") for code in CODE.findall(path.read_text("utf-8"))}
    assert len(codes) > 15
    wanted = {variant for code in codes for variant in SEVERAL.get(code, (code,))}
    assert not {f"reason.{code}" for code in wanted} - WORDS.keys()
