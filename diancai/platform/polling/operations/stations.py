"""投票点: desks, and the balance each signs when it stops handing out: printed = unused + spoiled + issued."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotFound, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.confirmations import (
    ConfirmationRequest,
    Span,
    confirmable,
    request_confirmation,
)
from diancai.platform.polling.events import IssuingEnded, StationCreated, StationEdited
from diancai.platform.polling.hall_server_queries import require_not_away
from diancai.platform.polling.mobile_queries import trip_not_back
from diancai.platform.polling.models import Station
from diancai.platform.polling.operations.leftovers import ask_to_count_again, require_uncounted
from diancai.platform.polling.paper_queries import box_of, papers_issued
from diancai.platform.polling.policy import require_state
from diancai.platform.polling.queries import StationFigures, station_figures
from diancai.platform.rounds.models import Round

DIFFERENCE = "station.accept_difference"
FIELDS = ("name", "address", "hours", "phone")


@dataclass(frozen=True, slots=True)
class StationFacts:
    """What residents read of a desk."""

    name: str
    address: str
    hours: str
    phone: str


@dataclass(frozen=True, slots=True)
class Leftover:
    """Blank paper ballots counted at the end."""

    unused: int
    spoiled: int


@dataclass(frozen=True, slots=True)
class Balance:
    """In slips, or in paper ballots: `printed` are then those received. `difference` is what is missing (above zero) or too much (below)."""

    printed: int
    unused: int
    spoiled: int
    issued: int

    @property
    def difference(self) -> int:
        return self.printed - self.unused - self.spoiled - self.issued


def create_station(session: Session, round_: Round, facts: StationFacts, *, by: Actor, at: datetime) -> Station:
    """Raises WrongState (`require_state`), Conflict station.same_name."""
    require_state("manage_stations", round_)
    _require_own_name(session, round_, facts.name)
    station = Station(round_id=round_.id, name=facts.name, address=facts.address, hours=facts.hours, phone=facts.phone)
    session.add(station)
    session.flush()
    record(session, StationCreated(round_.street_id, round_.id, station.id, station.name), by=by, at=at)
    return station


def edit_station(
    session: Session, round_: Round, station: Station, facts: StationFacts, *, by: Actor, at: datetime
) -> None:
    """Raises WrongState: `require_state`, station.already_ended; Conflict station.same_name."""
    require_state("manage_stations", round_)
    _require_issuing(station)
    changed = tuple(name for name in FIELDS if getattr(station, name) != getattr(facts, name))
    if not changed:
        return
    _require_own_name(session, round_, facts.name, but=station.id)
    for name in changed:
        setattr(station, name, getattr(facts, name))
    record(session, StationEdited(round_.street_id, round_.id, station.id, changed), by=by, at=at)


def balance_of(figures: StationFigures, unused: int, spoiled: int) -> Balance:
    return Balance(figures.printed, unused, spoiled, figures.issued)


def end_issuing(
    session: Session,
    round_: Round,
    station: Station,
    *,
    unused_count: int,
    spoiled_count: int,
    paper: Leftover | None = None,
    by: Actor,
    at: datetime,
) -> Balance:
    """Sign the end of issuing at a desk whose slips, and paper ballots where it has any, balance.

    A second person is asked to count the leftovers again (剪角封存). Where that one declines they may be counted anew.

    Raises WrongState: `require_state`, station.already_ended; InvalidInput station.negative, station.paper_uncounted;
    Conflict mobile.not_back for a mobile box whose seal nobody checked since its last trip; Conflict station.difference
    or station.paper_difference (printed, unused, spoiled, issued, difference): then `request_difference` is the way.
    """
    balance = _held_balance(session, round_, station, unused_count, spoiled_count)
    papers = _paper_balance(session, station, paper)
    for code, one in (("station.difference", balance), ("station.paper_difference", papers)):
        if one is not None and one.difference:
            raise Conflict(code, difference=one.difference, **_figures(one))
    _end(session, round_, station, balance, papers, signed_by=(by.staff_id or 0,), by=by, at=at)
    ask_to_count_again(session, round_, station, by=by, at=at)
    return balance


def request_difference(
    session: Session,
    round_: Round,
    station: Station,
    *,
    unused_count: int,
    spoiled_count: int,
    paper: Leftover | None = None,
    reason: str,
    by: Actor,
    at: datetime,
) -> ConfirmationRequest:
    """A desk that does not balance ends with a reason and a second person.

    Raises as `end_issuing`, and Conflict station.no_difference, InvalidInput confirmation.reason_missing.
    """
    balance = _held_balance(session, round_, station, unused_count, spoiled_count)
    papers = _paper_balance(session, station, paper)
    if not balance.difference and not (papers and papers.difference):
        raise Conflict("station.no_difference")
    counted = {"paper_unused": paper.unused, "paper_spoiled": paper.spoiled} if paper and papers else {}
    return request_confirmation(
        session,
        DIFFERENCE,
        round_.street_id,
        reason=reason,
        by=by,
        at=at,
        round_id=round_.id,
        station_id=station.id,
        unused_count=unused_count,
        spoiled_count=spoiled_count,
        difference=balance.difference,
        **counted,
    )


@confirmable(DIFFERENCE, Role.OFFICER, Role.REVIEWER, Role.SCRUTINEER, span=Span.COLLECTING)
def accept_difference(
    session: Session,
    *,
    by: Actor,
    requested_by: Actor,
    reason: str,
    at: datetime,
    round_id: int,
    station_id: int,
    unused_count: int,
    spoiled_count: int,
    difference: int,
    paper_unused: int | None = None,
    paper_spoiled: int | None = None,
) -> None:
    """The second person accepts the very difference that was asked about. Raises Conflict station.counts_changed."""
    round_, station = session.get_one(Round, round_id), session.get_one(Station, station_id)
    balance = _held_balance(session, round_, station, unused_count, spoiled_count)
    paper = None if paper_unused is None or paper_spoiled is None else Leftover(paper_unused, paper_spoiled)
    papers = _paper_balance(session, station, paper)
    if balance.difference != difference:
        raise Conflict("station.counts_changed", difference=balance.difference)
    station.difference_reason, station.difference_accepted_by = reason[:400], by.staff_id
    station.leftovers_confirmed_by = by.staff_id
    signers = (requested_by.staff_id or 0, by.staff_id or 0)
    _end(session, round_, station, balance, papers, signed_by=signers, by=by, at=at)


def _held_balance(session: Session, round_: Round, station: Station, unused: int, spoiled: int) -> Balance:
    """Count while the desk's row is held: who hands out a slip waits, and then finds the desk ended."""
    require_state("balance_station", round_)
    if unused < 0 or spoiled < 0:
        raise InvalidInput("station.negative", field="unused_count" if unused < 0 else "spoiled_count")
    session.refresh(station, with_for_update=True)
    if station.round_id != round_.id:
        raise NotFound("page.not_found")
    require_not_away(session, station.id, round_.id)
    require_uncounted(session, round_, station)
    if (trip := trip_not_back(session, station.id)) is not None:
        raise Conflict("mobile.not_back", name=station.name, day=trip.day)
    return balance_of(station_figures(session, station), unused, spoiled)


