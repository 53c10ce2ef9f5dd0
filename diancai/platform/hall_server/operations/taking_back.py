"""At the office: what a hall hands back is taken once, whole or not at all."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.db import rows_changed
from diancai.platform.core.keys import keys_of
from diancai.platform.core.moves import hold, move
from diancai.platform.core.rows import value_of
from diancai.platform.hall_server.events import HallTakenBack
from diancai.platform.hall_server.operations.preparing import free_persons, tell_publicly
from diancai.platform.hall_server.parcels import read_return, sha256_of, unwrap_return
from diancai.platform.polling.ballot_forms import form_of
from diancai.platform.polling.hall_models import Sitting, SittingBallots, SittingStep, StepDone
from diancai.platform.polling.hall_queries import rounds_served, stations_in
from diancai.platform.polling.hall_server_models import HALL_SERVER_MOVES, HallServer, HallServerState
from diancai.platform.polling.models import (
    BallotCode,
    BatchKind,
    BatchState,
    CodeBatch,
    CodeState,
    GivenKind,
    InboxBallot,
    RegisterEntry,
    SealedBallot,
    Station,
)
from diancai.platform.polling.paper_models import PaperBox
from diancai.platform.polling.pick_up_models import PickUp, PickUpKind
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from diancai.voting import parse_canonical

TAKING = (RoundState.VOTING, RoundState.COLLECTING)
SOME = 500


@dataclass(frozen=True, slots=True)
class TakenBack:
    """`is_first` is False when the very same content was here already: then nothing was changed."""

    content_sha256: str
    ballot_count: int
    given_count: int
    freed_count: int
    is_first: bool


def take_back(session: Session, server: HallServer, parcel: bytes, *, by: Actor, at: datetime) -> TakenBack:
    """Put a hall's ballots into the box, its codes and marks beside those of the office, its minutes into the record.

    Its unused codes are void; whoever was handed nothing there may be handed something here again. Raises WrongState
    hall_server.given_up, hall_server.not_packed, hall_server.round_waits (title, state) for a round that takes no
    ballots now; Conflict hall_server.back_already for other content than the first; InvalidInput hall_server.not_ours,
    hall_server.not_whole (what) for content that contradicts itself or the office. Then nothing is changed.
    """
    hold(session, server)
    if server.state is HallServerState.GIVEN_UP:
        raise WrongState("hall_server.given_up")
    if server.identity is None or server.public_key is None:
        raise WrongState("hall_server.not_packed")
    content = unwrap_return(parcel, keys_of(session).open_text(server.identity), server.public_key)
    sha256, facts = sha256_of(content), read_return(content)
    ballot_count = sum(len(one["ballots"]) for one in facts["rounds"])
    given_count = sum(len(one["marks"]) for one in facts["rounds"])
    if server.state is HallServerState.BACK:
        if server.content_sha256 != sha256:
            raise Conflict("hall_server.back_already")
        return TakenBack(sha256, ballot_count, given_count, server.person_count - given_count, is_first=False)
    sitting = session.get_one(Sitting, server.sitting_id)
    rounds = {round_.id: round_ for round_ in rounds_served(session, sitting)}
    _require_ours(server, facts, rounds)
    log = json.dumps(facts["log"], ensure_ascii=False)
    back = {"ended_at": at, "content_sha256": sha256, "log": log}
    move(session, server, HallServerState.BACK, table=HALL_SERVER_MOVES, **back)
    desks = stations_in(session, sitting)
    for one in facts["rounds"]:
        _take_round(session, rounds[one["round_id"]], one, [desk for desk in desks if desk.round_id == one["round_id"]])
    _take_minutes(session, sitting, facts)
    freed = free_persons(session, sitting)
    tell_publicly(session, sitting, "hall_server.is_back", at=at)
    event = HallTakenBack(server.street_id, server.id, sitting.id, sha256, ballot_count, given_count, freed)
    record(session, event, by=by, at=at)
    return TakenBack(sha256, ballot_count, given_count, freed, is_first=True)


def _require_ours(server: HallServer, facts: Mapping[str, Any], rounds: Mapping[int, Round]) -> None:
    if facts["server_id"] != server.id or facts["pack_number"] != server.pack_number:
        raise InvalidInput("hall_server.not_ours", field="file")
    if {one["round_id"] for one in facts["rounds"]} != set(rounds):
        raise _not_whole("rounds")
    for round_ in rounds.values():
        if round_.state not in TAKING:
            raise WrongState("hall_server.round_waits", title=round_.title, state=round_.state)


def _take_round(session: Session, round_: Round, facts: Mapping[str, Any], desks: Sequence[Station]) -> None:
    hold(session, round_)
    used = [code for code in facts["codes"] if code[2] == CodeState.USED]
    if len(used) != len(facts["ballots"]):
        raise _not_whole("codes")
    if len(used) > sum(mark[1] == GivenKind.SLIP for mark in facts["marks"]):
        raise _not_whole("marks")
    _take_marks(session, round_, facts["marks"], {desk.id for desk in desks})
    _take_pick_ups(session, facts["pick_ups"])
    _take_ballots(session, round_, facts["ballots"])
    _take_codes(session, round_, facts)
    _take_balances(session, facts, desks)


def _take_marks(session: Session, round_: Round, marks: Sequence[Sequence[Any]], desks: set[int]) -> None:
    """By compare-and-set: each person was the hall's until now."""
    for entry_id, kind, station_id, hour in marks:
        if station_id not in desks or kind not in (GivenKind.SLIP, GivenKind.PAPER):
            raise _not_whole("marks")
        marking = update(RegisterEntry).where(
            RegisterEntry.id == entry_id,
            RegisterEntry.round_id == round_.id,
            RegisterEntry.given == GivenKind.HALL,
            RegisterEntry.given_station_id.in_(desks),
        )
        given = {"given": GivenKind(kind), "given_station_id": station_id, "given_hour": value_of(hour)}
        if rows_changed(session, marking.values(**given)) != 1:
            raise _not_whole("marks")


