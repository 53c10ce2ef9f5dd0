"""Reading the sheets: every batch is keyed twice, blind, and a third person decides the differences (vote.md 4)."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.moves import hold, move
from diancai.platform.polling.ballot_forms import form_of
from diancai.platform.polling.models import InboxBallot
from diancai.platform.polling.paper_events import SheetBatchAccepted
from diancai.platform.polling.paper_models import (
    SHEET_BATCH_MOVES,
    KeyedSheet,
    Keying,
    SheetBatch,
    SheetBatchState,
    SheetVerdict,
)
from diancai.platform.polling.paper_queries import (
    differing_places,
    keyings_of,
    sheets_of,
)
from diancai.platform.polling.policy import require_state
from diancai.platform.polling.scan_models import DoubtfulMark, ScannedPage
from diancai.platform.polling.scan_queries import scan_of_keying
from diancai.platform.rounds.models import Round
from diancai.voting import BallotForm, BallotType, check_ballot, item_order_key

NOT_COUNTED = {"ballot.too_many": SheetVerdict.OVER, "ballot.over_fund": SheetVerdict.OVER}

NOT_COUNTED |= {"ballot.too_few": SheetVerdict.UNDER, "ballot.empty": SheetVerdict.BLANK}

JUDGED = frozenset({SheetVerdict.UNCLEAR, SheetVerdict.NOT_GENUINE})
"""What a person must say of a sheet; everything else follows from the numbers."""


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

    Raises WrongState: `require_state`; Conflict paper.reading_finished, paper.scanned (this reading comes from pictures);
    InvalidInput paper.place, and for what the ballot does not know: ballot.unknown_item, ballot.repeated_item,
    ballot.rank_gap.
    """
    require_state("key_sheets", round_)
    if keying.finished_at is not None:
        raise Conflict("paper.reading_finished")
    if scan_of_keying(session, keying) is not None:
        raise Conflict("paper.scanned")
    batch = session.get_one(SheetBatch, keying.batch_id)
    if place not in places_to_key(session, batch, keying):
        raise InvalidInput("paper.place", place=place)
    verdict, choices = (judged, "") if judged in JUDGED else read_sheet(form_of(session, round_), marks)
    assert verdict is not None
    keep_sheet(session, keying, place, verdict, choices)
    return verdict


def keep_sheet(session: Session, keying: Keying, place: int, verdict: SheetVerdict, choices: str) -> None:
    session.merge(KeyedSheet(keying_id=keying.id, place=place, verdict=verdict, choices=choices))
    session.flush()


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


def _accept(session: Session, round_: Round, batch: SheetBatch, *, by: Actor, at: datetime) -> None:
    """Valid sheets become ballots under random keys, in one statement in order of these. Pictures of sheets go first."""
    erase_pictures(session, [one.id for one in keyings_of(session, batch)])
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


def erase_pictures(session: Session, keying_ids: Sequence[int]) -> None:
    """What a scan left of these readings: pictures, and what was read on them."""
    for table in (DoubtfulMark, ScannedPage):
        session.execute(delete(table).where(table.keying_id.in_(keying_ids)))