def _paper_balance(session: Session, station: Station, paper: Leftover | None) -> Balance | None:
    """None where the station has no paper ballots."""
    box = box_of(session, station)
    if box is None:
        return None
    if paper is None:
        raise InvalidInput("station.paper_uncounted", field="paper_unused")
    if paper.unused < 0 or paper.spoiled < 0:
        raise InvalidInput("station.negative", field="paper_unused" if paper.unused < 0 else "paper_spoiled")
    return Balance(box.received_count, paper.unused, paper.spoiled, papers_issued(session, station))


def _end(
    session: Session,
    round_: Round,
    station: Station,
    balance: Balance,
    papers: Balance | None,
    *,
    signed_by: tuple[int, ...],
    by: Actor,
    at: datetime,
) -> None:
    station.ended_at, station.ended_by = station.ended_at or at, signed_by[0]
    station.unused_count, station.spoiled_count = balance.unused, balance.spoiled
    if papers is not None and (box := box_of(session, station)) is not None:
        box.unused_count, box.spoiled_count = papers.unused, papers.spoiled
    event = IssuingEnded(
        round_.street_id,
        round_.id,
        station.id,
        balance.printed,
        balance.unused,
        balance.spoiled,
        balance.issued,
        balance.difference,
        signed_by,
        papers.difference if papers else 0,
    )
    record(session, event, by=by, at=at)


def _figures(balance: Balance) -> dict[str, int]:
    return {
        "printed": balance.printed,
        "unused": balance.unused,
        "spoiled": balance.spoiled,
        "issued": balance.issued,
    }


def _require_issuing(station: Station) -> None:
    if station.ended_at is not None:
        raise WrongState("station.already_ended")


def _require_own_name(session: Session, round_: Round, name: str, but: int = 0) -> None:
    twin = select(Station.id).where(Station.round_id == round_.id, Station.name == name, Station.id != but)
    if session.scalar(twin) is not None:
        raise Conflict("station.same_name", field="name")
