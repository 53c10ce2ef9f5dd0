"""The balance of a desk: slips printed = unused + spoiled + issued."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.confirmations import confirm_request
from diancai.platform.divisions.models import Division
from diancai.platform.polling.models import BatchKind, BatchState, CodeBatch, GivenKind, Station
from diancai.platform.polling.operations.stations import (
    StationFacts,
    create_station,
    edit_station,
    end_issuing,
    request_difference,
)
from diancai.platform.polling.queries import (
    LEAST_SHOWN,
    given_by_community,
    hidden_communities,
    open_stations,
    station_figures,
)
from diancai.platform.rounds.models import Round
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry

FACTS = StationFacts("春风投票点", "春风路8号", "9:00—17:00", "010-60000003")


@pytest.fixture
def street(session: Session) -> Division:
    return a_street(session)


@pytest.fixture
def round_(session: Session, street: Division) -> Round:
    return a_round(session, street)


@pytest.fixture
def officer(session: Session, street: Division) -> Actor:
    return a_staff(session, street, Role.OFFICER)


def a_busy_station(session: Session, round_: Round, by: Actor, second: Actor) -> Station:
    """Ten slips printed, three of them given."""
    station = a_station(session, round_)
    session.add(
        CodeBatch(
            round_id=round_.id,
            station_id=station.id,
            kind=BatchKind.BEARER,
            state=BatchState.PRINTED,
            slip_count=10,
            requested_by=by.staff_id,
            requested_at=AT,
            approved_by=second.staff_id,
            printed_at=AT,
        )
    )
    for name in ("甲甲", "乙乙", "丙丙"):
        an_entry(session, round_, name=name, given=GivenKind.SLIP, given_station_id=station.id, given_hour=AT)
    return station


def test_a_desk_is_set_up_and_edited(session: Session, round_: Round, officer: Actor) -> None:
    station = create_station(session, round_, FACTS, by=officer, at=AT)
    edit_station(session, round_, station, StationFacts("春风投票点", "春风路9号", "9:00—17:00", ""), by=officer, at=AT)
    assert station.address == "春风路9号"
    with pytest.raises(Conflict, match="same_name"):
        create_station(session, round_, FACTS, by=officer, at=AT)


def test_a_balanced_desk_ends_with_one_signature(
    session: Session, street: Division, round_: Round, officer: Actor
) -> None:
    station = a_busy_station(session, round_, officer, a_staff(session, street, Role.SCRUTINEER))
    balance = end_issuing(session, round_, station, unused_count=6, spoiled_count=1, by=officer, at=AT)
    assert (balance.printed, balance.issued, balance.difference) == (10, 3, 0)
    assert station.ended_by == officer.staff_id
    assert open_stations(session, round_) == []
    with pytest.raises(WrongState, match="already_ended"):
        end_issuing(session, round_, station, unused_count=6, spoiled_count=1, by=officer, at=AT)


def test_a_difference_needs_a_reason_and_a_second_person(
    session: Session, street: Division, round_: Round, officer: Actor
) -> None:
    second = a_staff(session, street, Role.SCRUTINEER)
    station = a_busy_station(session, round_, officer, second)
    with pytest.raises(Conflict) as refused:
        end_issuing(session, round_, station, unused_count=5, spoiled_count=0, by=officer, at=AT)
    assert refused.value.facts["difference"] == 2
    request = request_difference(
        session, round_, station, unused_count=5, spoiled_count=0, reason="两张被风吹走", by=officer, at=AT
    )
    assert station.ended_at is None
    confirm_request(session, request, by=second, at=AT)
    assert (station.ended_by, station.difference_accepted_by) == (officer.staff_id, second.staff_id)
    assert station.difference_reason == "两张被风吹走"


def test_a_slip_given_meanwhile_is_not_accepted_unseen(
    session: Session, street: Division, round_: Round, officer: Actor
) -> None:
    second = a_staff(session, street, Role.SCRUTINEER)
    station = a_busy_station(session, round_, officer, second)
    request = request_difference(
        session, round_, station, unused_count=5, spoiled_count=0, reason="少两张", by=officer, at=AT
    )
    an_entry(session, round_, name="丁丁", given=GivenKind.SLIP, given_station_id=station.id, given_hour=AT)
    with pytest.raises(Conflict, match="counts_changed"):
        confirm_request(session, request, by=second, at=AT)


def test_counts_below_zero_are_refused(session: Session, street: Division, round_: Round, officer: Actor) -> None:
    station = a_busy_station(session, round_, officer, a_staff(session, street, Role.SCRUTINEER))
    with pytest.raises(InvalidInput, match="negative"):
        end_issuing(session, round_, station, unused_count=-1, spoiled_count=0, by=officer, at=AT)


def test_posted_slips_are_not_in_a_desks_balance(
    session: Session, street: Division, round_: Round, officer: Actor
) -> None:
    station = a_busy_station(session, round_, officer, a_staff(session, street, Role.SCRUTINEER))
    an_entry(session, round_, name="戊戊", given=GivenKind.POSTED, given_hour=AT, delivered_serial=1)
    assert station_figures(session, station).issued == 3


def test_a_small_community_shows_no_given_count(session: Session, round_: Round) -> None:
    an_entry(session, round_, given=GivenKind.POSTED, given_hour=AT)
    assert [(row.name, row.given) for row in given_by_community(session, round_)] == [("第一社区", None)]


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 80)))
def test_no_hidden_count_follows_from_the_total(counts: dict[int, int]) -> None:
    hidden = hidden_communities(counts)
    assert {key for key, count in counts.items() if count < LEAST_SHOWN} <= hidden
    assert len(hidden) != 1 or len(counts) == 1
    assert not hidden or sum(counts[key] for key in hidden) >= LEAST_SHOWN or hidden == set(counts)
