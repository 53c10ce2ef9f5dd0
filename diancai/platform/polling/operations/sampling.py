"""抽查: two scrutineers type the dice, the seed draws sheets, two people look at them again."""

import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.confirmations import ConfirmationRequest, Span, confirmable, request_confirmation
from diancai.platform.core.moves import hold
from diancai.platform.polling.paper_events import SampleChecked, SampleDrawn
from diancai.platform.polling.paper_models import SheetBatchState
from diancai.platform.polling.paper_queries import sheet_batches_of
from diancai.platform.polling.policy import require_state
from diancai.platform.polling.sample_models import SampleCheck, SampleSeed
from diancai.platform.polling.sample_queries import sample_of
from diancai.platform.rounds.models import Round, RoundScrutineer
from diancai.voting.sampling import sample_size

CHECK = "paper.sample_check"
BOUNDS = (5, 10, 20, 50)
"""Permille of misread sheets that may be asked to be ruled out."""
LONGEST = 200


def type_seed(
    session: Session, round_: Round, text: str, bound_permille: int, *, by: Actor, at: datetime
) -> SampleCheck | None:
    """Keep what one scrutineer read from the dice; once two typed the same, and for the same bound, the sheets are drawn.

    Typing again replaces it. Only once every sheet has been accepted: nobody knows while keying which are drawn. Raises
    WrongState: `require_state`, sample.sheets_open; NotAllowed sample.not_appointed; InvalidInput sample.no_seed,
    sample.bound; Conflict sample.drawn_before.
    """
    typed = _checked(text)
    if bound_permille not in BOUNDS:
        raise InvalidInput("sample.bound", field="bound")
    hold(session, round_)  # of two who type at once the second sees what the first typed
    count = _ready_sheets(session, round_, by)
    assert by.staff_id is not None
    entry = f"{bound_permille}:{typed}"
    session.merge(SampleSeed(round_id=round_.id, staff_id=by.staff_id, text=entry))
    session.flush()
    twin = session.scalar(
        select(SampleSeed)
        .where(SampleSeed.round_id == round_.id, SampleSeed.staff_id != by.staff_id, SampleSeed.text == entry)
        .limit(1)
    )
    if twin is None:
        return None
    check = SampleCheck(
        round_id=round_.id,
        seed=typed,
        first_by=twin.staff_id,
        second_by=by.staff_id,
        drawn_at=at,
        bound_permille=bound_permille,
        sheet_count=count,
        sample_size=sample_size(count, bound_permille),
    )
    session.add(check)
    session.flush()
    record(session, SampleDrawn(round_.street_id, round_.id, typed, check.sample_size, twin.staff_id), by=by, at=at)
    return check


def request_result(
    session: Session, round_: Round, differing_count: int, note: str, *, by: Actor, at: datetime
) -> ConfirmationRequest:
    """Two people looked at the drawn sheets: one enters how many differ from what was keyed, another confirms.

    Raises WrongState (`require_state`); Conflict sample.not_drawn, sample.checked_before; InvalidInput sample.count,
    sample.no_note where any differs.
    """
    check = _unchecked(session, round_)
    if not 0 <= differing_count <= check.sample_size:
        raise InvalidInput("sample.count", field="differing_count", most=check.sample_size)
    said = " ".join(note.split())[:400]
    if differing_count and not said:
        raise InvalidInput("sample.no_note", field="note")
    facts = {"round_id": round_.id, "differing_count": differing_count, "note": said}
    return request_confirmation(session, CHECK, round_.street_id, reason=round_.title, by=by, at=at, **facts)


@confirmable(CHECK, Role.OFFICER, Role.REVIEWER, Role.SCRUTINEER, span=Span.ROUND)
def keep_result(
    session: Session,
    *,
    by: Actor,
    requested_by: Actor,
    reason: str,
    at: datetime,
    round_id: int,
    differing_count: int,
    note: str,
) -> None:
    """Raises as `request_result`."""
    round_ = session.get_one(Round, round_id)
    check = _unchecked(session, round_)
    check.differing_count, check.note, check.checked_at = differing_count, note, at
    check.checked_by, check.confirmed_by = requested_by.staff_id, by.staff_id
    session.flush()
    event = SampleChecked(round_.street_id, round_id, check.sample_size, differing_count)
    record(session, event, by=by, at=at)


def _ready_sheets(session: Session, round_: Round, by: Actor) -> int:
    require_state("sample_sheets", round_)
    if session.get(RoundScrutineer, (round_.id, by.staff_id)) is None:
        raise NotAllowed("sample.not_appointed")
    if sample_of(session, round_.id) is not None:
        raise Conflict("sample.drawn_before")
    batches = sheet_batches_of(session, round_)
    if not batches or any(batch.state is not SheetBatchState.ACCEPTED for batch in batches):
        raise WrongState("sample.sheets_open")
    return sum(batch.sheet_count for batch in batches)


def _unchecked(session: Session, round_: Round) -> SampleCheck:
    require_state("sample_sheets", round_)
    check = sample_of(session, round_.id)
    if check is None:
        raise Conflict("sample.not_drawn")
    if check.checked_at is not None:
        raise Conflict("sample.checked_before")
    return check


def _checked(text: str) -> str:
    """One line, digits of any width alike."""
    typed = " ".join(unicodedata.normalize("NFKC", text).split())
    if not typed or len(typed) > LONGEST - 10:
        raise InvalidInput("sample.no_seed", field="seed")
    return typed
