"""演练: the real menu with invented voters and known ballots, nothing of it public, and nothing of it left."""

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, WrongState
from diancai.platform.accounts.models import StaffRole
from diancai.platform.core.actor import Role
from diancai.platform.core.audit import AuditEntry, broken_entries
from diancai.platform.core.db import Base
from diancai.platform.core.trigger_kinds import Trigger
from diancai.platform.core.triggers import TRIGGERS
from diancai.platform.divisions.models import Division
from diancai.platform.features import load_jobs
from diancai.platform.polling.models import RegisterEntry
from diancai.platform.polling.operations import hall, sittings
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.polling.operations.sealing import close_round
from diancai.platform.polling.operations.stations import end_issuing
from diancai.platform.polling.queries import stations_of
from diancai.platform.rehearsal import operations
from diancai.platform.rehearsal.ballots import known_totals, official_marks
from diancai.platform.rehearsal.models import Rehearsal, RehearsalOutcome
from diancai.platform.rehearsal.operations import RehearsalPlan, begin_rehearsal, cast_test_ballots, wipe_rehearsal
from diancai.platform.rehearsal.queries import compare
from diancai.platform.rehearsal.wiping import owned_tables
from diancai.platform.results import operations as results
from diancai.platform.rounds.models import Round, RoundScrutineer
from diancai.platform.rounds.operations.living import request_void
from diancai.platform.rounds.policy import is_public
from diancai.platform.rounds.queries import items_of, rounds_public
from diancai.platform.rounds.states import RoundState
from diancai.voting import BallotForm, BallotType, canonical_text, check_ballot
from tests.factories import AT, a_round, a_staff, a_street, an_entry

load_jobs()
PLAN = RehearsalPlan(voter_count=30, minutes=60)
END = AT + timedelta(minutes=60)


class Office:
    """A draft with its scrutineers, and its people."""

    def __init__(self, session: Session) -> None:
        self.session = session
        street = a_street(session)
        self.source = a_round(session, street, state=RoundState.DRAFT)
        self.officer = a_staff(session, street, Role.OFFICER, name="王敏")
        self.chief = a_staff(session, street, Role.SCRUTINEER, name="陈监")
        self.second = a_staff(session, street, Role.SCRUTINEER, name="周票")
        for person, is_chief in ((self.chief, True), (self.second, False)):
            facts = {"is_chief": is_chief, "chosen_by": "推选", "has_no_conflict": True, "appointed_at": AT}
            session.add(RoundScrutineer(round_id=self.source.id, staff_id=person.staff_id, **facts))
        session.flush()

    def begin(self, plan: RehearsalPlan = PLAN) -> tuple[Rehearsal, Round]:
        rehearsal = begin_rehearsal(self.session, self.source, plan, by=self.officer, at=AT)
        return rehearsal, self.session.get_one(Round, rehearsal.round_id)

    def count(self, round_: Round) -> Any:
        """The rest of the day by the operations of every vote."""
        session = self.session
        end_voting(session, round_, at=END)
        for station in stations_of(session, round_):
            end_issuing(session, round_, station, unused_count=0, spoiled_count=0, by=self.officer, at=END)
        close_round(session, round_, by=self.officer, at=END)
        for by in (self.chief, self.second):
            results.type_draw(session, round_, "3 1 4", by=by, at=END)
        return results.count_round(session, round_, by=self.officer, at=END)


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


def rows(session: Session) -> Counter[str]:
    """How many rows every table has, but for what stays: the log and that it took place."""
    stays = {"audit_entry", "rehearsal"}
    tables = (table for table in Base.metadata.sorted_tables if table.name not in stays)
    return Counter({table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables})


def test_a_rehearsal_is_the_real_menu_open_at_once_with_invented_voters(office: Office) -> None:
    rehearsal, round_ = office.begin()
    session = office.session
    assert (round_.state, round_.is_rehearsal, round_.closes_at) == (RoundState.VOTING, True, END)
    names = [
        [(item.number, item.name, item.cost_fen) for item in items_of(session, one)] for one in (office.source, round_)
    ]
    assert names[0] == names[1]
    assert round_.title.startswith("【演练】")
    assert session.scalar(select(func.count()).where(RegisterEntry.round_id == round_.id)) == 30
    assert rehearsal.voter_count == 30


