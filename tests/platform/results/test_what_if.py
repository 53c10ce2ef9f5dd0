"""换一种算法会怎样: for the office once counted, for everybody once result and ballots are published."""

import pytest

from diancai.budget import Completion, Method, Utility
from diancai.platform.results import comparison
from diancai.platform.results.views import what_if as views
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import Publication
from tests.platform.results.stage import a_stage, count, publish
from tests.platform.results.test_pages import Office, office

__all__ = ["office"]

BALLOTS = ["1,2"] * 50 + ["2,3"] * 40 + ["4"] * 20 + ["1,5"] * 10
PUBLIC = {"publication": Publication.BALLOTS}


def test_the_office_compares_what_is_counted_and_nothing_before(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS)
        number = stage.round_.id
    page = f"/staff/rounds/{number}/result/what-if"
    assert office.get(page, by=stage.officer).status_code == 409
    with office.site.transaction() as session:
        stage.round_ = session.get_one(Round, number)
        count(session, stage)
    shown = office.get(page, by=stage.officer).text
    for words in ("不是结果", "均等份额法；按金额计", "弗拉格曼法", "资金多 10%", "资金少 10%", "不得外传"):
        assert words in shown
    assert office.get(f"/rounds/{number}/result/what-if").status_code == 404


@pytest.mark.parametrize(
    ("columns", "ballots", "status"),
    [(PUBLIC, BALLOTS, 200), (PUBLIC, BALLOTS[:99], 404), ({}, BALLOTS, 404)],
)
def test_everybody_compares_only_published_ballots(
    office: Office, columns: dict[str, object], ballots: list[str], status: int
) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, ballots, **columns)
        number = stage.round_.id
        publish(session, stage, count(session, stage))
    assert office.get(f"/rounds/{number}/result/what-if").status_code == status
    assert ("result/what-if" in office.get(f"/rounds/{number}/result").text) == (status == 200)


def test_a_slow_rule_of_its_own_is_compared_with_other_rules_only(office: Office) -> None:
    shares = {"method": Method.EQUAL_SHARES, "utility": Utility.COST, "completion": Completion.ADD1} | PUBLIC
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS, **shares)
        count(session, stage)
        number = stage.round_.id
    shown = office.get(f"/staff/rounds/{number}/result/what-if", by=stage.officer).text
    assert "这里不比较资金多少" in shown
    assert "资金多 10%" not in shown


def test_too_many_ballots_are_not_compared_on_a_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS)
        count(session, stage)
        number = stage.round_.id
    assert views.MOST_BALLOTS == comparison.MOST_BALLOTS
    monkeypatch.setattr(views, "MOST_BALLOTS", 100)
    assert "diancai compare" in office.get(f"/staff/rounds/{number}/result/what-if", by=stage.officer).text
