"""领票: handing out the means to vote, once a person (vote.md 1). Whatever is given, the register never learns which slip."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, DomainError, InvalidInput, NotFound, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.clock import coarse_hour
from diancai.platform.core.confirmations import ConfirmationRequest, Span, confirmable, request_confirmation
from diancai.platform.core.db import rows_changed
from diancai.platform.core.keys import keys_of
from diancai.platform.core.permissions import PERMISSIONS
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.day_queries import is_sealed
from diancai.platform.polling.events import DeliveredCodeReplaced, SlipGiven, SlipTakenBack
from diancai.platform.polling.hall_queries import has_hall_closed
from diancai.platform.polling.hall_server_queries import require_not_away
from diancai.platform.polling.mobile_models import MobileBox
from diancai.platform.polling.models import (
    BallotCode,
    BatchState,
    CodeBatch,
    CodeState,
    GivenKind,
    RegisterEntry,
    Station,
)
from diancai.platform.polling.paper_events import PaperGiven
from diancai.platform.polling.paper_queries import has_blanks
from diancai.platform.polling.pick_up_models import PickUp
from diancai.platform.polling.policy import require_state
from diancai.platform.polling.queries import EntryState, state_of
from diancai.platform.rounds.models import Round
from diancai.voting import has_valid_check

TAKE_BACK = "desk.take_back"
AT_A_DESK = (GivenKind.SLIP, GivenKind.PAPER)
REPLACE = "desk.replace"
WHY_NOT = {
    EntryState.GIVEN: "desk.already_given",
    EntryState.POSTED: "desk.already_posted",
    EntryState.IN_HALL: "desk.votes_in_hall",
    EntryState.INELIGIBLE: "desk.not_eligible",
    EntryState.WAITING: "desk.late_waits",
    EntryState.READY: "state.changed_meanwhile",
}


def give_slip(
    session: Session,
    round_: Round,
    entry: RegisterEntry,
    *,
    station: Station,
    kind: GivenKind = GivenKind.SLIP,
    by: Actor,
    at: datetime,
) -> None:
    """Mark one person as given, by one UPDATE that only one of two desks can win. Which slip it was nobody writes down.

    `kind`: a slip, or a paper ballot where the station has any. The log says who handed out at which desk, by the hour
    and without the person: to whom stands in the register, until that is purged. Raises WrongState: state.not_now,
    desk.station_ended, desk.hall_closed; Conflict: desk.only_on_visits at a mobile box, desk.already_given,
    desk.already_posted, desk.not_eligible, desk.late_waits,
    paper.none_here.
    """
    require_desk(session, station)
    mark_given(session, round_, entry, station=station, kind=kind, at=at)
    event = PaperGiven if kind is GivenKind.PAPER else SlipGiven
    record(session, event(round_.street_id, round_.id, station.id), by=by, at=coarse_hour(at))


def mark_given(
    session: Session, round_: Round, entry: RegisterEntry, *, station: Station, kind: GivenKind, at: datetime
) -> None:
    """The mark alone, for whoever leaves another entry in the log. Raises as `give_slip`."""
    require_state("give_slip", round_)
    _require_open_station(session, station, round_)
    if kind is GivenKind.PAPER and not has_blanks(session, station):
        raise Conflict("paper.none_here", name=station.name)
    in_state = select(Round.state).where(Round.id == entry.round_id).scalar_subquery()
    giving = (
        update(RegisterEntry)
        .where(
            RegisterEntry.id == entry.id,
            RegisterEntry.round_id == round_.id,
            RegisterEntry.is_eligible,
            RegisterEntry.given.is_(None),
            in_state.in_(PERMISSIONS["give_slip"].states),
        )
        .values(given=kind, given_station_id=station.id, given_hour=coarse_hour(at))
    )
    is_first = rows_changed(session, giving) == 1
    session.refresh(entry)
    if not is_first:
        raise _why_not(session, round_, entry)


def request_take_back(
    session: Session, round_: Round, entry: RegisterEntry, *, code: str, reason: str, by: Actor, at: datetime
) -> ConfirmationRequest:
    """A mistake right away: the slip lies on the desk again, its code is typed and dies; a second person clears the mark.
    A paper ballot that was handed back has no code: it goes to the spoiled ones.

    The code is not kept with the request. Raises WrongState (`require_state`); Conflict desk.not_given,
    desk.already_voted; InvalidInput desk.code_mistyped, desk.other_slip.
    """
    require_state("correct_giving", round_)
    if entry.given not in AT_A_DESK or entry.given_station_id is None:
        raise Conflict("desk.not_given")
    if entry.given is GivenKind.SLIP:
        spoil_code(session, round_, entry.given_station_id, code)
    return request_confirmation(
        session, TAKE_BACK, round_.street_id, reason=reason, by=by, at=at, round_id=round_.id, entry_id=entry.id
    )


@confirmable(TAKE_BACK, Role.OFFICER, Role.REVIEWER, Role.SCRUTINEER, span=Span.VOTING)
def take_slip_back(
    session: Session, *, by: Actor, requested_by: Actor, reason: str, at: datetime, round_id: int, entry_id: int
) -> None:
    """The person may be given a slip again; the one handed back is counted as spoiled. Raises Conflict desk.not_given."""
    round_ = session.get_one(Round, round_id)
    require_state("correct_giving", round_)
    clearing = (
        update(RegisterEntry)
        .where(RegisterEntry.id == entry_id, RegisterEntry.round_id == round_id, RegisterEntry.given.in_(AT_A_DESK))
        .values(given=None, given_station_id=None, given_hour=None)
    )
    if rows_changed(session, clearing) != 1:
        raise Conflict("desk.not_given")
    session.execute(delete(PickUp).where(PickUp.entry_id == entry_id))
    event = SlipTakenBack(round_.street_id, round_id, entry_id, requested_by.staff_id or 0)
    record(session, event, by=by, at=at)


def request_replacement(
    session: Session,
    round_: Round,
    entry: RegisterEntry,
    *,
    station: Station,
    reason: str,
    by: Actor,
    at: datetime,
) -> ConfirmationRequest:
    """A delivered slip did not arrive or was lost: ask the scrutineer. Bearer slips are never replaced.

    Raises WrongState: state.not_now, desk.station_ended; Conflict: desk.only_on_visits, desk.not_posted, desk.already_voted.
    """
    require_state("replace_code", round_)
    require_desk(session, station)
    _require_open_station(session, station, round_)
    _require_unused(_delivered_code(session, entry))
    return request_confirmation(
        session,
        REPLACE,
        round_.street_id,
        reason=reason,
        by=by,
        at=at,
        round_id=round_.id,
        entry_id=entry.id,
        station_id=station.id,
    )


@confirmable(REPLACE, Role.SCRUTINEER, span=Span.VOTING)
def replace_delivered_slip(
    session: Session,
    *,
    by: Actor,
    requested_by: Actor,
    reason: str,
    at: datetime,
    round_id: int,
    entry_id: int,
    station_id: int,
) -> None:
    """Void the delivered code and mark a slip from the desk's pile as given, in one transaction (vote.md 1).

    Raises as `request_replacement`; a code that was cast meanwhile is never voided.
    """
    round_, station = session.get_one(Round, round_id), session.get_one(Station, station_id)
    entry = session.get(RegisterEntry, entry_id)
    require_state("replace_code", round_)
    _require_open_station(session, station, round_)
    code = _delivered_code(session, entry)
    _require_unused(code)
    if code.state is CodeState.LIVE and not _void_live(session, code.code_key):
        raise Conflict("desk.already_voted")
    assert entry is not None  # _delivered_code refuses what is not there
    entry.given, entry.given_station_id, entry.given_hour = GivenKind.SLIP, station.id, coarse_hour(at)
    entry.delivered_serial = None
    event = DeliveredCodeReplaced(round_.street_id, round_id, entry_id, station_id, requested_by.staff_id or 0)
    record(session, event, by=by, at=coarse_hour(at))


def require_desk(session: Session, station: Station) -> None:
    """A mobile box hands out at the doors of its visit list, never at a desk. Raises Conflict desk.only_on_visits."""
    if session.get(MobileBox, station.id) is not None:
        raise Conflict("desk.only_on_visits", name=station.name)


def _require_open_station(session: Session, station: Station, round_: Round) -> None:
    """Hold the desk's row until the commit, so that nothing is handed out behind its signed balance."""
    held = select(Station.ended_at, Station.round_id).where(Station.id == station.id).with_for_update(read=True)
    row = session.execute(held).one()
    if row.round_id != round_.id:
        raise NotFound("page.not_found")
    if row.ended_at is not None:
        raise WrongState("desk.station_ended")
    if is_sealed(session, station.id):
        raise WrongState("day.box_sealed")
    if has_hall_closed(session, station.id):
        raise WrongState("desk.hall_closed")
    require_not_away(session, station.id, round_.id)