def test_the_count_gives_the_known_totals(office: Office) -> None:
    rehearsal, round_ = office.begin()
    cast_test_ballots(office.session, round_, 25, by=office.officer, at=AT)
    assert compare(office.session, rehearsal, round_).outcome is RehearsalOutcome.UNCOUNTED
    office.count(round_)
    compared = compare(office.session, rehearsal, round_)
    assert (compared.practice_count, compared.outcome) == (0, RehearsalOutcome.MATCHED)
    assert all(line.counted == line.known for line in compared.lines)
    assert sum(line.known for line in compared.lines) >= 25


def test_a_total_that_is_not_the_known_one_is_found(office: Office) -> None:
    rehearsal, round_ = office.begin()
    cast_test_ballots(office.session, round_, 25, by=office.officer, at=AT)
    office.count(round_)
    compared = compare(office.session, rehearsal, round_)
    first = compared.lines[0]
    assert not replace(first, counted=first.known - 1).fits
    assert not replace(first, counted=first.known + 1).fits
    assert replace(compared, lines=[replace(first, counted=first.known + 1)]).outcome is RehearsalOutcome.DIFFERED
    # with one practice ballot one vote more is possible
    assert replace(first, most=first.known + 1, counted=first.known + 1).fits


def test_after_the_wipe_nothing_is_left_but_the_log(office: Office) -> None:
    session = office.session
    an_entry(session, a_round(session, _street(office)))
    before = rows(session)
    _, round_ = office.begin()
    number = round_.id
    cast_test_ballots(session, round_, 25, by=office.officer, at=AT)
    result = office.count(round_)
    assert result.ballot_count == 25
    assert rows(session) != before
    ended = wipe_rehearsal(session, round_, by=office.officer, at=END)
    assert rows(session) == before
    assert (ended.round_id, ended.outcome, ended.wiped_by) == (None, RehearsalOutcome.MATCHED, office.officer.staff_id)
    assert session.get(Round, number) is None
    events = session.scalars(select(AuditEntry.event)).all()
    assert {"RehearsalBegun", "TestBallotsCast", "RehearsalWiped"} <= set(events)
    assert list(broken_entries(session)) == []
    office.begin()  # and again


def _street(office: Office) -> Division:
    return office.session.get_one(Division, office.source.street_id)


def test_a_hall_that_was_rehearsed_goes_with_it_and_never_serves_a_real_vote_too(office: Office) -> None:
    session, officer = office.session, office.officer
    real = a_round(session, _street(office))
    before = rows(session)
    _, round_ = office.begin()
    people = (officer.staff_id or 0, office.chief.staff_id or 0)
    _hold_roles(office)
    plan = sittings.SittingPlan("演练会场", "礼堂", AT, 30, (round_.id, real.id), *people)
    with pytest.raises(InvalidInput, match=r"hall\.rehearsal_mixed"):
        sittings.plan_sitting(session, office.source.street_id, plan, by=officer, at=AT)
    sitting = sittings.plan_sitting(
        session, office.source.street_id, replace(plan, round_ids=(round_.id,)), by=officer, at=AT
    )
    hall.do_step(session, sitting, hall.SittingStep.ATTENDANCE, hall.Figures(20), by=officer, at=AT)
    wipe_rehearsal(session, round_, by=officer, at=AT)
    left = rows(session)
    left.subtract({"staff_role": 2})
    assert left == before


def _hold_roles(office: Office) -> None:
    for person, role in ((office.officer, Role.OFFICER), (office.chief, Role.SCRUTINEER)):
        office.session.add(StaffRole(staff_id=person.staff_id, role=role, division_id=office.source.street_id))
    office.session.flush()


@pytest.mark.parametrize("state", [RoundState.VOTING, RoundState.FINAL, RoundState.VOID])
def test_a_real_round_is_never_wiped(office: Office, state: RoundState) -> None:
    real = a_round(office.session, _street(office))
    real.void_reason = "x"
    real.state = state
    office.session.flush()
    with pytest.raises(WrongState, match=r"rehearsal\.not_one"):
        wipe_rehearsal(office.session, real, by=office.officer, at=AT)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE round SET kind = 'rehearsal' WHERE id = {real}", "DELETE FROM rule_book WHERE round_id = {real}"],
)
def test_the_database_keeps_a_real_round_a_real_one(office: Office, statement: str) -> None:
    real = a_round(office.session, _street(office))
    office.session.commit()
    with pytest.raises(IntegrityError):
        office.session.execute(text(statement.format(real=real.id)))


