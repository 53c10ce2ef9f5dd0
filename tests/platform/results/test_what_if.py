"""换一种算法会怎样: for the office once counted, for everybody once result and ballots are published."""

import pytest

from diancai.budget import Completion, Method, Utility
from diancai.platform.core.actor import ANYONE
from diancai.platform.results import comparison
from diancai.platform.results.views import what_if as views
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import Publication
from tests.platform.results.stage import Stage, a_stage, count, publish
from tests.platform.results.test_pages import Office, office

__all__ = ["office"]

BALLOTS = ["1,2"] * 50 + ["2,3"] * 40 + ["4"] * 20 + ["1,5"] * 10
PUBLIC = {"publication": Publication.BALLOTS}
SHARES = {"method": Method.EQUAL_SHARES, "utility": Utility.COST} | PUBLIC


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
    for words in (
        "不是结果",
        "本次的办法：按票数从高到低",
        "种办法也是这样",
        "把资金按人头平分",
        "均等份额法；按金额计",
        "弗拉格曼法",
        "资金多 10%",
        "资金少 10%",
        "不得外传",
    ):
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


def test_add1_stands_beside_the_others_where_it_is_quick_enough(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS, **PUBLIC)
        publish(session, stage, count(session, stage))
        number = stage.round_.id
    page = f"/rounds/{number}/result/what-if"
    assert "每人份额逐次加一" in office.get(page).text
    monkeypatch.setattr(comparison, "MOST_CLIMBING", 0)
    shown = office.get(page).text
    assert "另有10种办法要算很久，没有列出" in shown
    assert "diancai compare" in shown
    assert "资金多 10%" in shown


def test_an_add1_rule_of_its_own_goes_before_the_others(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS, **SHARES, completion=Completion.ADD1)
        count(session, stage)
        number = stage.round_.id
    page = f"/staff/rounds/{number}/result/what-if"
    for most, has_rules, has_funds in ((4 * 36, True, True), (2 * 36, False, True), (36, False, False)):
        monkeypatch.setattr(comparison, "MOST_CLIMBING", most)
        shown = office.get(page, by=stage.officer).text
        assert ("没有列出" not in shown) == has_rules
        assert ("资金多 10%" in shown) == has_funds
        assert ("这里不比较资金多少" not in shown) == has_funds


CAMPS = ["1"] * 60 + ["2"] * 40
COSTS = {"1": 24_000_000, "2": 12_000_000}
"""Of 30万, sixty want an item of 24万 and forty one of 12万, which is just their equal part of the money."""


def the_camps(office: Office, **columns: object) -> tuple[int, Stage]:
    with office.site.transaction() as session:
        stage = a_stage(session, CAMPS, costs=COSTS, names={"1": "泳池", "2": "长椅"}, **columns)
        publish(session, stage, count(session, stage))
        return stage.round_.id, stage


def test_everybody_reads_what_the_result_means_for_voters(office: Office) -> None:
    number, _ = the_camps(office, **PUBLIC)
    shown = office.get(f"/rounds/{number}/result/what-if").text
    assert "每位投票人平均有 0.60 项如愿；100 人里有 40 人（40.0%）一项也没有如愿。" in shown
    assert "“2 长椅”（12万元）没有入选。选它的人里有 40 人，按人头平分合起来有 12万元，付得起这一项" in shown
    assert "这种办法本来就不保证各群人都有份" in shown
    assert "EJR+" in shown
    office.get("/display?language=en&back=/")
    english = office.get(f"/rounds/{number}/result/what-if").text
    assert "On average each voter got 0.60 of what they chose; 40 of 100 (40.0%) got nothing." in english


def test_equal_shares_keep_what_they_promise(office: Office) -> None:
    number, _ = the_camps(office, **SHARES)
    shown = office.get(f"/rounds/{number}/result/what-if").text
    assert "均等份额法保证这一点，这里已经逐项核对。" in shown


def test_what_comes_from_single_ballots_stays_in_the_office_unless_ballots_are_public(office: Office) -> None:
    number, stage = the_camps(office)
    for page in (f"/rounds/{number}/result", f"/rounds/{number}/result/1", f"/staff/rounds/{number}/result"):
        shown = office.get(page, by=stage.officer if "staff" in page else ANYONE)
        assert shown.status_code == 200
        assert "如愿" not in shown.text
        assert "各群人" not in shown.text
    assert office.get(f"/rounds/{number}/result/what-if").status_code == 404
    inside = office.get(f"/staff/rounds/{number}/result/what-if", by=stage.officer).text
    assert "100 人里有 40 人（40.0%）一项也没有如愿" in inside
    assert "diancai compare" not in inside


def test_too_many_ballots_are_not_compared_on_a_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS, **PUBLIC)
        count(session, stage)
        number = stage.round_.id
    assert views.MOST_BALLOTS == comparison.MOST_BALLOTS
    monkeypatch.setattr(views, "MOST_BALLOTS", 100)
    assert "diancai compare" in office.get(f"/staff/rounds/{number}/result/what-if", by=stage.officer).text
