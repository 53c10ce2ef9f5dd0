"""A sitting without internet: given away, held elsewhere, handed back; whole, once, and by nobody else."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, DomainError, InvalidInput, WrongState
from diancai.platform.core.audit import broken_entries
from diancai.platform.core.confirmations import confirm_request
from diancai.platform.core.db import open_engine, transaction
from diancai.platform.core.keys import Keys, new_keys
from diancai.platform.core.timeline import timeline_of
from diancai.platform.hall_server.operations.handing_back import hand_back, what_is_missing
from diancai.platform.hall_server.operations.preparing import request_giving_up, request_hall_server
from diancai.platform.hall_server.operations.taking_back import TakenBack, take_back
from diancai.platform.hall_server.parcels import unwrap_pack
from diancai.platform.polling.hall_models import Sitting, StepDone
from diancai.platform.polling.hall_server_models import HallServer, HallServerState
from diancai.platform.polling.models import (
    BallotCode,
    ClosingMinute,
    CodeState,
    GivenKind,
    InboxBallot,
    RegisterEntry,
    SealedBallot,
    Station,
)
from diancai.platform.polling.operations.casting import read_code
from diancai.platform.polling.operations.desk import give_slip
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.polling.operations.sealing import close_round
from diancai.platform.polling.queries import given_count, state_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from diancai.voting import tracker_key_of
from tests.databases import Databases
from tests.platform.hall_server.halls import (
    NOON,
    Office,
    a_pack_code,
    an_office,
    hold_the_vote,
    in_hall,
    open_hall,
    packed,
    prepare,
    print_slips,
)
from tests.platform.polling.votes import END

HALL_KEYS = new_keys()


@pytest.fixture
def hall(databases: Databases, dialect: str) -> Iterator[Engine]:
    """The laptop's database: migrated and empty."""
    url = databases.migrated(dialect)
    opened = open_engine(url)
    yield opened
    opened.dispose()
    databases.drop(url)


@pytest.fixture
def office(engine: Engine, keys: Keys) -> Office:
    with transaction(engine, keys=keys) as session:
        made = an_office(session)
        prepare(session, made)
    return made


def take_along(engine: Engine, keys: Keys, hall: Engine, office: Office) -> None:
    code = a_pack_code()
    with transaction(engine, keys=keys) as session:
        content = packed(session, office, code)
    open_hall(hall, HALL_KEYS, content, code)


def held(hall: Engine, office: Office, came: int) -> tuple[bytes, list[bytes]]:
    """What the hall hands back after its vote, and the `r` of each who came."""
    with in_hall(hall, HALL_KEYS) as (session, charge):
        rs = hold_the_vote(session, office, came)
        return hand_back(session, charge, by=office.people.clerk, at=NOON), rs


def taken(engine: Engine, keys: Keys, office: Office, parcel: bytes) -> TakenBack:
    with transaction(engine, keys=keys) as session:
        server = session.scalars(select(HallServer).order_by(HallServer.id.desc())).first()
        assert server is not None
        return take_back(session, server, parcel, by=office.people.officer, at=NOON)


def count(session: Session, table: type, *conditions: object) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0  # type: ignore[arg-type]


def refusal(engine: Engine, keys: Keys, office: Office, parcel: bytes) -> str:
    with pytest.raises(DomainError) as refused:
        taken(engine, keys, office, parcel)
    return refused.value.code


def test_the_whole_way_of_a_sitting_without_internet(engine: Engine, keys: Keys, hall: Engine, office: Office) -> None:
    take_along(engine, keys, hall, office)
    parcel, rs = held(hall, office, came=4)
    found = taken(engine, keys, office, parcel)
    assert (found.ballot_count, found.given_count, found.freed_count, found.is_first) == (4, 4, 2, True)
    with transaction(engine, keys=keys) as session:
        round_ = session.get_one(Round, office.round_id)
        keys_in_box = set(session.scalars(select(InboxBallot.tracker_key)))
        assert keys_in_box == {tracker_key_of(r) for r in rs}
        assert count(session, BallotCode, BallotCode.state == CodeState.USED) == 4
        assert count(session, BallotCode, BallotCode.state == CodeState.VOID) == 2
        assert given_count(session, round_) == 4
        desk = session.get_one(Station, office.hall_desk_id)
        assert (desk.unused_count, desk.spoiled_count, desk.ended_by) == (2, 0, office.people.clerk.staff_id)
        steps = list(session.scalars(select(StepDone.step).order_by(StepDone.done_at)))
        assert len(steps) == 10
        session.get_one(Station, office.other_desk_id).ended_at = END
        session.get_one(Station, office.other_desk_id).unused_count = 0
        session.get_one(Station, office.other_desk_id).spoiled_count = 0
        end_voting(session, round_, at=END)
        close_round(session, round_, by=office.people.chief, at=END)
        minute = session.get_one(ClosingMinute, round_.id)
        assert (minute.ballot_count, minute.used_code_count, minute.given_count) == (4, 4, 4)
        assert list(broken_entries(session)) == []


