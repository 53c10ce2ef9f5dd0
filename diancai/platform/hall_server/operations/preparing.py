"""At the office: a sitting is given to a hall server, which takes its voters and desks with it; or is given up.

From here on nobody else hands them anything, and the hall hands out to nobody else, until it is back (X-19).
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.clock import coarse_hour
from diancai.platform.core.confirmations import (
    ConfirmationRequest,
    RequestState,
    Span,
    confirmable,
    request_confirmation,
)
from diancai.platform.core.db import rows_changed
from diancai.platform.core.moves import hold, move
from diancai.platform.core.timeline import note
from diancai.platform.hall_server.events import HallServerGivenUp, HallServerPrepared
from diancai.platform.polling.hall_models import Sitting
from diancai.platform.polling.hall_queries import has_begun, rounds_served, stations_in
from diancai.platform.polling.hall_server_models import HALL_SERVER_MOVES, HallServer, HallServerState
from diancai.platform.polling.hall_server_queries import is_away, newest_server
from diancai.platform.polling.kiosk_models import Kiosk
from diancai.platform.polling.mobile_models import MobileBox
from diancai.platform.polling.models import CodeBatch, GivenKind, RegisterEntry, Station
from diancai.platform.polling.paper_models import PaperBox
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState

PREPARE, GIVE_UP = "hall_server.prepare", "hall_server.give_up"
TO_BE_VOTED = (RoundState.ANNOUNCED, RoundState.VOTING)


def request_hall_server(
    session: Session, sitting: Sitting, community_ids: Collection[int], *, reason: str, by: Actor, at: datetime
) -> ConfirmationRequest:
    """Ask a scrutineer to let the hall take along everybody of these communities who was given nothing yet.

    Raises WrongState hall.has_begun, hall_server.sitting_away, hall.not_open (title); Conflict hall_server.no_desk
    (title), hall_server.desk_used (name); InvalidInput hall_server.nobody, confirmation.reason_missing.
    """
    _check(session, sitting, community_ids)
    return request_confirmation(
        session,
        PREPARE,
        sitting.street_id,
        reason=reason,
        by=by,
        at=at,
        sitting_id=sitting.id,
        community_ids=sorted(set(community_ids)),
    )


@confirmable(PREPARE, Role.SCRUTINEER)
def prepare_hall_server(
    session: Session,
    *,
    by: Actor,
    requested_by: Actor,
    reason: str,
    at: datetime,
    sitting_id: int,
    community_ids: Sequence[int],
) -> HallServer:
    """Mark the persons as the hall's. Raises as `request_hall_server`."""
    sitting = session.get_one(Sitting, sitting_id)
    hold(session, sitting)
    desks = _check(session, sitting, community_ids)
    count = sum(_mark(session, round_, desks[round_.id], community_ids, at) for round_ in _rounds(session, sitting))
    tell_publicly(session, sitting, "hall_server.is_away", at=at)
    server = HallServer(
        street_id=sitting.street_id,
        sitting_id=sitting.id,
        person_count=count,
        requested_by=requested_by.staff_id,
        approved_by=by.staff_id,
        away_since=at,
    )
    session.add(server)
    session.flush()
    rounds = tuple(sorted(desks))
    event = HallServerPrepared(server.street_id, server.id, sitting.id, rounds, count, requested_by.staff_id or 0)
    record(session, event, by=by, at=at)
    return server


def request_giving_up(
    session: Session, server: HallServer, *, reason: str, by: Actor, at: datetime
) -> ConfirmationRequest:
    """The laptop is lost or broken, or the sitting did not take place: nothing of it will be counted.

    Raises WrongState hall_server.not_away; InvalidInput confirmation.reason_missing.
    """
    _require_away(server)
    return request_confirmation(session, GIVE_UP, server.street_id, reason=reason, by=by, at=at, server_id=server.id)


@confirmable(GIVE_UP, Role.OFFICER, Role.REVIEWER, Role.SCRUTINEER, span=Span.ROUND)
def give_up_hall_server(
    session: Session, *, by: Actor, requested_by: Actor, reason: str, at: datetime, server_id: int
) -> int:
    """Its persons hold nothing that counts: they may be given something again, as long as the round gives anything.

    Returns how many. Raises WrongState hall_server.not_away.
    """
    server = session.get_one(HallServer, server_id)
    hold(session, server)
    _require_away(server)
    sitting = session.get_one(Sitting, server.sitting_id)
    move(
        session,
        server,
        HallServerState.GIVEN_UP,
        table=HALL_SERVER_MOVES,
        ended_at=at,
        reason=reason[:400],
        given_up_by=requested_by.staff_id,
        given_up_with=by.staff_id,
        identity=None,
    )
    freed = free_persons(session, sitting)
    tell_publicly(session, sitting, "hall_server.was_lost", at=at)
    event = HallServerGivenUp(server.street_id, server.id, sitting.id, freed, requested_by.staff_id or 0)
    record(session, event, by=by, at=at)
    return freed


