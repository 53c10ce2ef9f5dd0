from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from diancai.errors import Conflict, WrongState
from diancai.platform.core.db import transaction
from diancai.platform.core.moves import move
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import ROUND_MOVES, RoundState
from tests.factories import AT, a_round, a_street
from tests.threads import at_once


def test_a_move_sets_the_state_and_its_facts(session: Session) -> None:
    round_ = a_round(session, a_street(session), state=RoundState.COLLECTING)
    move(session, round_, RoundState.CLOSED, table=ROUND_MOVES, counting_since=AT)
    session.expire_all()
    assert (round_.state, round_.counting_since) == (RoundState.CLOSED, AT)


def test_what_was_changed_before_a_move_is_not_lost(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    round_.closes_at += timedelta(days=1)
    later = round_.closes_at
    move(session, round_, RoundState.SUSPENDED, table=ROUND_MOVES)
    assert round_.closes_at == later


def test_a_round_moves_only_as_the_table_says(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    for old in RoundState:
        round_.state, round_.void_reason = old, "-"
        round_.announced_at = None if old is RoundState.DRAFT else AT
        session.flush()
        for new in set(RoundState) - ROUND_MOVES[old]:
            with pytest.raises(WrongState, match=r"state.not_from_here"):
                move(session, round_, new, table=ROUND_MOVES)
        assert round_.state is old


def test_every_state_can_be_reached() -> None:
    reached, waiting = {RoundState.DRAFT}, [RoundState.DRAFT]
    while waiting:
        for new in ROUND_MOVES[waiting.pop()] - reached:
            reached.add(new)
            waiting.append(new)
    assert reached == set(RoundState)


def test_a_closed_round_never_takes_votes_again() -> None:
    reached, waiting = {RoundState.CLOSED}, [RoundState.CLOSED]
    while waiting:
        for new in ROUND_MOVES[waiting.pop()] - reached:
            reached.add(new)
            waiting.append(new)
    assert not reached & {RoundState.ANNOUNCED, RoundState.VOTING, RoundState.SUSPENDED, RoundState.COLLECTING}


def test_a_row_that_somebody_moved_meanwhile_stays(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    stale = Round(id=round_.id, state=RoundState.SUSPENDED)
    with pytest.raises(Conflict, match=r"state.changed_meanwhile"):
        move(session, stale, RoundState.COLLECTING, table=ROUND_MOVES)
    session.expire_all()
    assert round_.state is RoundState.VOTING


def test_of_two_at_once_one_wins(engine: Engine) -> None:
    with transaction(engine) as session:
        round_id = a_round(session, a_street(session)).id

    def suspend() -> None:
        with transaction(engine) as session:
            move(session, session.get_one(Round, round_id), RoundState.SUSPENDED, table=ROUND_MOVES)

    answers = at_once(*[suspend] * 4)
    assert answers.count(None) == 1
    assert all(isinstance(answer, Conflict | WrongState) for answer in answers if answer is not None)