def test_who_did_not_come_may_be_given_something_at_the_office_afterwards(
    engine: Engine, keys: Keys, hall: Engine, office: Office
) -> None:
    take_along(engine, keys, hall, office)
    with transaction(engine, keys=keys) as session:
        absent = session.get_one(RegisterEntry, office.voters[-1])
        round_, desk = session.get_one(Round, office.round_id), session.get_one(Station, office.other_desk_id)
        assert absent.given is GivenKind.HALL
        assert given_count(session, round_) == 0
        with pytest.raises(Conflict) as refused:
            give_slip(session, round_, absent, station=desk, by=office.people.clerk, at=NOON)
        assert refused.value.code == "desk.votes_in_hall"
    parcel, _ = held(hall, office, came=4)
    taken(engine, keys, office, parcel)
    with transaction(engine, keys=keys) as session:
        absent, came = (session.get_one(RegisterEntry, office.voters[place]) for place in (-1, 0))
        round_, desk = session.get_one(Round, office.round_id), session.get_one(Station, office.other_desk_id)
        give_slip(session, round_, absent, station=desk, by=office.people.clerk, at=NOON)
        with pytest.raises(Conflict) as refused:
            give_slip(session, round_, came, station=desk, by=office.people.clerk, at=NOON)
        assert refused.value.code == "desk.already_given"


def test_handed_back_twice_is_taken_once(engine: Engine, keys: Keys, hall: Engine, office: Office) -> None:
    take_along(engine, keys, hall, office)
    parcel, _ = held(hall, office, came=3)
    first = taken(engine, keys, office, parcel)
    with in_hall(hall, HALL_KEYS) as (session, charge):
        again = hand_back(session, charge, by=office.people.clerk, at=END)
    assert again != parcel  # encrypted anew, the same inside
    second = taken(engine, keys, office, again)
    assert (second.content_sha256, second.is_first) == (first.content_sha256, False)
    with transaction(engine, keys=keys) as session:
        assert count(session, InboxBallot) == 3


def test_only_the_newest_pack_is_taken_back(engine: Engine, keys: Keys, hall: Engine, office: Office) -> None:
    take_along(engine, keys, hall, office)
    with transaction(engine, keys=keys) as session:
        packed(session, office, a_pack_code())
    parcel, _ = held(hall, office, came=3)
    assert refusal(engine, keys, office, parcel) == "hall_server.not_ours"
    with transaction(engine, keys=keys) as session:
        assert count(session, InboxBallot) == 0


def test_a_changed_file_is_not_taken(engine: Engine, keys: Keys, hall: Engine, office: Office) -> None:
    take_along(engine, keys, hall, office)
    parcel, _ = held(hall, office, came=3)
    changed = parcel[:-1] + bytes([parcel[-1] ^ 1])
    assert refusal(engine, keys, office, changed) == "hall_server.not_ours"
    assert refusal(engine, keys, office, b"") == "hall_server.not_ours"
    assert taken(engine, keys, office, parcel).is_first


def test_the_hall_and_the_office_know_no_code_of_each_other(
    engine: Engine, keys: Keys, hall: Engine, office: Office
) -> None:
    take_along(engine, keys, hall, office)
    with in_hall(hall, HALL_KEYS) as (session, _):
        [code, *_] = print_slips(session, office, 3)
        assert read_code(session, code).answer == "live"
    with transaction(engine, keys=keys) as session:
        assert read_code(session, code).answer == "unknown"


