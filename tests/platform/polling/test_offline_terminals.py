"""Terminals without a network: codes of their own, sealed ballots, batches, and the key of three keepers."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import Conflict, DomainError, InvalidInput, WrongState
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.confirmations import confirm_request
from diancai.platform.features import load_jobs
from diancai.platform.polling.models import BallotCode, CodeState, InboxBallot, SealedBallot
from diancai.platform.polling.offline_models import KioskBallot, KioskCode
from diancai.platform.polling.offline_queries import sealed_count
from diancai.platform.polling.operations import blocks, codes, shipping
from diancai.platform.polling.operations.casting import CodeAnswer, cast_ballot, read_code
from diancai.platform.polling.operations.sealing import close_round
from diancai.platform.polling.sealed_ballots import Batch, batch_body, digest_of, seal_ballot
from diancai.voting import new_code, tracker_key_of
from tests.factories import AT, some_codes
from tests.platform.polling.terminals import Commission, Device, a_commission, box, states
from tests.platform.polling.votes import END, cast_once

load_jobs()


@pytest.fixture
def hall(session: Session) -> Commission:
    return a_commission(session)


# the whole way


def test_sealed_ballots_of_two_terminals_and_online_ones_end_in_one_box(hall: Commission, session: Session) -> None:
    one, two = hall.a_device(), hall.a_device("二号机")
    cast_once(session, hall.station, b"r" * 16)
    one.vote("1,3")
    one.ship(session, one.pack())
    one.vote("2", r=b"s" * 16)
    one.ship(session, one.pack(is_last=True))
    two.vote("3")
    hall.collect()
    two.ship(session, two.pack(is_last=True))
    assert len(box(session)) == 1
    assert states(session)[CodeState.USED] == 1  # ballots = used codes, before and after
    assert hall.open() == 3
    assert {"1,3", "2", "3"} <= set(box(session))
    assert states(session)[CodeState.USED] == 4
    assert session.get(InboxBallot, tracker_key_of(b"s" * 16)) is not None  # the tracker that was shown finds it
    minute = close_round(session, hall.round_, by=hall.scrutineer, at=END)
    assert (minute.ballot_count, minute.used_code_count) == (4, 4)
    assert session.scalar(select(func.count()).select_from(SealedBallot)) == 4
    assert session.scalar(select(func.count()).select_from(KioskCode)) == 0


def test_nothing_of_a_ballot_can_be_read_before_the_key_is_opened(hall: Commission, session: Session) -> None:
    device = hall.a_device()
    device.vote("1,3")
    batch = device.pack()
    device.ship(session, batch)
    (stored,) = session.scalars(select(KioskBallot.ciphertext))
    assert stored == batch.ballots[0]
    assert len(device.seal("1")) == len(device.seal("1,2,3")) == len(stored)
    log = " ".join(session.scalars(select(AuditEntry.facts)))
    assert stored.hex() not in log
    assert "ballot_count" not in log  # nor how many were cast at one place


# codes


def test_a_code_of_a_terminal_is_not_cast_from_anywhere_else(hall: Commission, session: Session) -> None:
    device = hall.a_device()
    reading = read_code(session, device.slips[0])
    assert reading.answer is CodeAnswer.KIOSK
    assert reading.proof is not None
    with pytest.raises(WrongState, match="vote.code_of_kiosk"):
        cast_ballot(session, reading.proof, b"r" * 16, ["1"], at=AT)
    assert not box(session)


def test_unused_codes_work_everywhere_once_the_terminal_has_ended(hall: Commission, session: Session) -> None:
    device = hall.a_device(slips=2)
    used = device.vote("1")
    device.ship(session, device.pack(is_last=True))
    assert read_code(session, device.slips[0]).answer is CodeAnswer.LIVE
    assert read_code(session, used).answer is CodeAnswer.KIOSK  # its sealed ballot waits


def test_the_server_keeps_digests_only_until_the_device_has_them(hall: Commission, session: Session) -> None:
    device = hall.a_device(is_fetched=False)
    first = blocks.hand_block(session, device.kiosk, device.key, at=AT)
    assert blocks.hand_block(session, device.kiosk, device.key, at=AT) == first
    assert first.digests == tuple(sorted(digest_of(code, first.salt) for code in device.slips))
    with pytest.raises(Conflict, match="kiosk.other_device"):
        blocks.hand_block(session, device.kiosk, Device(device.kiosk, []).key, at=AT)
    for _ in range(2):
        blocks.confirm_block(session, device.kiosk, device.key, at=AT)
    assert list(session.scalars(select(KioskCode.digest))) == [None] * 3
    with pytest.raises(Conflict, match="kiosk.block_handed"):
        blocks.hand_block(session, device.kiosk, device.key, at=AT)


def test_a_block_that_is_out_is_not_voided(hall: Commission, session: Session) -> None:
    device = hall.a_device(is_fetched=False)
    batch = session.get_one(codes.CodeBatch, session.scalars(select(BallotCode.batch_id)).first())
    void = {"reason": "印坏", "by": hall.officer, "at": AT}
    request = codes.request_void_batch(session, hall.round_, batch, **void)
    device.fetch(session)
    with pytest.raises(Conflict, match="kiosk.block_is_out"):
        confirm_request(session, request, by=hall.scrutineer, at=AT)
    with pytest.raises(Conflict, match="kiosk.block_is_out"):
        codes.request_void_batch(session, hall.round_, batch, **void)


def test_a_block_that_nobody_fetched_is_voided_whole_and_replaced(hall: Commission, session: Session) -> None:
    device = hall.a_device(is_fetched=False)
    batch = session.get_one(codes.CodeBatch, session.scalars(select(BallotCode.batch_id)).first())
    with pytest.raises(Conflict, match="kiosk.has_block"):
        blocks.request_block(session, hall.round_, device.kiosk, 2, reason="再印", by=hall.officer, at=AT)
    void = codes.request_void_batch(session, hall.round_, batch, reason="印坏", by=hall.officer, at=AT)
    confirm_request(session, void, by=hall.scrutineer, at=AT)
    assert states(session) == {CodeState.VOID: 3}
    blocks.request_block(session, hall.round_, device.kiosk, 2, reason="再印", by=hall.officer, at=AT)
    with pytest.raises(WrongState, match="kiosk.no_block"):
        blocks.hand_block(session, device.kiosk, device.key, at=AT)


def test_no_code_becomes_a_terminals_later(hall: Commission, session: Session) -> None:
    cast_once(session, hall.station, b"r" * 16)
    some_codes(session, hall.station, 1)
    for state in (CodeState.USED, CodeState.LIVE):
        attempt = session.begin_nested()
        with pytest.raises(IntegrityError, match="ballot_code_final"):
            session.execute(
                text("UPDATE ballot_code SET state = 'kiosk', idem = NULL WHERE state = :state"), {"state": state.value}
            )
        attempt.rollback()


# batches


def test_the_same_batch_again_changes_nothing(hall: Commission, session: Session) -> None:
    device = hall.a_device()
    device.vote("1")
    batch = device.pack()
    body = batch_body(batch)
    signature = device.sign(body)
    for _ in range(2):
        assert shipping.receive_batch(session, device.kiosk, body, signature, at=AT) == 1
    assert sealed_count(session, hall.round_.id) == 1


Change = Callable[[Device, Device, Batch], Batch]
REFUSED: dict[str, Change] = {
    "kiosk.batch_gap": lambda _device, _other, batch: replace(batch, number=3),
    "kiosk.batch_replayed": lambda device, _other, batch: replace(batch, number=1),
    "kiosk.foreign_codes": lambda device, other, batch: replace(
        batch,
        used=(digest_of(other.slips[0], other.block.salt),),  # type: ignore[union-attr]
    ),
    "kiosk.batch_malformed": lambda _device, _other, batch: replace(batch, ballots=()),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_is_no_next_batch_of_this_terminal_is_refused(hall: Commission, session: Session, code: str) -> None:
    device, other = hall.a_device(), hall.a_device("二号机")
    device.vote("1")
    device.ship(session, device.pack())
    device.vote("2")
    batch = device.pack()
    with pytest.raises(DomainError, match=code):
        device.ship(session, REFUSED[code](device, other, batch))
    session.rollback()


def test_a_code_is_reported_once_and_only_one_that_exists(hall: Commission, session: Session) -> None:
    device = hall.a_device()
    device.vote("1")
    first = device.pack()
    device.ship(session, first)
    assert device.block is not None
    for digest in (first.used[0], digest_of(new_code(), device.block.salt)):
        again = Batch(device.kiosk.id, 2, False, (digest,), (device.seal("2"),))
        attempt = session.begin_nested()
        with pytest.raises(Conflict, match="kiosk.foreign_codes"):
            device.ship(session, again)
        attempt.rollback()


def test_a_batch_that_another_device_signed_is_refused(hall: Commission, session: Session) -> None:
    device, other = hall.a_device(), hall.a_device("二号机")
    device.vote("1")
    body = batch_body(device.pack())
    for signature in (other.sign(body), b"", bytes(64), device.sign(body + " ")):
        with pytest.raises(InvalidInput, match="kiosk.bad_signature"):
            shipping.receive_batch(session, device.kiosk, body, signature, at=AT)


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"kiosk":1,"number":"1","is_last":false,"used":[],"ballots":[]}', '{"kiosk":1}']
)
def test_a_body_of_another_shape_is_refused(hall: Commission, session: Session, body: str) -> None:
    device = hall.a_device()
    with pytest.raises(InvalidInput, match="kiosk.batch_malformed"):
        shipping.receive_batch(session, device.kiosk, body, device.sign(body), at=AT)


def test_lists_that_are_not_sorted_could_tell_an_order(hall: Commission, session: Session) -> None:
    device = hall.a_device()
    device.vote("1")
    device.vote("2")
    batch = device.pack()
    with pytest.raises(InvalidInput, match="kiosk.batch_malformed"):
        device.ship(session, replace(batch, ballots=batch.ballots[::-1]))


def test_a_ballot_of_another_length_would_tell_how_many_marks_it_has(hall: Commission, session: Session) -> None:
    device = hall.a_device()
    device.vote("1")
    batch, block = device.pack(), device.block
    assert block is not None
    longer = seal_ballot(block.public_key, block.round_id, bytes(16), "1", block.text_length + 1)
    with pytest.raises(InvalidInput, match="kiosk.batch_malformed"):
        device.ship(session, replace(batch, ballots=(longer,)))


def test_after_its_end_a_terminal_ships_nothing_more(hall: Commission, session: Session) -> None:
    device = hall.a_device()
    device.ship(session, device.pack(is_last=True))
    device.vote("1")
    with pytest.raises(Conflict, match="kiosk.has_ended"):
        device.ship(session, device.pack())
