"""拟稿 → 审核 → 签发: three people, one hash, and what is frozen by it."""

import json

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from diancai.budget import Method, Rule
from diancai.errors import Conflict, InvalidInput, LimitReached, NotAllowed, WrongState
from diancai.platform.core.actor import Actor, Grant, Role
from diancai.platform.core.jobs import Job
from diancai.platform.core.timeline import timeline_of
from diancai.platform.funds.queries import balance_of, draws_on
from diancai.platform.rounds import operations
from diancai.platform.rounds.models import RuleBook
from diancai.platform.rounds.queries import items_of, latest_sign_off
from diancai.platform.rounds.rules import (
    ballot_form_in,
    ballot_form_of,
    canonical_json,
    election_rule_of,
    rule_book_of,
    rule_book_sha256,
    sha256_of,
    withdrawn_numbers,
)
from diancai.platform.rounds.states import RoundState, SignOffState
from diancai.voting import BallotType
from tests.factories import AT
from tests.platform.rounds.conftest import MILLION, Office


def test_announcing_freezes_the_text_that_three_people_read(office: Office) -> None:
    round_ = office.announce(office.draft())
    book = office.session.get_one(RuleBook, round_.id)
    assert round_.state is RoundState.ANNOUNCED
    assert round_.announced_at == AT
    assert book.sha256 == sha256_of(book.text)
    assert json.loads(book.text) == rule_book_of(office.session, round_)
    assert book.text == canonical_json(json.loads(book.text))
    assert balance_of(office.session, office.fund) == 0
    assert [draw.reference for draw in draws_on(office.session, office.fund.id)] == [round_.title]
    waiting = office.session.execute(select(Job.name, Job.unique_key, Job.due_at).order_by(Job.due_at)).all()
    assert [tuple(row) for row in waiting[1:]] == [
        ("polling.open_round", f"open:{round_.id}", round_.opens_at),
        ("polling.close_round", f"close:{round_.id}", round_.closes_at),
    ]
    assert [entry.code for entry in timeline_of(office.session, f"round:{round_.id}")] == ["round.announced"]
    paper = latest_sign_off(office.session, round_)
    assert paper is not None
    assert paper.state is SignOffState.SIGNED
    assert paper.minute_number == "〔2026〕5号"


def test_the_rule_book_holds_what_the_verifier_reads(office: Office) -> None:
    book = rule_book_of(office.session, office.draft(min_marks=2, max_marks=4))
    assert book["round"]["kind"] == "held"
    assert book["ballot"] == {"type": "tick", "min_marks": 2, "max_marks": 4}
    assert book["rule"] == {"name": "greedy", "utility": None, "completion": None, "fund_binding": None, "k": None}
    assert book["ties"] == {"order": "cost_then_lot"}
    assert (book["publication"], book["fund_fen"]) == ("totals", 3 * MILLION)
    assert [(item["number"], item["cost_fen"]) for item in book["items"]] == [(str(n), 40_000_000) for n in range(1, 5)]
    assert book["dates"]["opens_at"] == "2026-09-21T02:00:00Z"
    assert [cap["cap_fen"] for cap in book["caps"]] == [40_000_000]


def test_the_blank_ballot_of_the_text_is_that_of_the_round(office: Office) -> None:
    round_ = office.draft(ballot_type=BallotType.KNAPSACK)
    form = ballot_form_of(office.session, round_)
    assert form.fund_fen == 3 * MILLION
    assert ballot_form_in(canonical_json(rule_book_of(office.session, round_))) == form
    assert election_rule_of(round_) == Rule(Method.GREEDY)
    assert withdrawn_numbers(office.session, round_) == frozenset()


@pytest.mark.parametrize("turn", ["review", "announce"])
def test_drafting_reviewing_and_signing_are_three_people(office: Office, turn: str) -> None:
    session, round_ = office.session, office.draft()
    operations.submit_round(session, round_, by=office.officer, at=AT)
    sha256 = rule_book_sha256(session, round_)
    if turn == "review":
        with pytest.raises(NotAllowed, match=r"sign_off\.same_person"):
            operations.review_round(session, round_, content_sha256=sha256, by=office.officer, at=AT)
        return
    operations.review_round(session, round_, content_sha256=sha256, by=office.reviewer, at=AT)
    for person in (office.officer, office.reviewer):
        both = Actor(person.staff_id, person.name, frozenset({Grant(Role.LEADER, office.street.id)}))
        with pytest.raises(NotAllowed, match=r"sign_off\.same_person"):
            operations.announce_round(session, round_, minute_number="5号", content_sha256=sha256, by=both, at=AT)


