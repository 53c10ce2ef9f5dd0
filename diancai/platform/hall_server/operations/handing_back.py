"""In the hall: ballots, codes, marks, balances and minutes go back to the office in one signed file, the same each time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import AuditEntry, record
from diancai.platform.core.hall_charge import HallCharge
from diancai.platform.core.keys import keys_of
from diancai.platform.core.moves import hold
from diancai.platform.core.rows import plain
from diancai.platform.hall_server.events import HallHandedBack
from diancai.platform.hall_server.parcels import sha256_of, wrap_return, written
from diancai.platform.polling.hall_models import Sitting, SittingBallots, SittingStep, StepDone
from diancai.platform.polling.hall_queries import day_of, rounds_served, stations_in
from diancai.platform.polling.models import (
    BallotCode,
    BatchState,
    CodeBatch,
    InboxBallot,
    RegisterEntry,
    SealedBallot,
    Station,
)
from diancai.platform.polling.operations.sealing import unlink
from diancai.platform.polling.paper_models import PaperBox
from diancai.platform.polling.pick_up_models import PickUp
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState

LAST_STEP = SittingStep.DECLARED
"""What follows it, the count and its announcement, is done at the office."""


def what_is_missing(session: Session, charge: HallCharge) -> list[WrongState]:
    """What has to be done in the hall before it hands back; each refusal says one thing."""
    sitting = session.get_one(Sitting, charge.sitting_id)
    missing = []
    if LAST_STEP not in day_of(session, sitting).done:
        missing.append(WrongState("hall_server.steps_missing", step=LAST_STEP))
    rounds = rounds_served(session, sitting)
    voting = [round_ for round_ in rounds if round_.state is not RoundState.COLLECTING]
    missing += [WrongState("hall_server.still_voting", title=round_.title) for round_ in voting]
    for desk in stations_in(session, sitting):
        if desk.ended_at is None:
            missing.append(WrongState("station.not_ended", name=desk.name))
        elif desk.leftovers_confirmed_by is None:
            missing.append(WrongState("hall_server.leftovers_once", name=desk.name))
    return missing


def hand_back(session: Session, charge: HallCharge, *, by: Actor, at: datetime) -> bytes:
    """The file for the office. The first time freezes what it holds; later ones give the very same content again.

    Raises what `what_is_missing` finds.
    """
    hold(session, charge)
    if charge.content is None:
        for problem in what_is_missing(session, charge):
            raise problem
        _freeze(session, charge, by=by, at=at)
    assert charge.content is not None
    signing_key = bytes.fromhex(keys_of(session).open_text(charge.signing_key))
    return wrap_return(charge.content, signing_key, charge.recipient)


def _freeze(session: Session, charge: HallCharge, *, by: Actor, at: datetime) -> None:
    sitting = session.get_one(Sitting, charge.sitting_id)
    rounds = [_round_facts(session, round_, sitting) for round_ in rounds_served(session, sitting)]
    facts = {
        "server_id": charge.server_id,
        "pack_number": charge.pack_number,
        "handed_back_at": plain(at),
        "rounds": rounds,
        "steps": list(_steps(session, sitting)),
        "step_ballots": list(_step_ballots(session, sitting)),
        "log": list(_log(session)),
    }
    charge.content, charge.handed_back_at = written(facts), at
    for round_ in rounds_served(session, sitting):
        unlink(session, round_, at=at)
    session.flush()
    count = sum(len(one["ballots"]) for one in rounds)
    record(session, HallHandedBack(charge.street_id, charge.server_id, sha256_of(charge.content), count), by=by, at=at)


def _round_facts(session: Session, round_: Round, sitting: Sitting) -> dict[str, Any]:
    """Ballots and codes in order of their random keys, so that neither list says when anything was cast."""
    desks = [desk for desk in stations_in(session, sitting) if desk.round_id == round_.id]
    ballots = [
        (row.tracker_key.hex(), row.choices)
        for box in (InboxBallot, SealedBallot)
        for row in session.execute(select(box.tracker_key, box.choices).where(box.round_id == round_.id))
    ]
    codes = select(BallotCode.code_key, BallotCode.batch_id, BallotCode.station_id, BallotCode.state)
    rows = session.execute(codes.where(BallotCode.round_id == round_.id)).all()
    return {
        "round_id": round_.id,
        "ballots": sorted(ballots),
        "codes": sorted((row.code_key.hex(), row.station_id, row.state.value) for row in rows),
        "marks": list(_marks(session, round_)),
        "pick_ups": list(_pick_ups(session, round_)),
        "runs": list(_runs(session, round_)),
        "stations": [_station_facts(desk) for desk in desks],
        "boxes": list(_boxes(session, desks)),
    }


def _marks(session: Session, round_: Round) -> Iterator[list[Any]]:
    given = select(RegisterEntry).where(RegisterEntry.round_id == round_.id, RegisterEntry.given.is_not(None))
    for entry in session.scalars(given.order_by(RegisterEntry.id)):
        yield [entry.id, plain(entry.given), entry.given_station_id, plain(entry.given_hour)]


def _pick_ups(session: Session, round_: Round) -> Iterator[list[Any]]:
    here = select(PickUp).join(RegisterEntry, RegisterEntry.id == PickUp.entry_id)
    for row in session.scalars(here.where(RegisterEntry.round_id == round_.id).order_by(PickUp.entry_id)):
        yield [row.entry_id, row.collector_id, row.kind.value, row.document]


def _runs(session: Session, round_: Round) -> Iterator[dict[str, Any]]:
    printed = (BatchState.PRINTED, BatchState.VOID)
    runs = select(CodeBatch).where(CodeBatch.round_id == round_.id, CodeBatch.state.in_(printed))
    for run in session.scalars(runs.where(CodeBatch.printed_at.is_not(None)).order_by(CodeBatch.id)):
        names = ("station_id", "state", "slip_count", "requested_by", "requested_at", "approved_by", "printed_at")
        yield {name: plain(getattr(run, name)) for name in names}


def _station_facts(desk: Station) -> dict[str, Any]:
    names = (
        "id",
        "ended_at",
        "ended_by",
        "unused_count",
        "spoiled_count",
        "leftovers_confirmed_by",
        "difference_reason",
        "difference_accepted_by",
    )
    return {name: plain(getattr(desk, name)) for name in names}


def _boxes(session: Session, desks: list[Station]) -> Iterator[dict[str, Any]]:
    boxes = select(PaperBox).where(PaperBox.station_id.in_([desk.id for desk in desks])).order_by(PaperBox.station_id)
    for box in session.scalars(boxes):
        names = ("station_id", "received_count", "unused_count", "spoiled_count")
        yield {name: getattr(box, name) for name in names}


def _steps(session: Session, sitting: Sitting) -> Iterator[dict[str, Any]]:
    for row in session.scalars(select(StepDone).filter_by(sitting_id=sitting.id).order_by(StepDone.done_at)):
        names = ("step", "done_at", "done_by", "confirmed_by", "present_count", "note")
        yield {name: plain(getattr(row, name)) for name in names}


def _step_ballots(session: Session, sitting: Sitting) -> Iterator[dict[str, Any]]:
    rows = select(SittingBallots).filter_by(sitting_id=sitting.id)
    for row in session.scalars(rows.order_by(SittingBallots.step, SittingBallots.round_id)):
        yield {name: plain(getattr(row, name)) for name in ("round_id", "step", "ballot_count", "given_count")}


def _log(session: Session) -> Iterator[dict[str, Any]]:
    """The hall's own administrative log, so that its chain can be checked at the office."""
    names = ("at", "actor_id", "actor_name", "event", "facts", "previous_hash", "hash")
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        yield {name: plain(getattr(entry, name)) for name in names}