def tell_publicly(session: Session, sitting: Sitting, code: str, *, at: datetime) -> None:
    """On the page of each round; without numbers, for the vote is still open."""
    for round_ in rounds_served(session, sitting):
        note(session, f"round:{round_.id}", code, at=at, sitting=sitting.title)


def free_persons(session: Session, sitting: Sitting) -> int:
    """Those whom the hall handed nothing. Returns how many."""
    desks = [desk.id for desk in stations_in(session, sitting)]
    freeing = update(RegisterEntry).where(
        RegisterEntry.given == GivenKind.HALL, RegisterEntry.given_station_id.in_(desks)
    )
    return rows_changed(session, freeing.values(given=None, given_station_id=None, given_hour=None))


def takeable_count(session: Session, round_: Round, community_ids: Collection[int]) -> int:
    """Entitled persons of these communities who were given nothing yet."""
    return session.scalar(select(func.count()).select_from(RegisterEntry).where(*_takeable(round_, community_ids))) or 0


def _check(session: Session, sitting: Sitting, community_ids: Collection[int]) -> dict[int, Station]:
    """The desk of each round at which its persons are marked."""
    if is_away(session, sitting):
        raise WrongState("hall_server.sitting_away")
    if has_begun(session, sitting):
        raise WrongState("hall.has_begun")
    desks = stations_in(session, sitting)
    for desk in desks:
        _require_unused(session, desk)
    found: dict[int, Station] = {}
    for round_ in _rounds(session, sitting):
        mine = [desk for desk in desks if desk.round_id == round_.id]
        if not mine:
            raise Conflict("hall_server.no_desk", title=round_.title)
        if not takeable_count(session, round_, community_ids):
            raise InvalidInput("hall_server.nobody", field="community_ids")
        found[round_.id] = mine[0]
    return found


def _rounds(session: Session, sitting: Sitting) -> list[Round]:
    rounds = rounds_served(session, sitting)
    for round_ in rounds:
        if round_.state not in TO_BE_VOTED:
            raise WrongState("hall.not_open", title=round_.title)
    return rounds


def _require_unused(session: Session, desk: Station) -> None:
    """Everything that a desk of the hall accounts for comes from the hall: here it has handed out and received nothing."""
    traces = (
        select(CodeBatch.id).where(CodeBatch.station_id == desk.id),
        select(RegisterEntry.id).where(RegisterEntry.given_station_id == desk.id),
        select(Kiosk.id).where(Kiosk.station_id == desk.id),
        select(PaperBox.station_id).where(PaperBox.station_id == desk.id),
        select(MobileBox.station_id).where(MobileBox.station_id == desk.id),
    )
    if desk.ended_at is not None or any(session.scalar(trace.limit(1)) is not None for trace in traces):
        raise Conflict("hall_server.desk_used", name=desk.name)


def _takeable(round_: Round, community_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    return (
        RegisterEntry.round_id == round_.id,
        RegisterEntry.is_eligible.is_(True),
        RegisterEntry.given.is_(None),
        RegisterEntry.community_id.in_(community_ids),
    )


def _mark(session: Session, round_: Round, desk: Station, community_ids: Collection[int], at: datetime) -> int:
    marking = update(RegisterEntry).where(*_takeable(round_, community_ids))
    marks = {"given": GivenKind.HALL, "given_station_id": desk.id, "given_hour": coarse_hour(at)}
    return rows_changed(session, marking.values(**marks))


def _require_away(server: HallServer) -> None:
    if server.state is not HallServerState.AWAY:
        raise WrongState("hall_server.not_away")


def waiting_request(session: Session, sitting: Sitting) -> ConfirmationRequest | None:
    """What was asked about this sitting's laptop and nobody has decided yet."""
    server = newest_server(session, sitting)
    wanted = {PREPARE: ("sitting_id", sitting.id), GIVE_UP: ("server_id", server.id if server else 0)}
    pending = select(ConfirmationRequest).where(
        ConfirmationRequest.street_id == sitting.street_id,
        ConfirmationRequest.state == RequestState.PENDING,
        ConfirmationRequest.action.in_(wanted),
    )
    for request in session.scalars(pending):
        name, number = wanted[request.action]
        if request.argument_values[name] == number:
            return request
    return None