def _why_not(session: Session, round_: Round, entry: RegisterEntry) -> DomainError:
    session.refresh(round_)
    if str(round_.state) not in PERMISSIONS["give_slip"].states:
        return WrongState("state.not_now", state=round_.state)
    return Conflict(WHY_NOT[state_of(entry)])


def spoil_code(session: Session, round_: Round, station_id: int, text: str) -> None:
    """Void the code of a slip that was handed back; one of a voided print run may be handed back once too."""
    if not has_valid_check(text):
        raise InvalidInput("desk.code_mistyped", field="code")
    key = code_key(keys_of(session), text)
    wanted = select(BallotCode).where(
        BallotCode.code_key == key, BallotCode.round_id == round_.id, BallotCode.station_id == station_id
    )
    code = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if code is None or code.serial is not None:
        raise InvalidInput("desk.other_slip", field="code")
    if code.state is CodeState.USED:
        raise Conflict("desk.already_voted")
    if code.state is CodeState.KIOSK:
        raise Conflict("desk.kiosk_slip")
    if code.state is CodeState.LIVE and _void_live(session, key):
        return
    _return_void_slip(session, key)


def _return_void_slip(session: Session, key: bytes) -> None:
    void_runs = select(CodeBatch.id).where(CodeBatch.state == BatchState.VOID)
    returning = (
        update(BallotCode)
        .where(BallotCode.code_key == key, BallotCode.state == CodeState.VOID, BallotCode.batch_id.in_(void_runs))
        .values(batch_id=None)
    )
    if rows_changed(session, returning) != 1:
        raise InvalidInput("desk.other_slip", field="code")


def _void_live(session: Session, key: bytes) -> bool:
    """A code that is handed back leaves its print run, so that it cannot be handed back again."""
    voiding = (
        update(BallotCode)
        .where(BallotCode.code_key == key, BallotCode.state == CodeState.LIVE)
        .values(state=CodeState.VOID, batch_id=None)
    )
    return rows_changed(session, voiding) == 1


def _delivered_code(session: Session, entry: RegisterEntry | None) -> BallotCode:
    if entry is None or entry.given is not GivenKind.POSTED or entry.delivered_serial is None:
        raise Conflict("desk.not_posted")
    wanted = select(BallotCode).where(
        BallotCode.round_id == entry.round_id, BallotCode.serial == entry.delivered_serial
    )
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def _require_unused(code: BallotCode) -> None:
    if code.state is CodeState.USED:
        raise Conflict("desk.already_voted")
