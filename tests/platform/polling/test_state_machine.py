"""Giving, casting, sealing, suspending and closing in any order keep what vote.md promises."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from diancai.budget import Election, Item, Method, Rule, allocate
from diancai.errors import DomainError
from diancai.platform.core.actor import Role
from diancai.platform.core.db import transaction
from diancai.platform.core.keys import Keys
from diancai.platform.polling.ballot_forms import frozen_form
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import (
    SealedBallot,
    Station,
)
from diancai.platform.polling.operations import keying as sheet_keying
from diancai.platform.polling.operations import paper, sealing
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.polling.operations.stations import Leftover, end_issuing
from diancai.platform.polling.paper_queries import sheet_batches_of
from diancai.platform.rounds.models import Round, RuleBook
from diancai.platform.rounds.operations.living import collect_round, extend_round, resume_round, suspend_round
from diancai.platform.rounds.states import RoundState
from diancai.voting import TieOrder, TieRule, file_seed, profile_from_texts, tracker_key_of
from tests.factories import AT, a_staff, a_street
from tests.platform.polling.voting_people import VotingPeople
from tests.platform.polling.voting_round import PEOPLE


class Voting(VotingPeople):
    """And every step that the office and the worker can take."""

    @precondition(lambda self: self.state in (RoundState.VOTING, RoundState.SUSPENDED))
    @rule()
    def seal(self) -> None:
        """The worker looks again after ten minutes."""
        self.at += sealing.SHORTEST_INTERVAL
        self.step(lambda session, round_: sealing.seal_inbox(session, round_, at=self.at))

    @precondition(lambda self: self.state is RoundState.VOTING)
    @rule()
    def suspend(self) -> None:
        self.step(lambda session, round_: suspend_round(session, round_, reason="停电", by=self.officer, at=self.at))

    @precondition(lambda self: self.state is RoundState.SUSPENDED)
    @rule()
    def resume(self) -> None:
        may = self.round_.state is RoundState.SUSPENDED and self.at < self.round_.closes_at
        answer = self.step(
            lambda session, round_: resume_round(session, round_, reason="来电", by=self.officer, at=self.at)
        )
        assert (answer is None) == may, answer

    @precondition(lambda self: self.at > AT + timedelta(days=5))
    @rule(days=st.integers(1, 9))
    def extend(self, days: int) -> None:
        later = self.round_.closes_at + timedelta(days=days)
        self.step(
            lambda session, round_: extend_round(
                session, round_, closes_at=later, reason="下雨", by=self.officer, at=self.at
            )
        )
        assert self.round_.closes_at <= self.round_.latest_close_at

    @precondition(lambda self: self.at > AT + timedelta(days=5))
    @rule()
    def end(self) -> None:
        round_ = self.round_
        may = self.at >= round_.closes_at and round_.state in (RoundState.VOTING, RoundState.SUSPENDED)
        answer = self.step(lambda session, round_: end_voting(session, round_, at=self.at))
        assert (answer is None) == may, answer

    @precondition(lambda self: self.state is RoundState.COLLECTING)
    @rule()
    def end_station(self) -> None:
        """The slips balance at any time: printed = unused + spoiled + issued."""

        def ending(session: Session, round_: Round) -> int:
            station = session.get_one(Station, self.station_id)
            balance = end_issuing(
                session,
                round_,
                station,
                unused_count=len(self.pile),
                spoiled_count=self.spoiled,
                paper=Leftover(PEOPLE - len(self.on_paper), 0),
                by=self.officer,
                at=self.at,
            )
            return balance.difference

        assert self.step(ending) == 0 or self.station_ended()

    @precondition(lambda self: self.state is RoundState.COLLECTING)
    @rule()
    def read_papers(self) -> None:
        """The box is opened by two and every sheet read by two, once no desk hands out any more."""

        def opening(session: Session, round_: Round) -> int:
            station, found = session.get_one(Station, self.station_id), len(self.on_paper)
            return paper.request_opening(session, round_, station, found, by=self.officer, at=self.at).id

        may = self.round_.state is RoundState.COLLECTING and self.station_ended() and not self.papers_are_read
        asked = self.step(opening)
        assert isinstance(asked, int) == may, asked
        if isinstance(asked, int):
            self.step(lambda session, _: self.confirm(session, asked))
            self.step(self._read)
            self.papers_are_read = True

    def _read(self, session: Session, round_: Round) -> None:
        if not self.on_paper:
            return
        paper.make_batches(session, round_, by=self.officer, at=self.at)
        (batch,) = sheet_batches_of(session, round_)
        for reader in (self.officer, self.other):
            keying = sheet_keying.begin_keying(session, round_, batch, by=reader)
            for place, mark in enumerate(self.on_paper.values(), start=1):
                sheet_keying.key_sheet(session, round_, keying, place, [mark])
            sheet_keying.finish_keying(session, round_, keying, by=reader, at=self.at)

    def station_ended(self) -> bool:
        return self.look(lambda session: session.get_one(Station, self.station_id).ended_at) is not None

    @precondition(lambda self: self.at > AT + timedelta(days=5))
    @rule()
    def close(self) -> None:
        may = self.round_.state is RoundState.COLLECTING and self.station_ended() and self.papers_are_read
        answer = self.step(lambda session, round_: sealing.close_round(session, round_, by=self.other, at=self.at))
        assert isinstance(answer, DomainError) != may, answer

    # what always holds

    @invariant()
    def ballots_are_used_codes(self) -> None:
        """And accepted sheets; no more of them than were given out; what is sealed stays sealed."""
        inbox, sealed, used, given = self.look(self.facts)
        sheets = len(self.on_paper) if self.papers_are_read else 0
        assert not inbox & sealed
        assert inbox | sealed >= {tracker_key_of(r) for r, _ in self.cast_from.values()}
        assert len(inbox | sealed) == len(self.cast_from) + sheets
        assert used == {code_key(self.keys, code) for code in self.cast_from}
        assert sealed >= self.sealed_before
        assert given == len(self.in_hand) + len(self.on_paper) >= len(self.cast_from) + sheets
        self.sealed_before = sealed

    def teardown(self) -> None:
        """However far it came: the round is closed and counted, and the winners stay within the fund."""
        self.at = max(self.at, self.round_.closes_at)
        if self.round_.state is RoundState.SUSPENDED:
            self.step(lambda session, round_: collect_round(session, round_, reason="-", by=self.officer, at=self.at))
        self.step(lambda session, round_: end_voting(session, round_, at=self.at))
        self.end_station()
        if self.round_.state is RoundState.COLLECTING:
            self.read_papers()
            self.close()
        assert self.round_.state is RoundState.CLOSED
        self.ballots_are_used_codes()
        self.look(self._count)

    def _count(self, session: Session) -> None:
        sealed = select(SealedBallot.choices).filter_by(round_id=self.round_id)
        texts = list(session.scalars(sealed))
        sha256 = session.scalars(select(RuleBook.sha256).filter_by(round_id=self.round_id)).one()
        form = frozen_form(session, self.round_id, sha256)
        fund_fen = session.get_one(Round, self.round_id).fund_fen
        costs = dict(zip(form.item_numbers, form.costs_fen, strict=True))
        items = tuple(Item(number, cost) for number, cost in costs.items())
        election = Election(items, fund_fen, profile_from_texts(form, texts))
        found = allocate(election, Rule(Method.GREEDY), TieOrder(TieRule.COST_THEN_LOT, file_seed()))
        assert sum(costs[number] for number in found.winners) == found.spent_fen <= fund_fen
        cast = [",".join(sorted(marks)) for _, marks in self.cast_from.values()]
        assert sorted(texts) == sorted(cast + list(self.on_paper.values()))


def test_any_order_of_steps_keeps_the_promises(
    engine: Engine, keys: Keys, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "SMALLEST_BATCH", 2)  # so that few residents fill several seals
    with transaction(engine, keys=keys) as session:
        street = a_street(session)
        people = [a_staff(session, street, Role.OFFICER, Role.SCRUTINEER, name=name) for name in ("王敏", "李明")]
        facts = {"street_id": street.id, "officer": people[0], "other": people[1]}
    machine = type("Machine", (Voting,), {"engine": engine, "keys": keys, **facts})
    run_machine(
        machine,
        settings=settings(
            max_examples=25 if dialect == "sqlite" else 8,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
