"""The people of the state machine: they are given slips and paper, vote, come again, and bring slips back."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from diancai.errors import DomainError
from diancai.platform.core.confirmations import ConfirmationRequest, RequestState, confirm_request
from diancai.platform.polling.models import (
    GivenKind,
    RegisterEntry,
    Station,
)
from diancai.platform.polling.operations.casting import Receipt
from diancai.platform.polling.operations.desk import give_slip, request_take_back
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from diancai.voting import tracker_key_of, tracker_text
from tests.platform.polling.voting_round import VALID, VotingRound, marks_lists, people


class VotingPeople(VotingRound):
    """Every step that people can take, at desks and at the ballot."""

    @rule(minutes=st.sampled_from([1, 60, 24 * 60, 3 * 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @precondition(lambda self: len(self.cast_from) > 4)
    @rule(is_over=st.booleans())
    def the_end_comes(self, is_over: bool) -> None:
        """A second before the end, or the very instant, which no longer belongs to the vote."""
        self.at = max(self.at, self.round_.closes_at - timedelta(seconds=not is_over))

    @rule(person=people)
    def give(self, person: int) -> None:
        def giving(session: Session, round_: Round) -> bool:
            entry = session.get_one(RegisterEntry, self.entry_ids[person])
            station = session.get_one(Station, self.station_id)
            give_slip(session, round_, entry, station=station, by=self.officer, at=self.at)
            return True

        has_one, state = person in self.in_hand or person in self.on_paper, self.round_.state
        given = self.step(giving)
        assert (given is True) == (not has_one and state is RoundState.VOTING), given
        if given is True:
            self.in_hand[person] = self.pile.pop()

    @rule(person=people, mark=st.sampled_from(VALID))
    def vote_on_paper(self, person: int, mark: str) -> None:
        """A paper ballot is handed out, filled in and put into the station's box."""

        def giving(session: Session, round_: Round) -> bool:
            entry, station = (
                session.get_one(RegisterEntry, self.entry_ids[person]),
                session.get_one(Station, self.station_id),
            )
            give_slip(session, round_, entry, station=station, kind=GivenKind.PAPER, by=self.officer, at=self.at)
            return True

        has_one, state = person in self.in_hand or person in self.on_paper, self.round_.state
        given = self.step(giving)
        assert (given is True) == (not has_one and state is RoundState.VOTING), given
        if given is True:
            self.on_paper[person] = mark

    @precondition(lambda self: self.state is RoundState.VOTING)
    @rule(person=people, mark=st.sampled_from(VALID))
    def resident_votes(self, person: int, mark: str) -> None:
        """The whole way of one person, as far as it is open."""
        if person in self.on_paper:
            return
        if person not in self.in_hand:
            self.give(person)
        self._cast(self.in_hand[person], [mark])

    @precondition(lambda self: self.in_hand)
    @rule(choice=st.data())
    def void_code(self, choice: Any) -> None:
        """A slip comes back to the desk and is made void; a second person lets its holder have another."""
        unused = [person for person, code in self.in_hand.items() if code not in self.cast_from]
        person = choice.draw(st.sampled_from(sorted(unused or self.in_hand)))
        code = self.in_hand[person]

        def asking(session: Session, round_: Round) -> int:
            entry = session.get_one(RegisterEntry, self.entry_ids[person])
            asked = request_take_back(session, round_, entry, code=code, reason="误发", by=self.officer, at=self.at)
            return asked.id

        may, request_id = self.round_.state is RoundState.VOTING and code not in self.cast_from, self.step(asking)
        assert isinstance(request_id, int) == may, request_id
        if isinstance(request_id, int):
            self.spoiled += 1
            assert not isinstance(self.step(lambda session, _: self.confirm(session, request_id)), DomainError)
            del self.in_hand[person]

    def confirm(self, session: Session, request_id: int) -> None:
        request = session.get_one(ConfirmationRequest, request_id)
        assert request.state is RequestState.PENDING
        confirm_request(session, request, by=self.other, at=self.at)

    @precondition(lambda self: self.in_hand)
    @rule(choice=st.data(), marks=marks_lists)
    def cast(self, choice: Any, marks: list[str]) -> None:
        self._cast(choice.draw(st.sampled_from(sorted(self.in_hand.values()))), marks)

    def _cast(self, code: str, marks: list[str]) -> None:
        is_valid = 1 <= len(marks) <= 3 and set(marks) <= set(VALID)
        may, r = self.is_open() and is_valid and code not in self.cast_from, self.new_r()
        answer = self.cast_with(code, r, marks)
        assert isinstance(answer, Receipt) == may, answer
        if isinstance(answer, Receipt):
            assert answer == Receipt(tracker_text(tracker_key_of(r)), is_first=True)
            self.cast_from[code] = r, marks

    @precondition(lambda self: self.cast_from)
    @rule(choice=st.data(), marks=marks_lists, is_same=st.booleans())
    def retry(self, choice: Any, marks: list[str], is_same: bool) -> None:
        """The same review page once more, in whatever state the round is by now."""
        code = choice.draw(st.sampled_from(sorted(self.cast_from)))
        r, first = self.cast_from[code]
        marks = first if is_same else marks
        answer = self.cast_with(code, r, marks)
        assert answer == Receipt(tracker_text(tracker_key_of(r)), is_first=set(marks) == set(first)), answer

    @precondition(lambda self: self.cast_from and self.pile)
    @rule(choice=st.data())
    def cast_with_somebody_elses_page(self, choice: Any) -> None:
        r, marks = self.cast_from[choice.draw(st.sampled_from(sorted(self.cast_from)))]
        assert isinstance(self.cast_with(self.pile[0], r, marks), DomainError)
