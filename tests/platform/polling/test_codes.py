"""Print runs: ordered by one, approved by another, printed once, kept as keyed hashes in another order."""

import itertools
import time
from typing import Any

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.confirmations import ConfirmationRequest, RequestState, confirm_request, decline_request
from diancai.platform.core.keys import keys_of
from diancai.platform.divisions.models import CodeFormat, Division
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import BallotCode, BatchKind, BatchState, CodeBatch, CodeState, GivenKind, Station
from diancai.platform.polling.operations.codes import PrintedBatch, print_batch, request_batch, request_void_batch
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.rounds.models import Round
from diancai.voting import has_valid_check
from tests.factories import AT, a_community, a_round, a_staff, a_station, a_street, an_entry


@pytest.fixture
def street(session: Session) -> Division:
    return a_street(session)


@pytest.fixture
def round_(session: Session, street: Division) -> Round:
    return a_round(session, street)


@pytest.fixture
def station(session: Session, round_: Round) -> Station:
    return a_station(session, round_)


@pytest.fixture
def officer(session: Session, street: Division) -> Actor:
    return a_staff(session, street, Role.OFFICER)


@pytest.fixture
def scrutineer(session: Session, street: Division) -> Actor:
    return a_staff(session, street, Role.SCRUTINEER, name="赵监票")


def ordered(session: Session, round_: Round, station: Station, by: Actor, **options: Any) -> CodeBatch:
    facts: dict[str, Any] = {"kind": BatchKind.BEARER, "slip_count": 20, "community_id": None, "reason": "首批"}
    return request_batch(session, round_, station=station, by=by, at=AT, **(facts | options))


def waiting(session: Session) -> ConfirmationRequest:
    return session.scalars(select(ConfirmationRequest).order_by(ConfirmationRequest.id.desc())).first()  # type: ignore[return-value]


def printed(
    session: Session, round_: Round, station: Station, by: Actor, second: Actor, **options: Any
) -> tuple[CodeBatch, PrintedBatch]:
    batch = ordered(session, round_, station, by, **options)
    confirm_request(session, waiting(session), by=second, at=AT)
    return batch, print_batch(session, round_, batch, by=by, at=AT)


def test_a_run_is_printed_once_after_a_second_person_approved(
    session: Session, round_: Round, station: Station, officer: Actor, scrutineer: Actor
) -> None:
    batch = ordered(session, round_, station, officer)
    with pytest.raises(WrongState, match="not_approved"):
        print_batch(session, round_, batch, by=officer, at=AT)
    confirm_request(session, waiting(session), by=scrutineer, at=AT)
    sheets = print_batch(session, round_, batch, by=officer, at=AT)
    assert len(set(sheets.codes)) == 20
    assert all(has_valid_check(code) for code in sheets.codes)
    assert batch.state is BatchState.PRINTED
    with pytest.raises(WrongState, match="printed_already"):
        print_batch(session, round_, batch, by=officer, at=AT)


def test_only_keyed_hashes_are_kept_and_nothing_about_time_or_person(
    session: Session, round_: Round, station: Station, officer: Actor, scrutineer: Actor
) -> None:
    batch, sheets = printed(session, round_, station, officer, scrutineer)
    rows = session.scalars(select(BallotCode)).all()
    assert {row.code_key for row in rows} == {code_key(keys_of(session), code) for code in sheets.codes}
    assert {(row.state, row.serial, row.idem, row.batch_id) for row in rows} == {(CodeState.LIVE, None, None, batch.id)}
    columns = {column.key for column in inspect(BallotCode).columns}
    assert columns == {"code_key", "round_id", "station_id", "batch_id", "state", "idem", "serial"}
    log = " ".join(entry.facts for entry in session.scalars(select(AuditEntry)))
    assert not any(code in log for code in sheets.codes)
    assert sheets.codes[0] not in repr(sheets)


def test_the_sheets_are_not_in_the_order_of_the_rows(
    session: Session, round_: Round, station: Station, officer: Actor, scrutineer: Actor
) -> None:
    _, sheets = printed(session, round_, station, officer, scrutineer, slip_count=200)
    places = [code_key(keys_of(session), code) for code in sheets.codes]
    assert places != sorted(places)
    rising = sum(first < second for first, second in itertools.pairwise(places))
    assert 70 <= rising <= 130  # 99.5 expected, standard deviation 4.1


def test_a_street_with_a_numeric_pad_gets_sixteen_digits(session: Session) -> None:
    street = a_street(session, code_format=CodeFormat.DIGITS)
    round_ = a_round(session, street)
    officer, second = a_staff(session, street, Role.OFFICER), a_staff(session, street, Role.OFFICER)
    _, sheets = printed(session, round_, a_station(session, round_), officer, second, slip_count=3)
    assert all(len(code.replace("-", "")) == 16 and code.replace("-", "").isdigit() for code in sheets.codes)


