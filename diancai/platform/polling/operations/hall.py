"""会场: the steps of a sitting are done one after the other, and two people close it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.confirmations import (
    ConfirmationRequest,
    Span,
    confirmable,
    lapse_requests,
    request_confirmation,
)
from diancai.platform.core.hall_charge import is_hall_server
from diancai.platform.core.moves import hold, move
from diancai.platform.polling.events import SittingStepDone
from diancai.platform.polling.hall_models import (
    WITH_BALLOTS,
    Sitting,
    SittingBallots,
    SittingStep,
    StepDone,
)
from diancai.platform.polling.hall_queries import (
    CLOSE_SITTING,
    Day,
    day_of,
    given_in_hall,
    rounds_served,
)
from diancai.platform.polling.hall_server_queries import require_sitting_here
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import ROUND_MOVES, RoundState

MOST_BALLOTS = 100_000
CERTIFIED = frozenset({RoundState.CERTIFIED, RoundState.PUBLISHED, RoundState.FINAL, RoundState.VOID})
COUNTED = CERTIFIED | {RoundState.COUNTED}


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted at a step: those present, or the ballots by round id."""

    present_count: int | None = None
    ballots: Mapping[int, int] = field(default_factory=dict)


NO_FIGURES = Figures()


def do_step(
    session: Session,
    sitting: Sitting,
    step: SittingStep,
    figures: Figures = NO_FIGURES,
    note: str = "",
    *,
    by: Actor,
    at: datetime,
) -> StepDone:
    """The chair, or the deputy, marks the next step as done, with its figures. Closing is proposed (`propose_closing`).

    Raises NotAllowed hall.not_chair; Conflict hall.not_next (next) for any other step than the next one,
    hall.over, hall.close_by_two, hall.more_returned (title, returned, issued): then the vote is invalid and is held
    anew, hall.differs_from_register (title, counted, given) for a figure that is not what the hall's desks handed out and
    has no note that says why, hall.more_issued (title, issued, present) likewise; WrongState hall.not_open (title) when a
    round is not being voted on, hall.not_counted, hall.not_certified (title); InvalidInput hall.present (expected), hall.ballots.
    """
    _require_chair(sitting, by)
    day = _next_is(session, sitting, step)
    if step is SittingStep.CLOSED:
        raise Conflict("hall.close_by_two")
    _check_rounds(day, step)
    present = _checked_present(day, step, figures)
    ballots = _checked_ballots(day, step, figures)
    note, given = note.strip()[:400], given_in_hall(session, sitting) if ballots else {}
    _check_against_register(day, ballots, given, note)
    _check_against_present(day, step, ballots, note)
    row = StepDone(sitting_id=sitting.id, step=step, done_at=at, done_by=_staff_id(by), note=note)
    row.present_count = present
    session.add(row)
    session.flush()
    session.add_all(
        SittingBallots(
            sitting_id=sitting.id, round_id=number, step=step, ballot_count=count, given_count=given.get(number)
        )
        for number, count in ballots.items()
    )
    session.flush()
    record(session, _step_event(sitting, step, present, ballots, given), by=by, at=at)
    return row


def propose_closing(session: Session, sitting: Sitting, *, by: Actor, at: datetime) -> ConfirmationRequest:
    """The chair, or the deputy, proposes to close the vote of the hall; the chief scrutineer confirms (vote.md 4).

    Raises NotAllowed hall.not_chair; Conflict hall.not_next, hall.over, confirmation.already_waits.
    """
    _require_chair(sitting, by)
    _next_is(session, sitting, SittingStep.CLOSED)
    return request_confirmation(
        session, CLOSE_SITTING, sitting.street_id, reason=sitting.title, by=by, at=at, sitting_id=sitting.id
    )


def _first_round(session: Session, values: Mapping[str, Any]) -> int | None:
    """A proposal lapses with the first of the rounds that the sitting serves."""
    rounds = rounds_served(session, session.get_one(Sitting, values["sitting_id"]))
    return rounds[0].id if rounds else None


def _is_chief(session: Session, values: Mapping[str, Any], who: Actor) -> bool:
    return who.staff_id in session.get_one(Sitting, values["sitting_id"]).chiefs


