"""What must hold before scrutineers may certify a result (签认), as a list that a page can show."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.platform.notices.models import Notice, Objection
from diancai.platform.polling.case_queries import CaseCounts, case_counts
from diancai.platform.polling.mobile_queries import mobile_boxes_of, returns_of, trips_of
from diancai.platform.polling.models import Station
from diancai.platform.polling.paper_queries import box_of, papers_issued
from diancai.platform.polling.queries import station_figures
from diancai.platform.polling.tally_queries import is_tally_done
from diancai.platform.results.models import MarginKind, Result
from diancai.platform.results.queries import margins_of, signatures_of
from diancai.platform.rounds.models import Round, RoundScrutineer

SIGNATURES_NEEDED = 2


@dataclass(frozen=True, slots=True)
class StationStanding:
    """`difference`: slips printed less unused, spoiled and issued; None while the station still issues. `paper_difference`
    the same of its paper ballots; 0 where it has none.
    """

    name: str
    difference: int | None
    is_accepted: bool
    paper_difference: int = 0
    is_counted_by_two: bool = True

    @property
    def is_settled(self) -> bool:
        if self.difference is None:
            return False
        return self.is_accepted or (self.difference == 0 and self.paper_difference == 0)

    @property
    def missing(self) -> int:
        return abs(self.difference or 0) + abs(self.paper_difference)


@dataclass(frozen=True, slots=True)
class TripStanding:
    """Of the mobile boxes: those whose seal nobody checked at their return, and how often it was broken or another one."""

    unchecked_names: tuple[str, ...]
    accepted_count: int


@dataclass(frozen=True, slots=True)
class Standing:
    """All that certification looks at. `smallest_margin` is None when no item has one."""

    signature_count: int
    has_chief: bool
    stations: tuple[StationStanding, ...]
    open_objection_count: int
    cases: CaseCounts
    smallest_margin: int | None
    has_uncounted_margins: bool
    is_tally_done: bool | None = None  # None: nobody began one by hand
    trips: TripStanding | None = None  # None: no mobile box went out

    @property
    def dispute_count(self) -> int:
        """Votes that could be other than counted: slips that a station cannot account for, objections still open, and
        what cases concern that were not dismissed.
        """
        missing = sum(station.missing for station in self.stations)
        return missing + self.open_objection_count + self.cases.disputed_ballot_count

    @property
    def is_beyond_dispute(self) -> bool:
        """Disputes below the smallest margin computed; where none could be computed there may be none at all."""
        if self.dispute_count == 0:
            return True
        if self.smallest_margin is None:
            return not self.has_uncounted_margins
        return self.dispute_count < self.smallest_margin


@dataclass(frozen=True, slots=True)
class Check:
    code: str
    is_met: bool
    facts: dict[str, Any] = field(default_factory=dict)


def standing_of(session: Session, round_: Round, result: Result) -> Standing:
    signed = {signature.staff_id for signature in signatures_of(session, result)}
    chiefs = select(RoundScrutineer.staff_id).filter_by(round_id=round_.id, is_chief=True)
    stations = session.scalars(select(Station).where(Station.round_id == round_.id).order_by(Station.id))
    items = margins_of(session, result)
    return Standing(
        signature_count=len(signed),
        has_chief=bool(signed & set(session.scalars(chiefs))),
        stations=tuple(_station(session, station) for station in stations),
        open_objection_count=open_objection_count(session, round_),
        cases=case_counts(session, round_.id),
        smallest_margin=min((margin for margin, _ in items if margin is not None), default=None),
        has_uncounted_margins=any(kind is MarginKind.UNCOUNTED for _, kind in items),
        is_tally_done=is_tally_done(session, round_),
        trips=_trips(session, round_),
    )


def checklist(standing: Standing) -> list[Check]:
    """Every condition, met or not, in the order in which a page lists them."""
    unsettled = "、".join(station.name for station in standing.stations if not station.is_settled)
    uncounted = "、".join(station.name for station in standing.stations if not station.is_counted_by_two)
    margin = _margin_check(standing)
    return [
        Check(
            "check.signatures",
            standing.signature_count >= SIGNATURES_NEEDED,
            {"count": standing.signature_count, "needed": SIGNATURES_NEEDED},
        ),
        Check("check.chief", standing.has_chief),
        Check("check.stations_open" if unsettled else "check.stations", not unsettled, {"names": unsettled}),
        Check("check.leftovers_open" if uncounted else "check.leftovers", not uncounted, {"names": uncounted}),
        Check(
            "check.cases_open" if standing.cases.open else "check.cases",
            not standing.cases.open,
            {
                "open": standing.cases.open,
                "decided": standing.cases.decided,
                "ballots": standing.cases.disputed_ballot_count,
            },
        ),
        Check(
            margin, standing.is_beyond_dispute, {"disputes": standing.dispute_count, "margin": standing.smallest_margin}
        ),
        *([] if standing.trips is None else [_trip_check(standing.trips)]),
        *([] if standing.is_tally_done is None else [Check("check.tally", standing.is_tally_done)]),
    ]


def open_objection_count(session: Session, round_: Round) -> int:
    """Objections to any notice of the round that wait for an answer."""
    rows = (
        select(func.count())
        .select_from(Objection)
        .join(Notice, Notice.id == Objection.notice_id)
        .where(Notice.subject == f"round:{round_.id}", Objection.outcome.is_(None))
    )
    return session.scalar(rows) or 0


def _margin_check(standing: Standing) -> str:
    if standing.dispute_count == 0:
        return "check.no_disputes"
    if standing.smallest_margin is not None:
        return "check.disputes"
    return "check.disputes_without_margin" if standing.has_uncounted_margins else "check.disputes_change_nothing"


def _trip_check(trips: TripStanding) -> Check:
    if trips.unchecked_names:
        return Check("check.boxes_away", False, {"names": "、".join(trips.unchecked_names)})
    return Check("check.boxes_back", True, {"count": trips.accepted_count})


def _trips(session: Session, round_: Round) -> TripStanding | None:
    trips, returns = trips_of(session, round_), returns_of(session, round_)
    if not trips:
        return None
    away = {trip.station_id for trip in trips if (trip.station_id, trip.day) not in returns}
    return TripStanding(
        tuple(station.name for station, _ in mobile_boxes_of(session, round_) if station.id in away),
        sum(row.difference_reason is not None for row in returns.values()),
    )


def _station(session: Session, station: Station) -> StationStanding:
    if station.ended_at is None:
        return StationStanding(station.name, None, False)
    figures = station_figures(session, station)
    left = (station.unused_count or 0) + (station.spoiled_count or 0)
    return StationStanding(
        station.name,
        figures.printed - left - figures.issued,
        station.difference_accepted_by is not None,
        _paper_difference(session, station),
        station.leftovers_confirmed_by is not None,
    )


def _paper_difference(session: Session, station: Station) -> int:
    box = box_of(session, station)
    if box is None:
        return 0
    left = (box.unused_count or 0) + (box.spoiled_count or 0)
    return box.received_count - left - papers_issued(session, station)