def test_a_change_after_the_review_calls_the_paper_back(office: Office) -> None:
    session, round_ = office.session, office.draft()
    operations.submit_round(session, round_, by=office.officer, at=AT)
    sha256 = rule_book_sha256(session, round_)
    operations.review_round(session, round_, content_sha256=sha256, by=office.reviewer, at=AT)
    item = items_of(session, round_)[0]
    operations.edit_item(
        session, round_, item, office.item(cost_fen=1), revision=round_.revision, by=office.officer, at=AT
    )
    paper = latest_sign_off(session, round_)
    assert paper is not None
    assert paper.state is SignOffState.SUPERSEDED
    with pytest.raises(Conflict, match=r"sign_off\.changed"):
        operations.announce_round(session, round_, minute_number="5号", content_sha256=sha256, by=office.leader, at=AT)
    with pytest.raises(WrongState, match=r"sign_off\.nothing_waits"):
        operations.announce_round(
            session,
            round_,
            minute_number="5号",
            content_sha256=rule_book_sha256(session, round_),
            by=office.leader,
            at=AT,
        )


def test_a_reviewer_signs_only_what_was_on_the_page(office: Office) -> None:
    round_ = office.draft()
    operations.submit_round(office.session, round_, by=office.officer, at=AT)
    with pytest.raises(Conflict, match=r"sign_off\.changed"):
        operations.review_round(office.session, round_, content_sha256="0" * 64, by=office.reviewer, at=AT)


def test_a_paper_goes_back_with_a_reason_and_may_come_again(office: Office) -> None:
    session, round_ = office.session, office.draft()
    operations.submit_round(session, round_, by=office.officer, at=AT)
    with pytest.raises(Conflict, match=r"sign_off\.waits_already"):
        operations.submit_round(session, round_, by=office.officer, at=AT)
    with pytest.raises(InvalidInput, match=r"sign_off\.reason_missing"):
        operations.return_round(session, round_, reason=" ", by=office.reviewer, at=AT)
    operations.return_round(session, round_, reason="请补充管护单位", by=office.reviewer, at=AT)
    paper = latest_sign_off(session, round_)
    assert paper is not None
    assert paper.return_reason == "请补充管护单位"
    assert office.announce(round_).state is RoundState.ANNOUNCED


@pytest.mark.parametrize(
    ("rules", "item", "code"),
    [
        ({"opens_at": AT}, {}, "round.opens_in_past"),
        ({"max_marks": 5}, {}, "menu.fewer_than_marks"),
        ({}, {"origin": ""}, "item.incomplete.origin"),
        ({}, {"completes_on": None}, "item.incomplete.completes_on"),
        ({"fund_fen": 39_999_999}, {}, "item.over_fund"),
    ],
)
def test_what_is_not_ready_is_not_signed(
    office: Office, rules: dict[str, object], item: dict[str, object], code: str
) -> None:
    round_ = office.draft(items=0, **rules)
    for number in range(1, 4):
        operations.add_item(office.session, round_, office.item(number, **item), by=office.officer, at=AT)
    with pytest.raises(InvalidInput, match=code):
        operations.submit_round(office.session, round_, by=office.officer, at=AT)


def test_an_empty_menu_is_not_signed(office: Office) -> None:
    with pytest.raises(InvalidInput, match=r"menu\.empty"):
        operations.submit_round(office.session, office.draft(items=0), by=office.officer, at=AT)


def test_the_announcement_names_the_minutes(office: Office) -> None:
    session, round_ = office.session, office.draft()
    operations.submit_round(session, round_, by=office.officer, at=AT)
    sha256 = rule_book_sha256(session, round_)
    operations.review_round(session, round_, content_sha256=sha256, by=office.reviewer, at=AT)
    with pytest.raises(InvalidInput, match=r"sign_off\.minute_missing"):
        operations.announce_round(session, round_, minute_number=" ", content_sha256=sha256, by=office.leader, at=AT)


def test_two_rounds_cannot_announce_the_same_money(office: Office) -> None:
    one, two = office.draft(), office.draft()
    office.announce(one)
    with pytest.raises(LimitReached, match=r"round\.over_fund"):
        office.announce(two)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE round SET fund_fen = 1",
        "UPDATE round SET order_seed = 'x'",
        "UPDATE menu_item SET cost_fen = 1",
        "DELETE FROM menu_item",
        "UPDATE rule_book SET text = ''",
        "UPDATE sign_off SET minute_number = 'x'",
        "DELETE FROM sign_off",
    ],
)
def test_the_database_keeps_what_was_announced(office: Office, statement: str) -> None:
    office.announce(office.draft())
    with pytest.raises(DBAPIError, match="refused by"):
        office.session.execute(text(statement))