@confirmable(CLOSE_SITTING, Role.SCRUTINEER, round_of=_first_round, is_meant=_is_chief)
def close_sitting(
    session: Session, *, by: Actor, requested_by: Actor, reason: str, at: datetime, sitting_id: int
) -> None:
    """Raises NotAllowed hall.not_chief for another scrutineer than the chief and the deputy; Conflict hall.not_next."""
    sitting = session.get_one(Sitting, sitting_id)
    if by.staff_id not in sitting.chiefs:
        raise NotAllowed("hall.not_chief")
    _next_is(session, sitting, SittingStep.CLOSED)
    row = StepDone(sitting_id=sitting.id, step=SittingStep.CLOSED, done_at=at, done_by=_staff_id(requested_by))
    row.confirmed_by = by.staff_id
    session.add(row)
    session.flush()
    record(session, _step_event(sitting, SittingStep.CLOSED, None, {}), by=by, at=at)
    if is_hall_server(session):
        for round_ in rounds_served(session, sitting):
            _end_here(session, round_, by=by, at=at)


def _end_here(session: Session, round_: Round, *, by: Actor, at: datetime) -> None:
    """The hall was all of the vote that this installation holds: it ends here, at the office it goes on."""
    if round_.state is RoundState.VOTING:
        move(session, round_, RoundState.COLLECTING, table=ROUND_MOVES)
        lapse_requests(session, round_.street_id, round_.id, Span.VOTING, by=by, at=at)


def _next_is(session: Session, sitting: Sitting, step: SittingStep) -> Day:
    hold(session, sitting)  # of two tablets only one does a step
    require_sitting_here(session, sitting)
    day = day_of(session, sitting)
    if day.next is None:
        raise Conflict("hall.over")
    if day.next is not step:
        raise Conflict("hall.not_next", next=day.next)
    return day


def _check_rounds(day: Day, step: SittingStep) -> None:
    if step is SittingStep.ISSUED:
        for round_ in day.rounds:
            if round_.state is not RoundState.VOTING:
                raise WrongState("hall.not_open", title=round_.title)
    if step is SittingStep.COUNTED:
        for round_ in day.rounds:
            if round_.state not in COUNTED:
                raise WrongState("hall.not_counted", title=round_.title)
    if step is SittingStep.SIGNED:
        for round_ in day.rounds:
            if round_.state not in CERTIFIED:
                raise WrongState("hall.not_certified", title=round_.title)


def _checked_present(day: Day, step: SittingStep, figures: Figures) -> int | None:
    if step is not SittingStep.ATTENDANCE:
        return None
    present, expected = figures.present_count, day.sitting.expected_count
    if present is None or not 1 <= present <= expected:
        raise InvalidInput("hall.present", field="present_count", expected=expected)
    return present


def _checked_ballots(day: Day, step: SittingStep, figures: Figures) -> dict[int, int]:
    if step not in WITH_BALLOTS:
        return {}
    ballots = {}
    for round_ in day.rounds:
        count = figures.ballots.get(round_.id)
        if count is None or not 0 <= count <= MOST_BALLOTS:
            raise InvalidInput("hall.ballots", field=f"ballots_{round_.id}")
        ballots[round_.id] = count
        issued = day.ballots.get(SittingStep.ISSUED, {}).get(round_.id, 0)
        if step is SittingStep.RETURNED and count > issued:
            raise Conflict("hall.more_returned", title=round_.title, returned=count, issued=issued)
    return ballots


def _check_against_register(day: Day, ballots: Mapping[int, int], given: Mapping[int, int], note: str) -> None:
    """The chair may count another number than the desks marked, but not without saying why."""
    for round_ in day.rounds:
        counted, marked = ballots.get(round_.id), given.get(round_.id)
        if counted is not None and marked is not None and counted != marked and not note:
            raise Conflict("hall.differs_from_register", title=round_.title, counted=counted, given=marked)


def _check_against_present(day: Day, step: SittingStep, ballots: Mapping[int, int], note: str) -> None:
    """More ballots than people in the room: mostly a slip of the pen, and else worth a word."""
    for round_ in day.rounds if step is SittingStep.ISSUED else ():
        issued, present = ballots[round_.id], day.present_count or 0
        if issued > present and not note:
            raise Conflict("hall.more_issued", title=round_.title, issued=issued, present=present)


def _step_event(
    sitting: Sitting,
    step: SittingStep,
    present: int | None,
    ballots: Mapping[int, int],
    given: Mapping[int, int] = MappingProxyType({}),
) -> SittingStepDone:
    counts = tuple(ballots[number] for number in sorted(ballots))
    handed_out = tuple(given.get(number) for number in sorted(ballots))
    return SittingStepDone(sitting.street_id, sitting.id, step, present, counts, handed_out)


def _require_chair(sitting: Sitting, by: Actor) -> None:
    if by.staff_id not in sitting.chairs:
        raise NotAllowed("hall.not_chair")


def _staff_id(by: Actor) -> int:
    assert by.staff_id is not None
    return by.staff_id