def _take_pick_ups(session: Session, pick_ups: Sequence[Sequence[Any]]) -> None:
    for entry_id, collector_id, kind, document in pick_ups:
        session.add(PickUp(entry_id=entry_id, collector_id=collector_id, kind=PickUpKind(kind), document=document))
    session.flush()


def _take_ballots(session: Session, round_: Round, ballots: Sequence[Sequence[str]]) -> None:
    """Into the inbox in order of their random keys, as any ballot; the next seal seals them."""
    form = form_of(session, round_)
    keys = [bytes.fromhex(tracker) for tracker, _ in ballots]
    for _, choices in ballots:
        try:
            parse_canonical(form, choices)
        except InvalidInput as problem:
            raise _not_whole("ballots") from problem
    for start in range(0, len(keys), SOME):
        for box in (InboxBallot, SealedBallot):
            known = select(box.tracker_key).where(
                box.round_id == round_.id, box.tracker_key.in_(keys[start : start + SOME])
            )
            if session.scalar(known.limit(1)) is not None:
                raise _not_whole("ballots")
    if ballots:
        rows = [
            {"tracker_key": key, "round_id": round_.id, "choices": choices}
            for key, (_, choices) in sorted(zip(keys, ballots, strict=True))
        ]
        session.execute(insert(InboxBallot), rows)


def _take_codes(session: Session, round_: Round, facts: Mapping[str, Any]) -> None:
    """They were keyed with the hall's own secret: here nobody could type them. Unused ones are leftovers."""
    for run in facts["runs"]:
        values = {name: value_of(one) for name, one in run.items()}
        values["state"] = BatchState(values["state"])
        session.add(CodeBatch(round_id=round_.id, kind=BatchKind.BEARER, **values))
    session.flush()
    rows = [
        {
            "code_key": bytes.fromhex(key),
            "round_id": round_.id,
            "station_id": station_id,
            "state": CodeState.USED if state == CodeState.USED else CodeState.VOID,
        }
        for key, station_id, state in sorted(facts["codes"])
    ]
    if rows:
        session.execute(insert(BallotCode), rows)


def _take_balances(session: Session, facts: Mapping[str, Any], desks: Sequence[Station]) -> None:
    by_id = {desk.id: desk for desk in desks}
    if {one["id"] for one in facts["stations"]} != set(by_id):
        raise _not_whole("stations")
    for one in facts["boxes"]:
        session.add(PaperBox(**one))
    for one in facts["stations"]:
        desk = by_id[one["id"]]
        for name, value in one.items():
            if name != "id":
                setattr(desk, name, value_of(value))
    session.flush()


def _take_minutes(session: Session, sitting: Sitting, facts: Mapping[str, Any]) -> None:
    for one in facts["steps"]:
        values = {name: value_of(value) for name, value in one.items()}
        session.add(StepDone(sitting_id=sitting.id, **(values | {"step": SittingStep(values["step"])})))
    session.flush()
    for one in facts["step_ballots"]:
        session.add(SittingBallots(sitting_id=sitting.id, **(one | {"step": SittingStep(one["step"])})))
    session.flush()


def _not_whole(what: str) -> InvalidInput:
    return InvalidInput("hall_server.not_whole", what=what, field="file")
