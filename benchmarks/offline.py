"""A terminal without a network, in `make drill`: thirty people vote in it, then its batches come home under faults."""

import secrets
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from diancai.errors import DomainError
from diancai.platform.core.keys import Keys
from diancai.platform.polling.sealed_ballots import Batch
from diancai.voting import tracker_key_of, tracker_text
from tests.factories import AT
from tests.platform.polling.terminals import Commission, Device, a_commission

PEOPLE, MINUTES = 30, 30
FAULTS = (
    "offline for 30 minutes",
    "killed while a batch is taken",
    "the answer lost, the batch sent again",
    "a batch too far",
)


def an_offline_terminal(engine: Engine, keys: Keys) -> list[str]:
    """The trackers that the terminal showed; afterwards the round's box is whole, whatever came between.

    Raises AssertionError if a replay, a gap or a half-taken batch was not refused.
    """
    with Session(engine, info={"keys": keys}) as session:
        hall = a_commission(session)
        device = hall.a_device(slips=PEOPLE + 5)
        session.commit()
        shown = [_vote(device, minute) for minute in range(PEOPLE)]
        _come_home(session, device)
        device.ship(session, device.pack(is_last=True))
        hall.collect()
        assert hall.open() == PEOPLE
        session.commit()
        _no_second_time(session, hall)
    return shown


def _vote(device: Device, minute: int) -> str:
    """One a simulated minute; the network would be needed for none of it."""
    assert device.block is not None
    assert AT + timedelta(minutes=minute % MINUTES) < device.block.closes_at
    r = secrets.token_bytes(16)
    device.vote(str(1 + minute % 3), r=r)
    return tracker_text(tracker_key_of(r))


def _come_home(session: Session, device: Device) -> None:
    batch = device.pack()
    device.ship(session, batch)
    session.rollback()  # the process was killed before it committed
    number = device.ship(session, batch)
    session.commit()
    assert device.ship(session, batch) == number  # the answer was lost
    session.commit()
    ahead = Batch(device.kiosk.id, batch.number + 2, False, (), ())
    _refused(session, lambda: device.ship(session, ahead))
    changed = Batch(device.kiosk.id, batch.number, False, batch.used[1:], batch.ballots[1:])
    _refused(session, lambda: device.ship(session, changed))


def _no_second_time(session: Session, hall: Commission) -> None:
    _refused(session, lambda: hall.open(0, 1))


def _refused(session: Session, work: Callable[[], object]) -> None:
    try:
        work()
    except DomainError:
        session.rollback()
    else:
        raise AssertionError("a fault went through")
