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
from diancai.platform.polling.models import BallotCode, CodeState, GivenKind, InboxBallot, RegisterEntry
from diancai.platform.polling.operations.sealing import close_round
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
    is_approved: bool = True,
    **columns: Any,
) -> Stage:
    """A closed round with these ballots in its box; costs, names and categories by number where they are not the
    usual ones.

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
    _vote(session, round_, list(texts))
    round_.state = RoundState.COLLECTING
    session.flush()
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


def _vote(session: Session, round_: Round, texts: list[str]) -> None:
    """One used code, one marked person and one ballot for each text; the station's slips balance."""
    station = a_station(session, round_)
    community_id = session.query(Division.id).filter_by(parent_id=round_.street_id).limit(1).scalar()
    sealed_name = keys_of(session).seal_text("李明")
    for number, text in enumerate(texts):
        person = {"household": f"{number}号", "name": sealed_name, "name_key": secrets.token_bytes(32)}
        session.add_all(
            [
                RegisterEntry(
                    round_id=round_.id,
                    community_id=community_id,
                    identity_key=secrets.token_bytes(32),
                    given=GivenKind.POSTED,
                    given_hour=AT,
                    **person,
                ),
                BallotCode(
                    code_key=secrets.token_bytes(32), round_id=round_.id, station_id=station.id, state=CodeState.USED
                ),
                InboxBallot(tracker_key=secrets.token_bytes(16), round_id=round_.id, choices=text),
            ]
        )
    station.ended_at, station.unused_count, station.spoiled_count = CLOSED_AT, 0, 0
    session.flush()


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