def test_no_name_and_no_key_of_the_office_is_in_the_pack_unless_it_votes_there(
    engine: Engine, keys: Keys, office: Office
) -> None:
    code = a_pack_code()
    with transaction(engine, keys=keys) as session:
        content = packed(session, office, code)
    assert "李0".encode() not in content
    with pytest.raises(InvalidInput) as refused:
        unwrap_pack(content, a_pack_code())
    assert refused.value.code == "hall_server.wrong_code"
    text = json.dumps(unwrap_pack(content, code), ensure_ascii=False)
    assert "李0" in text
    for secret in (keys.pepper, keys.personal, keys.signing, keys.session):
        assert secret.hex() not in text


def test_nothing_else_is_done_with_what_is_away(engine: Engine, keys: Keys, office: Office) -> None:
    with transaction(engine, keys=keys) as session:
        round_, sitting = session.get_one(Round, office.round_id), session.get_one(Sitting, office.sitting_id)
        with pytest.raises(WrongState) as refused:
            print_slips(session, office, 2)
        assert refused.value.code == "hall_server.station_away"
        with pytest.raises(WrongState) as refused:
            request_hall_server(session, sitting, [1], reason="再来", by=office.people.officer, at=NOON)
        assert refused.value.code == "hall_server.sitting_away"
        end_voting(session, round_, at=END)
        with pytest.raises(WrongState) as refused:
            close_round(session, round_, by=office.people.chief, at=END)
        assert refused.value.code == "hall_server.still_away"


def test_a_hall_that_is_lost_is_given_up_by_two_and_its_people_vote_elsewhere(
    engine: Engine, keys: Keys, hall: Engine, office: Office
) -> None:
    take_along(engine, keys, hall, office)
    parcel, _ = held(hall, office, came=3)
    with transaction(engine, keys=keys) as session:
        server = session.scalars(select(HallServer)).one()
        asked = request_giving_up(session, server, reason="电脑丢了", by=office.people.officer, at=NOON)
        assert confirm_request(session, asked, by=office.people.chief, at=NOON) == 6
        assert server.state is HallServerState.GIVEN_UP
        told = [entry.code for entry in timeline_of(session, f"round:{office.round_id}")]
        assert told[-2:] == ["hall_server.is_away", "hall_server.was_lost"]
    assert refusal(engine, keys, office, parcel) == "hall_server.given_up"
    with transaction(engine, keys=keys) as session:
        entry = session.get_one(RegisterEntry, office.voters[0])
        assert state_of(entry) == "ready"
        prepare(session, office)


def test_nothing_is_handed_back_before_the_hall_is_over(
    engine: Engine, keys: Keys, hall: Engine, office: Office
) -> None:
    take_along(engine, keys, hall, office)
    with in_hall(hall, HALL_KEYS) as (session, charge):
        codes = [problem.code for problem in what_is_missing(session, charge)]
        assert codes == ["hall_server.steps_missing", "hall_server.still_voting", "station.not_ended"]
        with pytest.raises(WrongState):
            hand_back(session, charge, by=office.people.clerk, at=NOON)


def test_after_handing_back_the_hall_tells_no_use_of_a_code_from_another(
    engine: Engine, keys: Keys, hall: Engine, office: Office
) -> None:
    take_along(engine, keys, hall, office)
    held(hall, office, came=4)
    with in_hall(hall, HALL_KEYS) as (session, _):
        assert count(session, InboxBallot) == 0
        assert count(session, SealedBallot) == 4
        assert count(session, BallotCode, BallotCode.idem.is_not(None)) == 0
        assert session.get_one(Round, office.round_id).state is RoundState.COLLECTING


def test_a_round_that_is_suspended_takes_the_hall_back_later(
    engine: Engine, keys: Keys, hall: Engine, office: Office
) -> None:
    take_along(engine, keys, hall, office)
    parcel, _ = held(hall, office, came=3)
    with transaction(engine, keys=keys) as session:
        session.get_one(Round, office.round_id).state = RoundState.SUSPENDED
    assert refusal(engine, keys, office, parcel) == "hall_server.round_waits"
    with transaction(engine, keys=keys) as session:
        session.get_one(Round, office.round_id).state = RoundState.VOTING
    assert taken(engine, keys, office, parcel).is_first
