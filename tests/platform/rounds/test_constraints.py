"""限制条件: written, refused, kept with their items and said in words. How they are counted stands with the results."""

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from diancai.budget import Ceiling, Constraints, Dimension, Floor, ItemCategory, Method, Reserve, Rule
from diancai.errors import Conflict, InvalidInput, WrongState
from diancai.platform.core import texts
from diancai.platform.divisions.models import Division
from diancai.platform.publishing.rules import rules_in_words
from diancai.platform.rounds import operations
from diancai.platform.rounds.constraints import constraints_in, constraints_of, plain_constraints, renumbered
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import items_of
from diancai.platform.rounds.readiness import check_ready, checklist
from diancai.platform.rounds.rules import rule_book_of
from tests.factories import AT
from tests.platform.rounds.conftest import Office

WORKS, SERVICES = ItemCategory.WORKS.value, ItemCategory.SERVICES.value
EVERY_KIND = Constraints(
    ceilings=(Ceiling(Dimension.CATEGORY, WORKS, 90_000_000), Ceiling(Dimension.COMMUNITY, "第一社区", 80_000_000)),
    floor_dimension=Dimension.CATEGORY,
    floors=(Floor(WORKS, 1),),
    exclusive=(("1", "2"), ("2", "3", "4")),
    winner_limit=3,
    decided=("4",),
    least_score=5,
    least_share=Fraction(1, 10),
    reserve=Reserve(Fraction(4, 5), 10_000_000),
)


def set_to(office: Office, round_: Round, constraints: Constraints) -> Round:
    return operations.set_constraints(
        office.session, round_, constraints, revision=round_.revision, by=office.officer, at=AT
    )


def draft_of(office: Office, **changes: object) -> Round:
    """Four works, the first of them of the first community."""
    round_ = office.draft(**changes)
    first = items_of(office.session, round_)[0]
    first.community_id = office.session.query(Division.id).filter_by(parent_id=office.street.id).scalar()
    office.session.flush()
    return round_


@pytest.fixture
def draft(office: Office) -> Iterator[Round]:
    return draft_of(office)


def test_every_kind_stands_in_the_rule_book_as_the_bundle_has_it(office: Office, draft: Round) -> None:
    set_to(office, draft, EVERY_KIND)
    assert rule_book_of(office.session, draft)["constraints"] == {
        "ceilings": [
            {"dimension": "category", "group": "works", "limit_fen": 90_000_000},
            {"dimension": "community", "group": "第一社区", "limit_fen": 80_000_000},
        ],
        "floors": {"dimension": "category", "groups": [{"group": "works", "winners": 1}]},
        "exclusive": [["1", "2"], ["2", "3", "4"]],
        "winner_limit": 3,
        "decided": ["4"],
        "least_score": 5,
        "least_share": {"numerator": 1, "denominator": 10},
        "reserve": {"share": {"numerator": 4, "denominator": 5}, "amount_fen": 10_000_000},
    }
    assert constraints_of(draft) == EVERY_KIND


def test_without_constraints_the_rule_book_does_not_name_them(office: Office, draft: Round) -> None:
    assert "constraints" not in rule_book_of(office.session, draft)
    assert constraints_of(draft) == Constraints() == constraints_in(None)


