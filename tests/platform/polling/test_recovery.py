"""After a restore: desks' journals are replayed, and two people let the vote go on (vote.md 1)."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from diancai.errors import Conflict, DomainError, InvalidInput, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import BallotCode, CodeState, GivenKind, RegisterEntry, Station
from diancai.platform.polling.operations.desk import give_slip
from diancai.platform.polling.operations.recovery import (
    Replayed,
    journal_of,
    replay_journal,
    request_resumption,
    resume_restored,
)
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import addenda_of
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry, some_codes
from tests.platform.polling.votes import END, MINUTES_10, vote


@dataclass
class Desk:
    session: Session
    round_: Round
    station: Station
    people: list[RegisterEntry]
    officer: Actor
    other: Actor

    def give(self, *who: int) -> None:
        for one in who:
            give_slip(self.session, self.round_, self.people[one], station=self.station, by=self.officer, at=AT)

    def journal(self) -> str:
        return journal_of(self.session, self.round_, self.station, at=MINUTES_10)

    def back_to(self, given: set[int]) -> None:
        """As a backup had it: only these marks, the round suspended."""
        for number, entry in enumerate(self.people):
            if number not in given:
                entry.given = entry.given_hour = entry.given_station_id = None
        self.round_.state, self.round_.restored_at = RoundState.SUSPENDED, MINUTES_10
        self.session.flush()

    def replay(self, journal: str, issued: int, *codes: str) -> Replayed:
        return replay_journal(
            self.session, self.round_, self.station, journal, issued, codes, by=self.officer, at=MINUTES_10
        )

    def marked(self) -> list[int]:
        return [number for number, entry in enumerate(self.people) if entry.given is GivenKind.SLIP]

    def go_on(self, published: int, at: object = MINUTES_10) -> int:
        return resume_restored(
            self.session,
            by=self.other,
            requested_by=self.officer,
            reason="硬盘损坏",
            at=at,  # type: ignore[arg-type]
            round_id=self.round_.id,
            published_count=published,
        )


@pytest.fixture
def desk(session: Session) -> Desk:
    street = a_street(session)
    round_ = a_round(session, street)
    people = [an_entry(session, round_, household=f"{number}号") for number in range(6)]
    officer, other = a_staff(session, street, Role.OFFICER), a_staff(session, street, Role.LEADER, name="王芳")
    return Desk(session, round_, a_station(session, round_), people, officer, other)


def refused(work: object, *arguments: object) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        work(*arguments)  # type: ignore[operator]
    return refusal.value


def test_a_journal_brings_the_marks_to_what_it_says(desk: Desk) -> None:
    desk.give(0, 1, 3)
    journal = desk.journal()
    desk.give(2)
    desk.back_to({0, 2})  # 2 had been given in the backup, and it was taken back since
    assert desk.replay(journal, 3) == Replayed(marked=2, cleared=1, voided=0, unknown=())
    assert desk.marked() == [0, 1, 3]
    assert desk.replay(journal, 3) == Replayed(0, 0, 0, ())  # again is harmless


def test_it_holds_no_name_and_no_code(desk: Desk) -> None:
    desk.give(0)
    [code] = some_codes(desk.session, desk.station, 1)
    journal = desk.journal()
    assert "李明" not in journal
    assert code not in journal
    assert code_key(desk.session.info["keys"], code).hex() not in journal


def test_only_the_last_journal_is_taken(desk: Desk) -> None:
    desk.give(0)
    early = desk.journal()
    desk.give(1)
    desk.back_to(set())
    refusal = refused(desk.replay, early, 2)
    assert (refusal.code, refusal.facts["found"]) == ("recovery.journal_behind", 1)


def test_a_journal_that_was_changed_is_refused(desk: Desk) -> None:
    desk.give(0)
    journal = desk.journal()
    desk.back_to(set())
    changed = journal.replace(f"\n{desk.people[0].id} ", f"\n{desk.people[5].id} ")
    assert changed != journal
    assert refused(desk.replay, changed, 1).code == "recovery.journal"
    other = a_station(desk.session, desk.round_, name="第二投票点")
    theirs = journal_of(desk.session, desk.round_, other, at=AT)
    assert refused(desk.replay, theirs, 0).code == "recovery.other_journal"


def test_two_desks_cannot_have_given_to_one_person(desk: Desk) -> None:
    desk.give(0)
    journal = desk.journal()
    other = a_station(desk.session, desk.round_, name="第二投票点")
    desk.back_to(set())
    desk.people[0].given, desk.people[0].given_hour, desk.people[0].given_station_id = GivenKind.SLIP, AT, other.id
    desk.session.flush()
    refusal = refused(desk.replay, journal, 1)
    assert isinstance(refusal, Conflict)
    assert refusal.facts["number"] == desk.people[0].id


def test_slips_handed_back_since_are_void_again(desk: Desk) -> None:
    spoiled, kept = some_codes(desk.session, desk.station, 2)
    journal = desk.journal()
    desk.back_to(set())
    assert desk.replay(journal, 0, spoiled).voided == 1
    assert desk.replay(journal, 0, spoiled).voided == 0
    states = {
        code: desk.session.get_one(BallotCode, code_key(desk.session.info["keys"], code)).state
        for code in (spoiled, kept)
    }
    assert states == {spoiled: CodeState.VOID, kept: CodeState.LIVE}


def test_a_posted_slip_that_was_exchanged_since_dies(desk: Desk) -> None:
    desk.give(0)
    journal = desk.journal()
    desk.back_to(set())
    [code] = some_codes(desk.session, desk.station, 1)
    row = desk.session.get_one(BallotCode, code_key(desk.session.info["keys"], code))
    row.serial = 7
    desk.people[0].given, desk.people[0].given_hour, desk.people[0].delivered_serial = GivenKind.POSTED, AT, 7
    desk.session.flush()
    assert desk.replay(journal, 1).marked == 1
    desk.session.refresh(row)
    assert row.state is CodeState.VOID
    assert desk.people[0].delivered_serial is None


def test_late_entries_since_are_named(desk: Desk) -> None:
    late = an_entry(desk.session, desk.round_, household="补登")
    give_slip(desk.session, desk.round_, late, station=desk.station, by=desk.officer, at=AT)
    journal = desk.journal()
    number = late.id
    desk.session.delete(late)
    desk.back_to(set())
    assert desk.replay(journal, 1).unknown == (number,)
    assert refused(desk.go_on, 0).code == "recovery.station_missing"  # the desk is not done


def test_the_vote_goes_on_with_its_gap_published(desk: Desk) -> None:
    vote(desk.session, desk.station, 3)
    journal = desk.journal()
    desk.back_to(set())
    assert refused(desk.go_on, 5).code == "recovery.station_missing"
    desk.replay(journal, 0)
    assert refused(desk.go_on, 2).code == "recovery.fewer_published"
    request_resumption(desk.session, desk.round_, 5, reason="硬盘损坏", by=desk.officer, at=MINUTES_10)
    assert desk.go_on(5) == 2
    assert (desk.round_.state, desk.round_.restored_at) == (RoundState.VOTING, None)
    assert addenda_of(desk.session, desk.round_)[-1].code == "recovered"
    assert isinstance(refused(desk.go_on, 5), WrongState)


def test_past_its_end_it_stays_suspended(desk: Desk) -> None:
    journal = desk.journal()
    desk.back_to(set())
    desk.replay(journal, 0)
    desk.go_on(0, at=END)
    assert (desk.round_.state, desk.round_.restored_at) == (RoundState.SUSPENDED, None)


def test_a_round_that_was_not_restored_has_nothing_to_replay(desk: Desk) -> None:
    assert refused(desk.replay, desk.journal(), 0).code == "recovery.not_restored"
    assert not isinstance(refused(desk.go_on, 0), InvalidInput)
