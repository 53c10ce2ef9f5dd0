from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai import verify
from diancai.budget import Completion, Method, Rule, Utility, parse_yuan
from diancai.errors import InvalidInput
from diancai.platform.core.actor import Actor, Role
from diancai.platform.polling.models import SealedBallot
from diancai.platform.results.models import Result
from diancai.platform.results.operations import count_round, import_election
from diancai.platform.results.queries import outcomes_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from diancai.voting import PabulibFile, parse_pabulib, read_pabulib
from tests.elections import real_files
from tests.factories import AT, a_staff, a_street

GREEDY = Rule(Method.GREEDY)
SHARES = Rule(Method.EQUAL_SHARES, utility=Utility.COST, completion=Completion.NONE)
WIELICZKA = "Poland_Wieliczka_2023_Green_Budget"


def a_file(
    *,
    vote_type: str = "approval",
    votes: tuple[str, ...] = ("1,2", "2", "2,10", ""),
    budget: str = "100",
    cost: str = "40",
    more: str = "",
) -> PabulibFile:
    rows = "\n".join(f"{voter};{vote};44;F" for voter, vote in enumerate(votes))
    return parse_pabulib(
        f"META\nkey;value\ncountry;Poland\nunit;Nowa\ninstance;2023\ncurrency;PLN\nbudget;{budget}\n"
        f"vote_type;{vote_type}\ndate_begin;01.03.2023\ndate_end;20.03.2023\n{more}"
        f"PROJECTS\nproject_id;cost;name\n1;{cost};Ławka\n2;60;Drzewo\n10;0.50;\n"
        f"VOTES\nvoter_id;vote;age;sex\n{rows}\n"
    )


def imported(session: Session, file: PabulibFile, rule: Rule = GREEDY) -> tuple[Round, Actor]:
    street = a_street(session)
    officer = a_staff(session, street, Role.OFFICER)
    return import_election(session, street.id, file, rule=rule, title="Nowa 2023", by=officer, at=AT), officer


def verified(result: Result, tmp_path: Path) -> int:
    path = tmp_path / "bundle.json"
    path.write_bytes(result.bundle.encode())
    return verify.main([str(path), "--expect", result.bundle_sha256])


def test_an_imported_election_arrives_closed_without_its_voters(session: Session) -> None:
    round_, _ = imported(session, a_file())
    assert (round_.state, round_.is_imported, round_.fund_fen) == (RoundState.CLOSED, True, parse_yuan("100"))
    texts = sorted(session.scalars(select(SealedBallot.choices)))
    assert texts == ["", "1,2", "2", "2,10"]
    assert round_.area == "Poland · Nowa · 2023 · PLN"


@pytest.mark.parametrize("rule", [GREEDY, SHARES])
def test_it_is_counted_and_verified_like_any_other(session: Session, tmp_path: Path, rule: Rule) -> None:
    round_, officer = imported(session, a_file(), rule)
    result = count_round(session, round_, by=officer, at=AT)
    assert verified(result, tmp_path) == 0
    assert {outcome.number for outcome in outcomes_of(session, round_, result) if outcome.is_selected} >= {"2"}


def test_a_ranking_counts_by_its_places(session: Session) -> None:
    round_, officer = imported(session, a_file(vote_type="ordinal", votes=("2,1", "2,10", "1,2")))
    result = count_round(session, round_, by=officer, at=AT)
    scores = {outcome.number: outcome.score for outcome in outcomes_of(session, round_, result)}
    assert scores == {"1": 5, "2": 8, "10": 2}


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (a_file(cost="40.005"), "import.finer_than_fen"),
        (a_file(vote_type="ordinal", votes=("2,1,10",), more="max_length;2\n"), "import.ballot_too_long"),
    ],
)
def test_what_cannot_be_kept_exactly_is_refused(session: Session, file: PabulibFile, code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        imported(session, file)


def test_points_are_refused_for_now(session: Session) -> None:
    file = parse_pabulib(
        "META\nkey;value\nbudget;10\nvote_type;cumulative\nPROJECTS\nproject_id;cost\n1;5\nVOTES\nvoter_id;vote;points\n1;1;3\n"
    )
    with pytest.raises(InvalidInput, match=r"import\.vote_type"):
        imported(session, file)


@pytest.mark.parametrize(
    "rule", [Rule(Method.PHRAGMEN), Rule(Method.GREEDY_PER_COST)], ids=lambda rule: rule.method.value
)
def test_phragmen_and_votes_per_cost_do_not_count_rankings(session: Session, rule: Rule) -> None:
    with pytest.raises(InvalidInput, match=r"rule\.not_for_ballot"):
        imported(session, a_file(vote_type="ordinal", votes=("2,1",)), rule)


@pytest.mark.parametrize("utility", list(Utility))
def test_an_imported_ranking_may_be_counted_by_equal_shares_with_any_utility(
    session: Session, utility: Utility
) -> None:
    round_, _ = imported(session, a_file(vote_type="ordinal", votes=("2,1",)), replace(SHARES, utility=utility))
    assert round_.utility is utility


def test_what_is_for_analysis_only_is_not_imported_as_a_rule_book(session: Session) -> None:
    with pytest.raises(InvalidInput, match=r"rule\.not_for_rule_book"):
        imported(session, a_file(), Rule(Method.BOS))


@pytest.mark.oracle
@pytest.mark.parametrize("rule", [GREEDY, SHARES], ids=["greedy", "equal-shares"])
def test_wieliczka_has_the_winners_of_pabutools(session: Session, tmp_path: Path, rule: Rule) -> None:
    reason = "pabutools is not installed (pip install '.[oracle]')"
    peers = (
        pytest.importorskip("pabutools.election", reason=reason),
        pytest.importorskip("pabutools.rules", reason=reason),
    )
    path = next((file for file in real_files() if file.stem == WIELICZKA), None)
    if path is None:
        pytest.skip(f"{WIELICZKA}.pb is not beside this checkout")
    round_, officer = imported(session, read_pabulib(path), rule)
    result = count_round(session, round_, by=officer, at=AT)
    assert result.ballot_count == 6586
    winners = {outcome.number for outcome in outcomes_of(session, round_, result) if outcome.is_selected}
    assert winners == winners_of_peer(path, rule, *peers)
    assert verified(result, tmp_path) == 0


def winners_of_peer(path: Path, rule: Rule, election: Any, rules: Any) -> set[str]:
    """From the peer's own reading of the file. Greedy by cost utility per cost is greedy by votes."""
    instance, profile = election.parse_pabulib(str(path))
    is_greedy = rule.method is Method.GREEDY
    count = rules.greedy_utilitarian_welfare if is_greedy else rules.method_of_equal_shares
    return {project.name for project in count(instance, profile.as_multiprofile(), sat_class=election.Cost_Sat)}
