"""纸质票: blanks at the desks, boxes opened in COLLECTING, and every sheet read twice, blind (vote.md 4).

Nothing individual is on a sheet, and a batch is made up of all boxes mixed: whose sheet it was nobody can tell.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotFound, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.confirmations import ConfirmationRequest, confirmable, request_confirmation
from diancai.platform.core.moves import hold, move
from diancai.platform.polling.ballot_forms import frozen_form
from diancai.platform.polling.day_queries import last_day
from diancai.platform.polling.events import BlanksReceived, BoxOpened, SheetBatchAccepted, SheetBatchesMade
from diancai.platform.polling.models import (
    SHEET_BATCH_MOVES,
    SHEETS_A_BATCH,
    InboxBallot,
    KeyedSheet,
    Keying,
    PaperBox,
    SheetBatch,
    SheetBatchState,
    SheetVerdict,
    Station,
)
from diancai.platform.polling.offline_queries import require_channels_ended
from diancai.platform.polling.paper_queries import (
    box_of,
    boxes_of,
    differing_places,
    keyings_of,
    papers_issued,
    sheet_batches_of,
    sheets_of,
)
from diancai.platform.polling.policy import require_state
from diancai.platform.rounds.models import Round, RuleBook
from diancai.platform.rounds.states import VotingChannel
from diancai.voting import BallotForm, BallotType, check_ballot, item_order_key

OPEN_BOX = "paper.open_box"
MOST_BLANKS = 100_000
NOT_COUNTED = {"ballot.too_many": SheetVerdict.OVER, "ballot.over_fund": SheetVerdict.OVER}
NOT_COUNTED |= {"ballot.too_few": SheetVerdict.UNDER, "ballot.empty": SheetVerdict.BLANK}
JUDGED = frozenset({SheetVerdict.UNCLEAR, SheetVerdict.NOT_GENUINE})
"""What a person must say of a sheet; everything else follows from the numbers."""


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


def begin_keying(session: Session, round_: Round, batch: SheetBatch, *, by: Actor) -> Keying:
    """The reading of this batch that `by` does: the first or second one, or of the differences. Begun before, it goes on.

    Raises WrongState: `require_state`; Conflict paper.batch_accepted, paper.both_read (two others are at it),
    paper.read_before (whoever read the batch does not decide its differences), paper.scrutineer_decides.
    """
    require_state("key_sheets", round_)
    hold(session, batch)
    if batch.state is SheetBatchState.ACCEPTED:
        raise Conflict("paper.batch_accepted", number=batch.number)
    readings = keyings_of(session, batch)
    mine = next((one for one in readings if one.staff_id == by.staff_id), None)
    if mine is not None:
        if mine.finished_at is not None:
            raise Conflict("paper.read_before")
        return mine
    if batch.state is SheetBatchState.KEYING and len(readings) == 2:
        raise Conflict("paper.both_read")
    if len(readings) == 3:
        raise Conflict("paper.both_read")
    if len(readings) == 2 and Role.SCRUTINEER not in by.roles_in(round_.street_id):
        raise Conflict("paper.scrutineer_decides")
    mine = Keying(batch_id=batch.id, turn=len(readings) + 1, staff_id=by.staff_id)
    session.add(mine)
    session.flush()
    return mine


def key_sheet(
    session: Session,
    round_: Round,
    keying: Keying,
    place: int,
    marks: Sequence[str],
    judged: SheetVerdict | None = None,
) -> SheetVerdict:
    """Keep what one person reads on sheet `place` (1-based): item numbers, in order of rank for a ranking, or a judgement
    that needs a person (unclear, not genuine). A place may be keyed again until the reading is finished.

    Raises WrongState: `require_state`; Conflict paper.reading_finished; InvalidInput paper.place, and for what the
    ballot does not know: ballot.unknown_item, ballot.repeated_item, ballot.rank_gap.
    """
    require_state("key_sheets", round_)
    if keying.finished_at is not None:
        raise Conflict("paper.reading_finished")
    batch = session.get_one(SheetBatch, keying.batch_id)
    if place not in places_to_key(session, batch, keying):
        raise InvalidInput("paper.place", place=place)
    verdict, choices = (judged, "") if judged in JUDGED else read_sheet(form_of(session, round_), marks)
    assert verdict is not None
    session.merge(KeyedSheet(keying_id=keying.id, place=place, verdict=verdict, choices=choices))
    session.flush()
    return verdict


def read_sheet(form: BallotForm, marks: Sequence[str]) -> tuple[SheetVerdict, str]:
    """The verdict and the text of a sheet with these marks. The text of a sheet that does not count is for comparison.

    Raises InvalidInput for what cannot stand on a sheet of this round: a number that it does not have, or one twice.
    """
    try:
        return SheetVerdict.VALID, ",".join(check_ballot(form, marks))
    except InvalidInput as problem:
        verdict = NOT_COUNTED.get(problem.code)
        if verdict is None:
            raise
    if form.ballot_type is BallotType.RANKING:
        return verdict, ",".join(marks)
    return verdict, ",".join(sorted(marks, key=item_order_key))


def finish_keying(session: Session, round_: Round, keying: Keying, *, by: Actor, at: datetime) -> SheetBatchState:
    """Sign a reading. Two that agree put the batch into the box; where they differ a third person decides.

    Raises WrongState: `require_state`; Conflict paper.reading_finished, paper.sheets_missing (place).
    """
    require_state("key_sheets", round_)
    batch = session.get_one(SheetBatch, keying.batch_id)
    hold(session, batch)
    session.refresh(keying)
    if keying.finished_at is not None:
        raise Conflict("paper.reading_finished")
    keyed = {sheet.place for sheet in sheets_of(session, keying)}
    for place in places_to_key(session, batch, keying):
        if place not in keyed:
            raise Conflict("paper.sheets_missing", place=place)
    keying.finished_at = at
    session.flush()
    if keying.turn == 3:
        _accept(session, round_, batch, by=by, at=at)
    elif all(one.finished_at for one in keyings_of(session, batch)) and len(keyings_of(session, batch)) == 2:
        if differing_places(session, batch):
            move(session, batch, SheetBatchState.DIFFERING, table=SHEET_BATCH_MOVES)
        else:
            _accept(session, round_, batch, by=by, at=at)
    return batch.state


def places_to_key(session: Session, batch: SheetBatch, keying: Keying) -> list[int]:
    """All sheets; for the third reading those on which the first two differ."""
    return differing_places(session, batch) if keying.turn == 3 else list(range(1, batch.sheet_count + 1))


def form_of(session: Session, round_: Round) -> BallotForm:
    sha256 = session.scalars(select(RuleBook.sha256).filter_by(round_id=round_.id)).one()
    return frozen_form(session, round_.id, sha256)


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


def _accept(session: Session, round_: Round, batch: SheetBatch, *, by: Actor, at: datetime) -> None:
    """Valid sheets become ballots under random keys, in one statement in order of these."""
    move(session, batch, SheetBatchState.ACCEPTED, table=SHEET_BATCH_MOVES, accepted_at=at)
    first, *others = keyings_of(session, batch)
    found = {sheet.place: sheet for sheet in sheets_of(session, first)}
    found |= {sheet.place: sheet for one in others if one.turn == 3 for sheet in sheets_of(session, one)}
    texts = [sheet.choices for sheet in found.values() if sheet.verdict is SheetVerdict.VALID]
    keys = sorted(secrets.token_bytes(16) for _ in texts)
    secrets.SystemRandom().shuffle(texts)
    ballots = zip(keys, texts, strict=True)
    if texts:
        session.execute(
            insert(InboxBallot),
            [{"tracker_key": key, "round_id": round_.id, "choices": text} for key, text in ballots],
        )
    event = SheetBatchAccepted(
        round_.street_id, round_.id, batch.number, len(texts), batch.sheet_count - len(texts), len(others) == 2
    )
    record(session, event, by=by, at=at)


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
