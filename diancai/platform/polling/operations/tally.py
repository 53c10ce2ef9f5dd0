"""唱票计票 by hand, as a fallback and a check: two people enter the tally sheets, blind; a scrutineer decides differences.

What is agreed on is compared with the platform's count of the same paper ballots. Nothing in the box may be counted by
item before the platform's own count (vote.md 4), so it begins with a round that is counted.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.moves import hold
from diancai.platform.polling.paper_events import TallyCompared, TallyEntered
from diancai.platform.polling.policy import require_state
from diancai.platform.polling.tally_models import HandTally, HandTallyLine, TallyFinding
from diancai.platform.polling.tally_queries import (
    INVALID,
    VALID,
    Reading,
    finding_of,
    lines_of,
    readings_of,
    standing,
    why_not,
)
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import items_of

MOST_BALLOTS = 100_000


def enter_tally(
    session: Session, round_: Round, counts: Mapping[str, int | None], *, by: Actor, at: datetime
) -> HandTally:
    """One person's reading of all sheets: marks by item number, and the ballots under `VALID` and `INVALID`.

    Raises WrongState: `require_state`, and what `why_not` names; Conflict tally.both_entered, tally.entered_before (a
    person enters once); InvalidInput tally.count_missing (number), tally.more_than_ballots (number).
    """
    _begin(session, round_, "enter_tally")
    readings = readings_of(session, round_)
    if any(one.row.staff_id == by.staff_id for one in readings):
        raise Conflict("tally.entered_before")
    if len(readings) >= 2:
        raise Conflict("tally.both_entered")
    return _keep(session, round_, _checked(session, round_, counts), len(readings) + 1, by=by, at=at)


def decide_tally(
    session: Session, round_: Round, decided: Mapping[str, int | None], *, by: Actor, at: datetime
) -> HandTally:
    """A scrutineer who entered neither looks at the sheets and says what stands on the lines that differ.

    Raises as `enter_tally`, Conflict tally.nothing_to_decide.
    """
    _begin(session, round_, "decide_tally")
    readings = readings_of(session, round_)
    if any(one.row.staff_id == by.staff_id for one in readings):
        raise Conflict("tally.entered_before")
    if len(readings) != 2 or standing(readings) is not None:
        raise Conflict("tally.nothing_to_decide")
    first, second = readings[0].counts, readings[1].counts
    whole = {number: first[number] if first[number] == second[number] else decided.get(number) for number in first}
    return _keep(session, round_, _checked(session, round_, whole), 3, by=by, at=at)


def explain_difference(session: Session, round_: Round, reason: str, *, by: Actor, at: datetime) -> TallyFinding:
    """Why hand and platform differ, by a scrutineer; without it the result is not certified.

    Raises WrongState (`require_state`), Conflict tally.nothing_to_explain, InvalidInput tally.reason_missing.
    """
    _begin(session, round_, "decide_tally")
    readings = readings_of(session, round_)
    stands = standing(readings)
    if stands is None or finding_of(session, round_) is not None:
        raise Conflict("tally.nothing_to_explain")
    if not reason.strip():
        raise InvalidInput("tally.reason_missing", field="reason")
    return _find(session, round_, stands, _differences(session, round_), reason.strip()[:400], by=by, at=at)


def _begin(session: Session, round_: Round, action: str) -> None:
    require_state(action, round_)
    if code := why_not(session, round_):
        raise WrongState(code)
    hold(session, round_)  # of two who enter at once one is the first


def _keep(
    session: Session, round_: Round, counts: Mapping[str, int], turn: int, *, by: Actor, at: datetime
) -> HandTally:
    assert by.staff_id is not None
    row = HandTally(round_id=round_.id, turn=turn, staff_id=by.staff_id, entered_at=at)
    row.valid_count, row.invalid_count = counts[VALID], counts[INVALID]
    session.add(row)
    session.flush()
    items = {number: count for number, count in counts.items() if number not in (VALID, INVALID)}
    session.add_all(HandTallyLine(tally_id=row.id, number=number, mark_count=count) for number, count in items.items())
    session.flush()
    record(session, TallyEntered(round_.street_id, round_.id, turn), by=by, at=at)
    stands = standing(readings_of(session, round_))
    if stands is not None and not _differences(session, round_):
        _find(session, round_, stands, 0, "", by=by, at=at)
    return row


def _find(
    session: Session, round_: Round, stands: Reading, count: int, reason: str, *, by: Actor, at: datetime
) -> TallyFinding:
    assert by.staff_id is not None
    found = TallyFinding(round_id=round_.id, tally_id=stands.row.id, difference_count=count, reason=reason)
    found.found_by, found.found_at = by.staff_id, at
    session.add(found)
    session.flush()
    record(session, TallyCompared(round_.street_id, round_.id, count, reason), by=by, at=at)
    return found


def _differences(session: Session, round_: Round) -> int:
    lines = lines_of(session, round_, readings_of(session, round_))
    return sum(line.differs_from_platform for line in lines)


def _checked(session: Session, round_: Round, counts: Mapping[str, int | None]) -> dict[str, int]:
    numbers = [item.number for item in items_of(session, round_)]
    found: dict[str, int] = {}
    for number in (VALID, INVALID, *numbers):
        count = counts.get(number)
        if count is None or not 0 <= count <= MOST_BALLOTS:
            raise InvalidInput("tally.count_missing", number=number if number in numbers else "—")
        if number in numbers and count > found[VALID]:
            raise InvalidInput("tally.more_than_ballots", number=number)
        found[number] = count
    return found
