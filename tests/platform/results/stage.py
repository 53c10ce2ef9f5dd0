"""A street whose round has been voted on: what every test of results begins with."""

import io
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from diancai.budget import ItemCategory
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.clock import local_day
from diancai.platform.core.keys import keys_of
from diancai.platform.core.working_days import seed_calendar
from diancai.platform.divisions.models import Division
from diancai.platform.funds.models import Fund
from diancai.platform.funds.operations import approve_fund, commit_to_round
from diancai.platform.notices.models import Notice
from diancai.platform.polling.models import BallotCode, CodeState, GivenKind, InboxBallot, RegisterEntry, Station
from diancai.platform.polling.operations.sealing import close_round
from diancai.platform.polling.paper_models import (
    KeyedSheet,
    Keying,
    PaperBox,
    SheetBatch,
    SheetBatchState,
    SheetVerdict,
)
from diancai.platform.results import operations
from diancai.platform.results.models import Result, SignatureKind
from diancai.platform.rounds.models import Round, RoundScrutineer, RuleBook
from diancai.platform.rounds.queries import items_of
from diancai.platform.rounds.rules import rule_book_text, sha256_of
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_staff, a_station, a_street

CLOSED_AT = AT + timedelta(days=8)
DRAW = "3 1 4 1 5 9"


@dataclass
class Stage:
    """The people of a street and their round."""

    street: Division
    round_: Round
    officer: Actor
    reviewer: Actor
    leader: Actor
    chief: Actor
    second: Actor
    third: Actor


def a_stage(
    session: Session,
    texts: Iterable[str] = (),
    *,
    costs: dict[str, int] | None = None,
    names: dict[str, str] | None = None,
    categories: dict[str, ItemCategory] | None = None,
    sheets: Iterable[str] = (),
    is_approved: bool = True,
    **columns: Any,
) -> Stage:
    """A closed round with these ballots in its box; costs, names and categories by number where they are not the
    usual ones. `sheets` are valid paper ballots, read twice alike; one more sheet is blank.

    Its fund is approved, or else the round is 拟安排.
    """
    street = a_street(session)
    round_ = a_round(session, street, state=RoundState.DRAFT, **columns)
    for item in items_of(session, round_):
        item.cost_fen = (costs or {}).get(item.number, item.cost_fen)
        item.name = (names or {}).get(item.number, item.name)
        item.category = (categories or {}).get(item.number, item.category)
    stage = Stage(street, round_, *(a_staff(session, street, role, name=name) for role, name in PEOPLE))
    if is_approved:
        _approve(session, round_, stage.leader)
    _announce(session, round_, is_provisional=not is_approved)
    _appoint(session, round_, stage)
    _vote(session, stage, list(texts))
    round_.state = RoundState.COLLECTING
    session.flush()
    if papers := list(sheets):
        _read_sheets(session, stage, papers)
    close_round(session, round_, by=stage.officer, at=CLOSED_AT)
    return stage


PEOPLE = (
    (Role.OFFICER, "王敏"),
    (Role.REVIEWER, "李强"),
    (Role.LEADER, "赵静"),
    (Role.SCRUTINEER, "陈监"),
    (Role.SCRUTINEER, "周票"),
    (Role.SCRUTINEER, "吴人"),
)


def _approve(session: Session, round_: Round, leader: Actor) -> None:
    fund = session.get_one(Fund, round_.fund_id)
    approve_fund(session, fund, reference="区人大〔2026〕3号", approved_on=local_day(AT), by=leader, at=AT)
    commit_to_round(session, fund, round_.id, round_.fund_fen, reference=round_.title, at=AT)


def _announce(session: Session, round_: Round, *, is_provisional: bool) -> None:
    seed_calendar(session)
    text = rule_book_text(session, round_)
    session.add(RuleBook(round_id=round_.id, text=text, sha256=sha256_of(text), frozen_at=AT))
    session.flush()
    round_.announced_at, round_.state, round_.is_provisional = AT, RoundState.VOTING, is_provisional
    session.flush()


def _appoint(session: Session, round_: Round, stage: Stage) -> None:
    for actor, is_chief in ((stage.chief, True), (stage.second, False), (stage.third, False)):
        session.add(
            RoundScrutineer(
                round_id=round_.id,
                staff_id=actor.staff_id,
                is_chief=is_chief,
                chosen_by="居民代表会议推选",
                has_no_conflict=True,
                appointed_at=AT,
            )
        )
    session.flush()


