"""领票: one means to vote a person, whoever asks where."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, DomainError, NotAllowed, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.clock import coarse_hour
from diancai.platform.core.confirmations import confirm_request
from diancai.platform.core.db import transaction
from diancai.platform.core.keys import Keys, keys_of
from diancai.platform.divisions.models import Division
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import BallotCode, BatchKind, CodeState, GivenKind, RegisterEntry, Station
from diancai.platform.polling.operations import codes, desk
from diancai.platform.polling.operations.stations import end_issuing
from diancai.platform.polling.queries import given_count
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry, some_codes

LATER = AT + timedelta(minutes=37)


@pytest.fixture
def street(session: Session) -> Division:
    return a_street(session)


@pytest.fixture
def round_(session: Session, street: Division) -> Round:
    return a_round(session, street)


@pytest.fixture
def clerk(session: Session, street: Division) -> Actor:
    return a_staff(session, street, Role.CLERK)


@pytest.fixture
def scrutineer(session: Session, street: Division) -> Actor:
    return a_staff(session, street, Role.SCRUTINEER, name="赵监票")


@pytest.fixture
def station(session: Session, round_: Round) -> Station:
    return a_station(session, round_)


def code_of(operation: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refused:
        operation()
    return refused.value.code


def test_a_slip_is_given_once_and_only_the_hour_is_kept(
    session: Session, round_: Round, station: Station, clerk: Actor
) -> None:
    entry = an_entry(session, round_)
    desk.give_slip(session, round_, entry, station=station, by=clerk, at=LATER)
    assert (entry.given, entry.given_station_id, entry.given_hour) == (GivenKind.SLIP, station.id, coarse_hour(LATER))
    assert given_count(session, round_) == 1
    give = lambda: desk.give_slip(session, round_, entry, station=station, by=clerk, at=LATER)  # noqa: E731
    assert code_of(give) == "desk.already_given"
    logged = session.scalars(select(AuditEntry)).one()
    assert (logged.event, logged.at) == ("SlipGiven", coarse_hour(LATER))
    assert "entry" not in logged.facts


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"is_eligible": False, "ineligible_reason": "已迁出"}, "desk.not_eligible"),
        ({"is_eligible": False, "is_late": True}, "desk.late_waits"),
        ({"given": GivenKind.POSTED, "given_hour": AT, "delivered_serial": 1}, "desk.already_posted"),
    ],
)
def test_the_true_reason_is_said(
    session: Session, round_: Round, station: Station, clerk: Actor, columns: dict[str, object], code: str
) -> None:
    entry = an_entry(session, round_, **columns)
    assert code_of(lambda: desk.give_slip(session, round_, entry, station=station, by=clerk, at=AT)) == code


@pytest.mark.parametrize(
    "state", [state for state in RoundState if state not in (RoundState.ANNOUNCED, RoundState.VOTING)]
)
def test_nothing_is_given_but_between_announcing_and_closing(
    session: Session, street: Division, clerk: Actor, state: RoundState
) -> None:
    columns = {"void_reason": "停办"} if state is RoundState.VOID else {}
    round_ = a_round(session, street, state=state, **columns)
    station, entry = a_station(session, round_), an_entry(session, round_)
    with pytest.raises(WrongState):
        desk.give_slip(session, round_, entry, station=station, by=clerk, at=AT)
    assert given_count(session, round_) == 0


def test_an_ended_station_gives_nothing(session: Session, round_: Round, station: Station, clerk: Actor) -> None:
    end_issuing(session, round_, station, unused_count=0, spoiled_count=0, by=clerk, at=AT)
    entry = an_entry(session, round_)
    give = lambda: desk.give_slip(session, round_, entry, station=station, by=clerk, at=AT)  # noqa: E731
    assert code_of(give) == "desk.station_ended"


def test_of_two_devices_at_once_exactly_one_gives(engine: Engine, keys: Keys) -> None:
    with transaction(engine, keys=keys) as session:
        street = a_street(session)
        round_ = a_round(session, street)
        station, entry, clerk = (
            a_station(session, round_),
            an_entry(session, round_),
            a_staff(session, street, Role.CLERK),
        )
        ids = (round_.id, entry.id, station.id)
    start, outcomes = Barrier(2), []

    def give() -> None:
        start.wait()
        try:
            with transaction(engine, keys=keys) as own:
                row, person, place = (
                    own.get_one(Round, ids[0]),
                    own.get_one(RegisterEntry, ids[1]),
                    own.get_one(Station, ids[2]),
                )
                desk.give_slip(own, row, person, station=place, by=clerk, at=AT)
            outcomes.append("given")
        except Conflict as refusal:
            outcomes.append(refusal.code)

    devices = [Thread(target=give) for _ in range(2)]
    for device in devices:
        device.start()
    for device in devices:
        device.join()
    assert sorted(outcomes) == ["desk.already_given", "given"]
    with transaction(engine) as session:
        assert len(session.scalars(select(AuditEntry)).all()) == 1


def test_nothing_is_handed_out_behind_a_signed_balance(engine: Engine, keys: Keys) -> None:
    with transaction(engine, keys=keys) as session:
        street = a_street(session)
        round_ = a_round(session, street)
        station, entry, clerk = (
            a_station(session, round_),
            an_entry(session, round_),
            a_staff(session, street, Role.CLERK),
        )
        ids = (round_.id, entry.id, station.id)
    outcomes = []

    def give() -> None:
        with transaction(engine, keys=keys) as own:
            row, person, place = (
                own.get_one(Round, ids[0]),
                own.get_one(RegisterEntry, ids[1]),
                own.get_one(Station, ids[2]),
            )
            outcomes.append(code_of(lambda: desk.give_slip(own, row, person, station=place, by=clerk, at=AT)))

    other = Thread(target=give)
    with transaction(engine, keys=keys) as session:
        row, place = session.get_one(Round, ids[0]), session.get_one(Station, ids[2])
        end_issuing(session, row, place, unused_count=0, spoiled_count=0, by=clerk, at=AT)
        other.start()  # it waits for the commit, whenever it comes
    other.join()
    assert outcomes == ["desk.station_ended"]


def test_a_mistake_is_taken_back_by_two_with_the_slip_on_the_desk(
    session: Session, round_: Round, station: Station, clerk: Actor, scrutineer: Actor
) -> None:
    entry, (slip,) = an_entry(session, round_), some_codes(session, station, 1)
    desk.give_slip(session, round_, entry, station=station, by=clerk, at=AT)
    request = desk.request_take_back(session, round_, entry, code=slip.lower(), reason="同名点错", by=clerk, at=AT)
    assert slip not in request.arguments
    assert code_key(keys_of(session), slip).hex() not in request.arguments
    assert entry.given is GivenKind.SLIP
    with pytest.raises(NotAllowed):
        confirm_request(session, request, by=clerk, at=AT)
    confirm_request(session, request, by=scrutineer, at=AT)
    session.expire_all()
    assert entry.given is None
    assert session.scalars(select(BallotCode.state)).one() is CodeState.VOID
    desk.give_slip(session, round_, entry, station=station, by=clerk, at=AT)


def test_a_slip_that_was_cast_is_not_taken_back(
    session: Session, round_: Round, station: Station, clerk: Actor
) -> None:
    entry, (slip,) = an_entry(session, round_), some_codes(session, station, 1)
    desk.give_slip(session, round_, entry, station=station, by=clerk, at=AT)
    session.scalars(select(BallotCode)).one().state = CodeState.USED
    session.flush()
    back = lambda: desk.request_take_back(session, round_, entry, code=slip, reason="点错", by=clerk, at=AT)  # noqa: E731
    assert code_of(back) == "desk.already_voted"


def test_a_slip_is_taken_back_only_once_and_only_where_it_was_given(
    session: Session, round_: Round, station: Station, clerk: Actor, scrutineer: Actor
) -> None:
    first, second = an_entry(session, round_), an_entry(session, round_, name="王芳")
    (slip,), (elsewhere,) = (
        some_codes(session, station, 1),
        some_codes(session, a_station(session, round_, name="二"), 1),
    )
    for entry in (first, second):
        desk.give_slip(session, round_, entry, station=station, by=clerk, at=AT)

    def back(entry: RegisterEntry, code: str) -> object:
        return desk.request_take_back(session, round_, entry, code=code, reason="点错", by=clerk, at=AT)

    back(first, slip)
    assert code_of(lambda: back(second, slip)) == "desk.other_slip"
    assert code_of(lambda: back(second, elsewhere)) == "desk.other_slip"
    assert code_of(lambda: back(second, slip[:-1] + ("2" if slip[-1] != "2" else "3"))) == "desk.code_mistyped"


def a_delivered_round(session: Session, round_: Round, station: Station, by: Actor, second: Actor) -> list[str]:
    """Print delivered slips for everybody; returns the codes in the order of the addressees."""
    batch = codes.request_batch(
        session,
        round_,
        station=station,
        kind=BatchKind.DELIVERED,
        slip_count=0,
        community_id=None,
        reason="上门送达",
        by=by,
        at=AT,
    )
    codes.approve_batch(session, by=second, requested_by=by, reason="", at=AT, batch_id=batch.id)
    return list(codes.print_batch(session, round_, batch, by=by, at=AT).codes)


def test_a_lost_delivered_slip_is_replaced_with_the_scrutineer_and_its_code_dies_with_it(
    session: Session, street: Division, round_: Round, station: Station, scrutineer: Actor
) -> None:
    officer, entry = a_staff(session, street, Role.OFFICER), an_entry(session, round_)
    (code,) = a_delivered_round(session, round_, station, officer, scrutineer)
    session.expire_all()
    request = desk.request_replacement(session, round_, entry, station=station, reason="没收到", by=officer, at=AT)
    confirm_request(session, request, by=scrutineer, at=AT)
    session.expire_all()
    row = session.get_one(BallotCode, code_key(keys_of(session), code))
    assert row.state is CodeState.VOID
    assert (entry.given, entry.delivered_serial, entry.given_station_id) == (GivenKind.SLIP, None, station.id)


def test_a_delivered_slip_that_was_cast_is_never_replaced(
    session: Session, street: Division, round_: Round, station: Station, scrutineer: Actor
) -> None:
    officer, entry = a_staff(session, street, Role.OFFICER), an_entry(session, round_)
    (code,) = a_delivered_round(session, round_, station, officer, scrutineer)
    session.expire_all()
    request = desk.request_replacement(session, round_, entry, station=station, reason="没收到", by=officer, at=AT)
    session.get_one(BallotCode, code_key(keys_of(session), code)).state = CodeState.USED
    session.flush()
    assert code_of(lambda: confirm_request(session, request, by=scrutineer, at=AT)) == "desk.already_voted"
    session.rollback()


def test_a_bearer_slip_is_not_replaced(session: Session, round_: Round, station: Station, clerk: Actor) -> None:
    entry = an_entry(session, round_)
    desk.give_slip(session, round_, entry, station=station, by=clerk, at=AT)
    ask = lambda: desk.request_replacement(session, round_, entry, station=station, reason="丢了", by=clerk, at=AT)  # noqa: E731
    assert code_of(ask) == "desk.not_posted"
