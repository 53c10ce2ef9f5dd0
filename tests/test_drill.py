"""The drill must notice what it looks for: a ballot taken away or doubled by hand."""

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from benchmarks.drill import Losses, losses
from diancai.platform.core.db import transaction
from diancai.platform.core.keys import Keys
from diancai.platform.polling.models import InboxBallot
from diancai.voting import tracker_key_of, tracker_text
from tests.factories import a_round, a_station, a_street
from tests.platform.polling.votes import vote


@pytest.fixture
def acknowledged(engine: Engine, keys: Keys) -> list[str]:
    with transaction(engine, keys=keys) as session:
        rs = vote(session, a_station(session, a_round(session, a_street(session))), 5)
    return [tracker_text(tracker_key_of(r)) for r in rs]


def test_a_whole_box_has_no_losses(engine: Engine, keys: Keys, acknowledged: list[str]) -> None:
    assert losses(engine, keys, acknowledged) == Losses(0, 0)
    assert losses(engine, keys, acknowledged[:3]) == Losses(0, 0)  # stored, and the answer never arrived


def test_a_ballot_that_was_taken_away_is_lost(engine: Engine, keys: Keys, acknowledged: list[str]) -> None:
    with transaction(engine, keys=keys) as session:
        one = session.scalars(select(InboxBallot.tracker_key).limit(1)).one()
        session.execute(delete(InboxBallot).where(InboxBallot.tracker_key == one))
    assert losses(engine, keys, acknowledged).lost > 0


def test_a_ballot_that_was_put_in_is_doubled(engine: Engine, keys: Keys, acknowledged: list[str]) -> None:
    with transaction(engine, keys=keys) as session:
        _double(session)
    assert losses(engine, keys, acknowledged) == Losses(0, 1)


def _double(session: Session) -> None:
    ballot = session.scalars(select(InboxBallot).limit(1)).one()
    session.add(InboxBallot(tracker_key=b"x" * 16, round_id=ballot.round_id, choices=ballot.choices))
