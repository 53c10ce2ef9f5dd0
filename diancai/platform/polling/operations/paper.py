"""纸质票: blanks at the desks, boxes opened in COLLECTING, and every sheet read twice, blind (vote.md 4).

Nothing individual is on a sheet, and a batch is made up of all boxes mixed: whose sheet it was nobody can tell.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotFound, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.confirmations import ConfirmationRequest, confirmable, request_confirmation
from diancai.platform.core.moves import hold
from diancai.platform.polling.day_queries import last_day
from diancai.platform.polling.hall_server_queries import require_not_away
from diancai.platform.polling.models import Station
from diancai.platform.polling.offline_queries import require_channels_ended
from diancai.platform.polling.paper_events import BlanksReceived, BoxOpened, SheetBatchesMade
from diancai.platform.polling.paper_models import SHEETS_A_BATCH, PaperBox, SheetBatch, SheetBatchState
from diancai.platform.polling.paper_queries import (
    box_of,
    boxes_of,
    papers_issued,
    sheet_batches_of,
)
from diancai.platform.polling.policy import require_state
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import VotingChannel

OPEN_BOX = "paper.open_box"
MOST_BLANKS = 100_000


# at the desk


def receive_blanks(session: Session, round_: Round, station: Station, count: int, *, by: Actor, at: datetime) -> None:
    """`count` more blank ballots lie at the station. Raises WrongState: `require_state`, paper.no_channel,
    station.already_ended; InvalidInput paper.blanks (most).
    """
    require_state("receive_blanks", round_)
    _require_paper(round_)
    session.refresh(station, with_for_update=True)
    if station.round_id != round_.id:
        raise NotFound("page.not_found")
    if station.ended_at is not None:
        raise WrongState("station.already_ended")
    require_not_away(session, station.id, round_.id)
    box = box_of(session, station)
    total = count + (box.received_count if box else 0)
    if count < 1 or total > MOST_BLANKS:
        raise InvalidInput("paper.blanks", field="count", most=MOST_BLANKS)
    if box is None:
        session.add(PaperBox(station_id=station.id, received_count=total))
    else:
        box.received_count = total
    session.flush()
    record(session, BlanksReceived(round_.street_id, round_.id, station.id, count), by=by, at=at)


# opening the boxes


def request_opening(
    session: Session, round_: Round, station: Station, found_count: int, *, by: Actor, at: datetime
) -> ConfirmationRequest:
    """Two people count the sheets of a box together: one enters the number, a scrutineer confirms it.

    Raises WrongState: `require_state`, and as `require_channels_ended`; Conflict paper.no_box, paper.box_open,
    paper.more_than_issued (found, issued); InvalidInput paper.negative.
    """
    _closed_box(session, round_, station, found_count)
    reason = f"{station.name}：{found_count}"
    return request_confirmation(
        session,
        OPEN_BOX,
        round_.street_id,
        reason=reason,
        by=by,
        at=at,
        round_id=round_.id,
        station_id=station.id,
        found_count=found_count,
    )


@confirmable(OPEN_BOX, Role.SCRUTINEER)
def open_box(
    session: Session,
    *,
    by: Actor,
    requested_by: Actor,
    reason: str,
    at: datetime,
    round_id: int,
    station_id: int,
    found_count: int,
) -> None:
    """Raises as `request_opening`."""
    round_, station = session.get_one(Round, round_id), session.get_one(Station, station_id)
    box = _closed_box(session, round_, station, found_count)
    box.found_count, box.opened_at = found_count, at
    box.opened_by, box.confirmed_by = requested_by.staff_id, by.staff_id
    session.flush()
    record(session, BoxOpened(round_.street_id, round_id, station_id, found_count), by=by, at=at)


def make_batches(session: Session, round_: Round, *, by: Actor, at: datetime) -> int:
    """Number batches of fifty from the mixed pile. Returns how many there are.

    Raises WrongState: `require_state`, paper.boxes_closed; Conflict paper.batches_made, paper.no_sheets.
    """
    require_state("make_sheet_batches", round_)
    hold(session, round_)  # of two who press the button only one makes batches
    boxes = boxes_of(session, round_)
    if any(box.found_count is None for box in boxes):
        raise WrongState("paper.boxes_closed")
    if sheet_batches_of(session, round_):
        raise Conflict("paper.batches_made")
    left = sum(box.found_count or 0 for box in boxes)
    if not left:
        raise Conflict("paper.no_sheets")
    number = 0
    while left:
        number += 1
        session.add(SheetBatch(round_id=round_.id, number=number, sheet_count=min(left, SHEETS_A_BATCH)))
        left -= min(left, SHEETS_A_BATCH)
    session.flush()
    record(session, SheetBatchesMade(round_.street_id, round_.id, number), by=by, at=at)
    return number


# reading the sheets


def require_papers_read(session: Session, round_: Round) -> None:
    """Before the closing seal. Raises WrongState paper.boxes_closed, paper.batches_missing, paper.batch_open (number)."""
    boxes = boxes_of(session, round_)
    if any(box.found_count is None for box in boxes):
        raise WrongState("paper.boxes_closed")
    batches = sheet_batches_of(session, round_)
    if sum(box.found_count or 0 for box in boxes) != sum(batch.sheet_count for batch in batches):
        raise WrongState("paper.batches_missing")
    for batch in batches:
        if batch.state is not SheetBatchState.ACCEPTED:
            raise WrongState("paper.batch_open", number=batch.number)


def _closed_box(session: Session, round_: Round, station: Station, found_count: int) -> PaperBox:
    require_state("open_paper_box", round_)
    if station.round_id != round_.id:
        raise NotFound("page.not_found")
    require_channels_ended(session, round_)
    if (last := last_day(session, station.id)) is not None and last.closed_at is None:
        raise WrongState("day.not_sealed", name=station.name)
    box = box_of(session, station)
    if box is None:
        raise Conflict("paper.no_box", name=station.name)
    if box.found_count is not None:
        raise Conflict("paper.box_open", name=station.name)
    if found_count < 0:
        raise InvalidInput("paper.negative", field="found_count")
    issued = papers_issued(session, station)
    if found_count > issued:
        raise Conflict("paper.more_than_issued", found=found_count, issued=issued)
    return box


def _require_paper(round_: Round) -> None:
    if VotingChannel.PAPER not in round_.channel_names:
        raise WrongState("paper.no_channel")