def _vote(session: Session, stage: Stage, texts: list[str]) -> None:
    """One used code, one marked person and one ballot for each text; the station's slips balance."""
    round_ = stage.round_
    station = a_station(session, round_)
    for number, text in enumerate(texts):
        session.add_all(
            [
                _a_voter(session, round_, number, given=GivenKind.POSTED),
                BallotCode(
                    code_key=secrets.token_bytes(32), round_id=round_.id, station_id=station.id, state=CodeState.USED
                ),
                InboxBallot(tracker_key=secrets.token_bytes(16), round_id=round_.id, choices=text),
            ]
        )
    station.ended_at, station.unused_count, station.spoiled_count = CLOSED_AT, 0, 0
    station.ended_by, station.leftovers_confirmed_by = stage.officer.staff_id, stage.second.staff_id
    session.flush()


def _read_sheets(session: Session, stage: Stage, sheets: list[str]) -> None:
    """One box, one batch that two people read alike, and its ballots in the inbox."""
    round_, count = stage.round_, len(sheets) + 1
    station_id = session.query(Station.id).filter_by(round_id=round_.id).scalar()
    box = PaperBox(station_id=station_id, received_count=count, unused_count=0, spoiled_count=0, found_count=count)
    box.opened_at, box.opened_by, box.confirmed_by = CLOSED_AT, stage.officer.staff_id, stage.chief.staff_id
    batch = SheetBatch(round_id=round_.id, number=1, sheet_count=count)
    session.add_all([box, batch])
    session.flush()
    read = [(SheetVerdict.VALID, sheet) for sheet in sheets] + [(SheetVerdict.BLANK, "")]
    for turn, reader in ((1, stage.officer), (2, stage.reviewer)):
        keying = Keying(batch_id=batch.id, turn=turn, staff_id=reader.staff_id)
        session.add(keying)
        session.flush()
        for place, (verdict, choices) in enumerate(read, 1):
            session.add(KeyedSheet(keying_id=keying.id, place=place, verdict=verdict, choices=choices))
    batch.state, batch.accepted_at = SheetBatchState.ACCEPTED, CLOSED_AT
    for number in range(count):
        session.add(_a_voter(session, round_, number, given=GivenKind.PAPER, given_station_id=station_id))
    for choices in sheets:
        session.add(InboxBallot(tracker_key=secrets.token_bytes(16), round_id=round_.id, choices=choices))
    session.flush()


def _a_voter(session: Session, round_: Round, number: int, **given: Any) -> RegisterEntry:
    community_id = session.query(Division.id).filter_by(parent_id=round_.street_id).limit(1).scalar()
    entry = RegisterEntry(
        round_id=round_.id, community_id=community_id, household=f"{number}号", given_hour=AT, **given
    )
    entry.name, entry.name_key = keys_of(session).seal_text("李明"), secrets.token_bytes(32)
    entry.identity_key = secrets.token_bytes(32)
    return entry


def draw(session: Session, stage: Stage) -> None:
    for actor in (stage.chief, stage.second):
        operations.type_draw(session, stage.round_, DRAW, by=actor, at=CLOSED_AT)


def count(session: Session, stage: Stage) -> Result:
    draw(session, stage)
    return operations.count_round(session, stage.round_, by=stage.officer, at=CLOSED_AT)


def a_hand() -> bytes:
    """A scribble as a signature pad writes it."""
    picture = Image.new("RGBA", (600, 200), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line([(40, 150), (200, 40), (330, 160), (560, 60)], fill=(34, 37, 42, 255), width=6)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def sign(session: Session, stage: Stage, result: Result, *people: Actor) -> None:
    for actor in people or (stage.chief, stage.second):
        operations.sign_result(
            session, stage.round_, result, kind=SignatureKind.HANDWRITING, image=a_hand(), by=actor, at=CLOSED_AT
        )


def certify(session: Session, stage: Stage, result: Result) -> None:
    sign(session, stage, result)
    operations.certify_result(session, stage.round_, result, by=stage.chief, at=CLOSED_AT)


def publish(session: Session, stage: Stage, result: Result) -> Notice:
    certify(session, stage, result)
    round_, sha256 = stage.round_, result.bundle_sha256
    operations.submit_result(session, round_, result, by=stage.officer, at=CLOSED_AT)
    operations.review_result(session, round_, result, content_sha256=sha256, by=stage.reviewer, at=CLOSED_AT)
    return operations.publish_result(
        session,
        round_,
        result,
        minute_number="党工委会议纪要〔2026〕12号",
        content_sha256=sha256,
        by=stage.leader,
        at=CLOSED_AT,
    )
