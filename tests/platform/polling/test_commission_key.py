"""The commission key: collecting waits for every terminal, two of three keepers open, and nobody alone."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed, WrongState
from diancai.platform.features import load_jobs
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import CodeState
from diancai.platform.polling.offline_models import KeyShare, KioskCode
from diancai.platform.polling.offline_queries import is_key_ready, outstanding_kiosks
from diancai.platform.polling.operations import commission
from diancai.platform.polling.operations.casting import CodeAnswer, read_code
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.polling.operations.sealing import close_round
from diancai.platform.polling.sealed_ballots import digest_of
from diancai.voting.sharing import parse_share
from tests.factories import AT
from tests.platform.polling.terminals import Commission, a_commission, box, states
from tests.platform.polling.votes import END

load_jobs()


@pytest.fixture
def hall(session: Session) -> Commission:
    return a_commission(session)


# collecting


def test_nothing_is_opened_while_a_terminal_is_out(hall: Commission, session: Session) -> None:
    device = hall.a_device()
    device.vote("1")
    device.ship(session, device.pack())
    device.vote("2")
    hall.collect()
    assert outstanding_kiosks(session, hall.round_.id) == ["一号机"]
    for act in (hall.open, lambda: close_round(session, hall.round_, by=hall.scrutineer, at=END)):
        with pytest.raises(WrongState, match="kiosk.outstanding"):
            act()
    with session.begin_nested() as attempt:
        with pytest.raises(IntegrityError, match="commission_key_after_channels"):
            session.execute(text("UPDATE commission_key SET opened_at = made_at, opened_by = 1, opened_with = 2"))
        attempt.rollback()


def test_two_people_exclude_a_lost_terminal_by_name(hall: Commission, session: Session) -> None:
    device = hall.a_device()
    device.vote("1")
    device.ship(session, device.pack())
    late = device.vote("2")
    hall.exclude(device)
    with pytest.raises(Conflict, match="kiosk.excluded"):
        device.ship(session, device.pack())
    assert read_code(session, late).answer is CodeAnswer.LIVE  # its voter may vote again: that ballot never comes
    hall.collect()
    assert hall.open() == 1
    minute = close_round(session, hall.round_, by=hall.scrutineer, at=END)
    assert minute.ballot_count == minute.used_code_count == 1


def test_the_seal_waits_for_sealed_ballots(hall: Commission, session: Session) -> None:
    device = hall.a_device()
    device.vote("1")
    device.ship(session, device.pack(is_last=True))
    hall.collect()
    with pytest.raises(WrongState, match="kiosk.sealed_ballots"):
        close_round(session, hall.round_, by=hall.scrutineer, at=END)


def test_a_ballot_that_cannot_be_read_takes_a_code_with_it(hall: Commission, session: Session) -> None:
    device = hall.a_device(slips=4)
    for choice in ("1", "9", "2", "3,1"):
        device.vote(choice)
    device.ship(session, device.pack(is_last=True))
    hall.collect()
    assert hall.open() == 2
    assert box(session) == ["1", "2"]
    assert states(session) == {CodeState.USED: 2, CodeState.VOID: 2}
    close_round(session, hall.round_, by=hall.scrutineer, at=END)


def test_one_tracker_for_two_people_loses_neither_ballot(hall: Commission, session: Session) -> None:
    device = hall.a_device()
    for choice in ("1", "2"):
        device.vote(choice, r=b"x" * 16)
    device.ship(session, device.pack(is_last=True))
    hall.collect()
    assert hall.open() == 2
    assert box(session) == ["1", "2"]


# the key


def test_each_keeper_takes_one_share_once(session: Session) -> None:
    hall = a_commission(session, is_taken=False)
    with pytest.raises(WrongState, match="key.not_ready"):
        hall.a_device()
    papers = [commission.take_share(session, hall.round_, by=keeper, at=AT) for keeper in hall.keepers]
    assert is_key_ready(session, hall.round_.id)
    assert sorted(parse_share(paper).place for paper in papers) == [1, 2, 3]
    assert list(session.scalars(select(KeyShare.sealed))) == [None] * 3
    with pytest.raises(Conflict, match="key.share_taken"):
        commission.take_share(session, hall.round_, by=hall.keepers[0], at=AT)
    with pytest.raises(NotAllowed, match="key.not_keeper"):
        commission.take_share(session, hall.round_, by=hall.officer, at=AT)


@pytest.mark.parametrize(("first", "second"), [(0, 1), (2, 0), (1, 2)])
def test_any_two_keepers_open_it_in_any_order(hall: Commission, session: Session, first: int, second: int) -> None:
    device = hall.a_device()
    device.vote("1")
    device.ship(session, device.pack(is_last=True))
    hall.collect()
    assert hall.open(first, second) == 1
    with pytest.raises(Conflict, match="key.opened"):
        hall.open(first, second)


def test_one_keeper_alone_opens_nothing(hall: Commission, session: Session) -> None:
    device = hall.a_device()
    device.vote("1")
    device.ship(session, device.pack(is_last=True))
    hall.collect()
    typing = {"by": hall.keepers[0], "at": END}
    with pytest.raises(InvalidInput, match="key.wrong_share"):
        commission.type_share(session, hall.round_, hall.papers[1], **typing)
    with pytest.raises(InvalidInput, match="share.malformed"):
        commission.type_share(session, hall.round_, hall.papers[0][:-1], **typing)
    assert commission.type_share(session, hall.round_, hall.papers[0], **typing) is None
    with pytest.raises(Conflict, match="key.typed_already"):
        commission.type_share(session, hall.round_, hall.papers[0], **typing)
    assert not box(session)


def test_the_key_is_made_anew_until_a_terminal_has_its_codes(hall: Commission, session: Session) -> None:
    ids = [keeper.staff_id or 0 for keeper in hall.keepers]
    with pytest.raises(InvalidInput, match="key.three_keepers"):
        commission.name_keepers(session, hall.round_, [ids[0], ids[0], ids[1]], by=hall.officer, at=AT)
    commission.name_keepers(session, hall.round_, ids, by=hall.officer, at=AT)
    assert not is_key_ready(session, hall.round_.id)
    for keeper in hall.keepers:
        commission.take_share(session, hall.round_, by=keeper, at=AT)
    hall.a_device()
    with pytest.raises(Conflict, match="key.in_use"):
        commission.name_keepers(session, hall.round_, ids, by=hall.officer, at=AT)


def test_a_round_without_terminals_closes_without_a_key(hall: Commission, session: Session) -> None:
    hall.collect()
    with pytest.raises(Conflict, match="key.nothing_sealed"):
        hall.open()
    close_round(session, hall.round_, by=hall.scrutineer, at=END)


def test_keys_of_codes_and_digests_say_nothing_of_each_other(hall: Commission, session: Session) -> None:
    device = hall.a_device()
    assert device.block is not None
    row = session.get_one(KioskCode, code_key(session.info["keys"], device.slips[0]))
    assert row.digest_key != digest_of(device.slips[0], device.block.salt)
    end_voting(session, hall.round_, at=END)