def test_delivered_slips_mark_their_addressees_and_leave_a_serial(
    session: Session, street: Division, round_: Round, station: Station, officer: Actor, scrutineer: Actor
) -> None:
    here, other = an_entry(session, round_), a_community(session, street, code="110102001002", name="第二社区")
    elsewhere = an_entry(session, round_, name="王芳", community_id=other.id)
    out = an_entry(session, round_, name="赵六", is_eligible=False, ineligible_reason="已迁出")
    options = {"kind": BatchKind.DELIVERED, "community_id": here.community_id}
    batch, sheets = printed(session, round_, station, officer, scrutineer, **options)
    session.expire_all()
    assert [found.name for found in sheets.addressees] == ["李明"]
    assert (here.given, here.given_station_id, batch.slip_count) == (GivenKind.POSTED, None, 1)
    code = session.get_one(BallotCode, code_key(keys_of(session), sheets.codes[0]))
    assert code.serial == here.delivered_serial
    assert elsewhere.given is None
    assert out.given is None
    _, more = printed(session, round_, station, officer, scrutineer, kind=BatchKind.DELIVERED)
    session.expire_all()
    assert [found.name for found in more.addressees] == ["王芳"]
    assert elsewhere.delivered_serial != here.delivered_serial


def test_nobody_to_deliver_to_is_said_before_the_order(
    session: Session, round_: Round, station: Station, officer: Actor
) -> None:
    with pytest.raises(InvalidInput, match="no_addressees"):
        ordered(session, round_, station, officer, kind=BatchKind.DELIVERED)


@pytest.mark.parametrize("count", [0, 20_001])
def test_a_run_has_a_size(session: Session, round_: Round, station: Station, officer: Actor, count: int) -> None:
    with pytest.raises(InvalidInput, match="slip_count"):
        ordered(session, round_, station, officer, slip_count=count)


def test_a_declined_run_is_never_printed(
    session: Session, round_: Round, station: Station, officer: Actor, scrutineer: Actor
) -> None:
    batch = ordered(session, round_, station, officer)
    decline_request(session, waiting(session), by=scrutineer, at=AT)
    assert batch.state is BatchState.DECLINED
    with pytest.raises(WrongState):
        print_batch(session, round_, batch, by=officer, at=AT)


def test_a_run_that_nobody_approved_lapses_with_the_vote(
    session: Session, round_: Round, station: Station, officer: Actor
) -> None:
    batch = ordered(session, round_, station, officer)
    end_voting(session, round_, at=round_.closes_at)
    session.refresh(batch)
    assert (waiting(session).state, batch.state) == (RequestState.LAPSED, BatchState.DECLINED)


def test_voiding_a_run_kills_its_live_codes_only(
    session: Session, round_: Round, station: Station, officer: Actor, scrutineer: Actor
) -> None:
    batch, sheets = printed(session, round_, station, officer, scrutineer)
    _, others = printed(session, round_, station, officer, scrutineer, slip_count=5)
    used = session.get_one(BallotCode, code_key(keys_of(session), sheets.codes[0]))
    used.state = CodeState.USED
    session.flush()
    request = request_void_batch(session, round_, batch, reason="打印机卡纸", by=officer, at=AT)
    confirm_request(session, request, by=scrutineer, at=AT)
    session.expire_all()
    states = {row.code_key: row.state for row in session.scalars(select(BallotCode))}
    assert [states[code_key(keys_of(session), code)] for code in sheets.codes].count(CodeState.VOID) == 19
    assert used.state is CodeState.USED
    assert {states[code_key(keys_of(session), code)] for code in others.codes} == {CodeState.LIVE}
    assert batch.state is BatchState.VOID


@pytest.mark.parametrize("has_voted", [False, True])
def test_who_was_to_get_a_slip_of_a_lost_run_may_be_given_another_unless_one_of_it_was_cast(
    session: Session, round_: Round, station: Station, officer: Actor, scrutineer: Actor, has_voted: bool
) -> None:
    people = [an_entry(session, round_), an_entry(session, round_, name="王芳")]
    batch, sheets = printed(session, round_, station, officer, scrutineer, kind=BatchKind.DELIVERED)
    if has_voted:
        session.get_one(BallotCode, code_key(keys_of(session), sheets.codes[0])).state = CodeState.USED
        session.flush()
    request = request_void_batch(session, round_, batch, reason="打印时断电", by=officer, at=AT)
    confirm_request(session, request, by=scrutineer, at=AT)
    session.expire_all()
    assert {person.given for person in people} == {GivenKind.POSTED if has_voted else None}
    if not has_voted:
        _, again = printed(session, round_, station, officer, scrutineer, kind=BatchKind.DELIVERED)
        assert len(again.codes) == 2


def test_two_thousand_slips_take_less_than_three_seconds(
    session: Session, round_: Round, station: Station, officer: Actor, scrutineer: Actor
) -> None:
    batch = ordered(session, round_, station, officer, slip_count=2000)
    confirm_request(session, waiting(session), by=scrutineer, at=AT)
    begin = time.process_time()
    print_batch(session, round_, batch, by=officer, at=AT)
    spent = time.process_time() - begin
    print(f"2,000 codes made and stored: {spent:.2f} s")
    assert spent <= 3
