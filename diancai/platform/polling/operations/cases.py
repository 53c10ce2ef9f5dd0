"""个案: written down by one, decided by another. Certification waits for those that are open."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, NotAllowed, NotFound
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.clock import coarse_hour
from diancai.platform.core.moves import hold, move
from diancai.platform.polling.case_models import (
    CASE_MOVES,
    MOST_BALLOTS,
    CaseKind,
    CaseOutcome,
    CaseState,
    DeskCase,
)
from diancai.platform.polling.events import CaseDecided, CaseOpened
from diancai.platform.polling.models import Station
from diancai.platform.polling.operations.persons import without_id_number
from diancai.platform.polling.policy import require_state
from diancai.platform.rounds.models import Round

LONGEST = 400


def open_case(
    session: Session,
    round_: Round,
    kind: CaseKind,
    text: str,
    ballot_count: int,
    *,
    station: Station | None = None,
    by: Actor,
    at: datetime,
) -> DeskCase:
    """Write down what was said. No name is needed, and no number of an identity document is taken.

    Raises WrongState (`require_state`); InvalidInput case.no_text, case.too_long (limit), case.ballots (most),
    register.id_number; NotFound for a station of another round.
    """
    require_state("open_case", round_)
    assert by.staff_id is not None
    if station is not None and station.round_id != round_.id:
        raise NotFound("page.not_found")
    if not 0 <= ballot_count <= MOST_BALLOTS:
        raise InvalidInput("case.ballots", field="ballot_count", most=MOST_BALLOTS)
    said = _said(text, "text")
    hold(session, round_)  # numbers follow each other
    last = session.scalar(select(func.max(DeskCase.number)).where(DeskCase.round_id == round_.id))
    case = DeskCase(
        round_id=round_.id,
        number=(last or 0) + 1,
        station_id=station.id if station else None,
        kind=kind,
        text=said,
        ballot_count=ballot_count,
        opened_by=by.staff_id,
        opened_at=coarse_hour(at),
    )
    session.add(case)
    session.flush()
    record(session, CaseOpened(round_.street_id, round_.id, case.number, kind), by=by, at=coarse_hour(at))
    return case


def decide_case(
    session: Session, round_: Round, case: DeskCase, outcome: CaseOutcome, decision: str, *, by: Actor, at: datetime
) -> None:
    """By another person than the one who wrote it down, once.

    Raises WrongState (`require_state`); NotAllowed case.same_person; InvalidInput case.no_text, case.too_long,
    register.id_number; Conflict state.changed_meanwhile.
    """
    require_state("decide_case", round_)
    if by.staff_id == case.opened_by:
        raise NotAllowed("case.same_person")
    said = _said(decision, "decision")
    decided = {"outcome": outcome, "decision": said, "decided_by": by.staff_id, "decided_at": at}
    move(session, case, CaseState.DECIDED, table=CASE_MOVES, **decided)
    record(session, CaseDecided(round_.street_id, round_.id, case.number, outcome), by=by, at=at)


def _said(text: str, field: str) -> str:
    plain = " ".join(text.split())
    if not plain:
        raise InvalidInput("case.no_text", field=field)
    if len(plain) > LONGEST:
        raise InvalidInput("case.too_long", field=field, limit=LONGEST)
    return without_id_number(plain, field)