def test_nothing_of_it_is_public_and_nothing_of_it_can_be_published(office: Office) -> None:
    session = office.session
    _, round_ = office.begin()
    assert not is_public(round_)
    assert round_ not in rounds_public(session)
    with pytest.raises(WrongState, match=r"rehearsal\.wiped_instead"):
        request_void(session, round_, reason="x", by=office.officer, at=AT)
    cast_test_ballots(session, round_, 5, by=office.officer, at=AT)
    result = office.count(round_)
    with pytest.raises(WrongState, match=r"rehearsal\.never_published"):
        results.submit_result(session, round_, result, by=office.officer, at=END)


def test_one_at_a_time_and_only_before_the_vote(office: Office) -> None:
    session, officer = office.session, office.officer
    _, round_ = office.begin()
    for source, error, code in (
        (office.source, Conflict, "running"),
        (round_, WrongState, "of_rehearsal"),
        (a_round(session, _street(office)), WrongState, "not_now"),
    ):
        with pytest.raises(error, match=rf"rehearsal\.{code}"):
            begin_rehearsal(session, source, PLAN, by=officer, at=AT)


@pytest.mark.parametrize(
    ("change", "code"), [({"voter_count": 0}, "voters"), ({"voter_count": 2001}, "voters"), ({"minutes": 7}, "minutes")]
)
def test_a_plan_is_possible(office: Office, change: dict[str, int], code: str) -> None:
    with pytest.raises(InvalidInput, match=rf"rehearsal\.{code}"):
        office.begin(replace(PLAN, **change))


def test_test_ballots_are_cast_once_and_no_more_than_there_are_voters(office: Office) -> None:
    _, round_ = office.begin()
    by = office.officer
    with pytest.raises(InvalidInput, match=r"rehearsal\.ballots"):
        cast_test_ballots(office.session, round_, 31, by=by, at=AT)
    cast_test_ballots(office.session, round_, 30, by=by, at=AT)
    with pytest.raises(Conflict, match=r"rehearsal\.cast_already"):
        cast_test_ballots(office.session, round_, 1, by=by, at=AT)


FORMS = (
    BallotForm(BallotType.TICK, ("1", "2", "3", "4"), (5, 5, 5, 5), 1, 3),
    BallotForm(BallotType.TICK, ("1", "2", "3", "4"), (5, 5, 5, 5), 2, 2),
    BallotForm(BallotType.KNAPSACK, ("1", "2", "3", "4"), (5, 6, 7, 8), 1, 4, 12),
    BallotForm(BallotType.RANKING, ("1", "2", "3", "4"), (5, 5, 5, 5), 1, 3),
)


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_official_ballots_are_valid_the_same_for_all_and_their_totals_add_up(form: BallotForm) -> None:
    ballots = list(official_marks(form, 7, 40))
    assert ballots == list(official_marks(form, 7, 40))
    assert ballots != list(official_marks(form, 8, 40))
    for marks in ballots:
        check_ballot(form, marks)
    totals = known_totals(form, [canonical_text(form, marks) for marks in ballots])
    if form.ballot_type is not BallotType.RANKING:
        assert sum(totals.values()) == sum(len(marks) for marks in ballots)
    assert set(totals) == set(form.item_numbers)


def test_no_trigger_keeps_a_row_of_a_rehearsal() -> None:
    """Whoever adds a table of a round that is only added to says there how a rehearsal's rows are known."""
    owned = {table.name for table, _ in owned_tables(1)}
    never_there = {"archive_bundle", "sign_off"}  # a rehearsal is neither final nor published
    for trigger in TRIGGERS:
        if isinstance(trigger, Trigger) and re.match("DELETE", trigger.event) and trigger.table in owned - never_there:
            assert "rehearsal" in trigger.condition or "sitting_step" in trigger.condition, trigger.name


def test_spans_are_short() -> None:
    assert max(operations.SPANS) <= 8 * 60