@pytest.mark.parametrize(
    ("constraints", "code", "field"),
    [
        (Constraints(ceilings=(Ceiling(Dimension.CATEGORY, WORKS, -1),)), "constraints.amount", "ceilings"),
        (Constraints(ceilings=(Ceiling(Dimension.CATEGORY, SERVICES, 5),)), "constraints.empty_group", "ceilings"),
        (
            Constraints(floor_dimension=Dimension.CATEGORY, floors=(Floor(WORKS, 5),)),
            "constraints.too_few_items",
            "floors",
        ),
        (Constraints(floors=(Floor("第一社区", 0),)), "constraints.count", "floors"),
        (Constraints(winner_limit=0), "constraints.count", "winner_limit"),
        (Constraints(exclusive=(("1",),)), "constraints.lonely", "exclusive"),
        (Constraints(exclusive=(("1", "9"),)), "constraints.unknown_item", "exclusive"),
        (Constraints(exclusive=(("1", "1"),)), "constraints.repeated_item", "exclusive"),
        (Constraints(decided=("9",)), "constraints.unknown_item", "decided"),
        (Constraints(decided=("1", "2"), exclusive=(("1", "2"),)), "constraints.decided_exclude", "decided"),
        (Constraints(least_share=Fraction(3, 2)), "constraints.minimum", "minimum"),
        (Constraints(reserve=Reserve(Fraction(1, 2), 0)), "constraints.reserve", "reserve"),
    ],
)
def test_constraints_that_cannot_hold_are_refused(
    office: Office, draft: Round, constraints: Constraints, code: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        set_to(office, draft, constraints)
    assert (refusal.value.code, refusal.value.facts["field"]) == (code, field)
    assert texts.say_error(refusal.value)
    assert draft.constraints == "{}"


@pytest.mark.parametrize(
    "others",
    [
        Constraints(ceilings=(Ceiling(Dimension.CATEGORY, WORKS, 79_999_999),)),
        Constraints(winner_limit=1),
        Constraints(exclusive=(("1", "2"), ("3", "4"), ("1", "3"), ("1", "4"), ("2", "3"), ("2", "4"))),
    ],
)
def test_floors_that_no_count_can_fill_are_refused_at_drafting(
    office: Office, draft: Round, others: Constraints
) -> None:
    floors = replace(others, floor_dimension=Dimension.CATEGORY, floors=(Floor(WORKS, 2),))
    with pytest.raises(InvalidInput, match=r"constraints\.impossible"):
        set_to(office, draft, floors)


def test_what_is_decided_must_fit_the_fund(office: Office) -> None:
    draft = draft_of(office, fund_fen=70_000_000)
    with pytest.raises(InvalidInput, match=r"constraints\.decided_over_fund"):
        set_to(office, draft, Constraints(decided=("1", "2")))


def test_a_reserve_goes_with_the_rules_by_votes_only(office: Office) -> None:
    draft = draft_of(office, method=Method.GREEDY_PER_COST)
    with pytest.raises(InvalidInput, match=r"rule\.no_reserve"):
        set_to(office, draft, Constraints(reserve=EVERY_KIND.reserve))


def test_a_stale_page_and_an_announced_round_take_none(office: Office, draft: Round) -> None:
    with pytest.raises(Conflict, match=r"round\.edited_meanwhile"):
        operations.set_constraints(office.session, draft, Constraints(), revision=0, by=office.officer, at=AT)
    office.announce(draft)
    with pytest.raises(WrongState, match=r"round\.not_draft"):
        set_to(office, draft, Constraints(winner_limit=2))


def test_the_same_items_are_meant_after_the_lot(office: Office, draft: Round) -> None:
    set_to(office, draft, Constraints(decided=("4",), exclusive=(("1", "2"),)))
    names = {item.number: item.name for item in items_of(office.session, draft)}
    operations.draw_order(office.session, draft, "3 1 4", by=office.officer, at=AT)
    now = {item.name: item.number for item in items_of(office.session, draft)}
    kept = constraints_of(draft)
    assert kept.decided == (now[names["4"]],)
    assert kept.exclusive == ((now[names["1"]], now[names["2"]]),)


def test_an_item_taken_off_the_menu_is_named_no_more() -> None:
    kept = renumbered(
        Constraints(decided=("1", "3"), exclusive=(("1", "2"), ("2", "3", "4"))), {"2": "1", "3": "2", "4": "3"}
    )
    assert kept == Constraints(decided=("2",), exclusive=(("1", "2", "3"),))


def test_what_a_changed_menu_breaks_is_told_and_keeps_the_round_from_being_signed(office: Office, draft: Round) -> None:
    floors = Constraints(floor_dimension=Dimension.CATEGORY, floors=(Floor(WORKS, 4),))
    set_to(office, draft, floors)
    check_ready(office.session, draft, at=AT)
    operations.remove_item(office.session, draft, items_of(office.session, draft)[0], by=office.officer, at=AT)
    step = next(step for step in checklist(office.session, draft, at=AT) if step.code == "constraints")
    assert not step.is_done
    with pytest.raises(InvalidInput, match=r"constraints\.too_few_items"):
        check_ready(office.session, draft, at=AT)
    set_to(office, draft, replace(floors, winner_limit=4))  # another fault does not keep one from being mended
    set_to(office, draft, Constraints())
    check_ready(office.session, draft, at=AT)


def test_residents_read_them_in_sentences(office: Office, draft: Round) -> None:
    set_to(office, draft, EVERY_KIND)
    said = next(line for line in rules_in_words(draft) if line.term == "rules.constraints").sentences
    words = "".join(texts.say(sentence.code, **sentence.facts) for sentence in said)
    for part in (
        "4号已事先确定",
        "工程类至少入选1项",
        "最多入选3项",
        "1、2号里最多入选一项",
        "第一社区入选项目合计",
        "不到5的",
        "10%",
        "80%",
    ):
        assert part in words
    assert all(texts.say(sentence.code, "en", **sentence.facts) for sentence in said)


def test_last_years_constraints_come_along(office: Office, draft: Round) -> None:
    set_to(office, draft, Constraints(winner_limit=2))
    operations.discard_draft(office.session, draft, reason="改", by=office.officer, at=AT)
    made = operations.copy_round(office.session, draft, fund=office.fund, year=2027, by=office.officer, at=AT)
    assert constraints_of(made) == Constraints(winner_limit=2)


def test_plain_and_counted_forms_are_the_same_thing() -> None:
    assert constraints_in(json.loads(json.dumps(plain_constraints(EVERY_KIND)))) == EVERY_KIND
    assert Rule(Method.GREEDY, constraints=constraints_in({"floors": None})) == Rule(Method.GREEDY)
