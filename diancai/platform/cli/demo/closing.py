"""From the last ballot to the final result: desks balance, the box is sealed, counted, signed, published, objected to."""

import io
from datetime import datetime, timedelta
from random import Random

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.cli.demo.stage import Plan, Stage
from diancai.platform.cli.demo.team import Team
from diancai.platform.core.actor import ANYONE
from diancai.platform.core.clock import local_instant
from diancai.platform.core.confirmations import ConfirmationRequest, RequestState, confirm_request
from diancai.platform.notices.models import Channel
from diancai.platform.notices.operations import confirm_notice, object_to_notice
from diancai.platform.polling.operations.leftovers import LEFTOVERS
from diancai.platform.polling.operations.register import purge_due_at
from diancai.platform.polling.operations.sealing import close_round
from diancai.platform.polling.operations.stations import end_issuing
from diancai.platform.polling.queries import open_stations, station_figures
from diancai.platform.results import operations
from diancai.platform.results.models import Result, SignatureKind
from diancai.platform.results.operations.objections import keep_result
from diancai.platform.results.queries import ItemOutcome, current_result, notice_of_result, outcomes_of
from diancai.platform.rounds.models import Round

DRAW = "六枚骰子：4 2 6 1 5 3"
QUESTION = "“{name}”得了{score}票，也不少，为什么没有入选？"
ANSWER = (
    "表决办法规定按票数从高到低安排，剩余资金放不下的跳过，由后面放得下的项目递补。轮到“{name}”时，剩余资金已不够它的造价，"
    "所以没有入选。每个项目的票数、当时的余额和理由都已随结果公布，任何人可以用公开文件复核。结果维持。"
)


def close(stage: Stage, round_id: int, plan: Plan, team: Team) -> None:
    """The worker ends the vote; every desk balances; the closing seal; the box's traces are erased."""
    at = plan.closes_at + timedelta(minutes=30)
    stage.let_the_worker_run(plan.closes_at)
    with stage.step() as session:
        round_ = session.get_one(Round, round_id)
        for desk in open_stations(session, round_):
            figures = station_figures(session, desk)
            unused = figures.printed - figures.issued
            end_issuing(session, round_, desk, unused_count=unused, spoiled_count=0, by=team.officer, at=at)
        for asked in session.scalars(
            select(ConfirmationRequest).filter_by(action=LEFTOVERS, state=RequestState.PENDING)
        ):
            confirm_request(session, asked, by=team.scrutineers[0], at=at)
        close_round(session, round_, by=team.officer, at=at)
    stage.let_the_worker_run(at)


def count_and_certify(stage: Stage, round_id: int, plan: Plan, team: Team) -> int:
    """Dice in the hall, typed by two; the count; three hands under it. Returns the result's number."""
    at = local_instant(plan.closes_on + timedelta(days=1), 10)
    chief, second, _ = team.scrutineers
    with stage.step() as session:
        round_ = session.get_one(Round, round_id)
        operations.type_draw(session, round_, DRAW, by=chief, at=at)
        operations.type_draw(session, round_, DRAW, by=second, at=at)
        result = operations.count_round(session, round_, by=team.officer, at=at + timedelta(minutes=10))
        signed_at = at + timedelta(minutes=30)
        for person in team.scrutineers:
            image = _handwriting(person.name)
            kind = SignatureKind.HANDWRITING
            operations.sign_result(session, round_, result, kind=kind, image=image, by=person, at=signed_at)
        operations.certify_result(session, round_, result, by=chief, at=at + timedelta(minutes=45))
        return result.id


def publish(stage: Stage, round_id: int, result_id: int, plan: Plan, team: Team) -> None:
    """拟稿 → 审核 → 签发, and the notice."""
    at = local_instant(plan.closes_on + timedelta(days=2), 9)
    with stage.step() as session:
        round_, result = session.get_one(Round, round_id), session.get_one(Result, result_id)
        content = result.bundle_sha256
        operations.submit_result(session, round_, result, by=team.officer, at=at)
        reviewed_at = at + timedelta(hours=1)
        operations.review_result(session, round_, result, content_sha256=content, by=team.reviewer, at=reviewed_at)
        operations.publish_result(
            session,
            round_,
            result,
            minute_number=f"示街纪〔{plan.year}〕21号",
            content_sha256=content,
            by=team.leader,
            at=at + timedelta(hours=2),
        )


def answer_and_finish(stage: Stage, round_id: int, plan: Plan, team: Team) -> None:
    """One objection, answered 维持; the window ends; the worker makes the result final and later ends the register."""
    asked_at = local_instant(plan.closes_on + timedelta(days=3), 20)
    with stage.step() as session:
        round_ = session.get_one(Round, round_id)
        notice = notice_of_result(session, round_)
        assert notice is not None  # the result has just been published
        ends_at = notice.ends_at
        loser = _strongest_loser(session, round_)
        text = QUESTION.format(name=loser.name, score=loser.score)
        objection = object_to_notice(
            session, notice, text=text, contact="", channel=Channel.ONLINE, by=ANYONE, at=asked_at
        )
        answered_at, answer = asked_at + timedelta(hours=14), ANSWER.format(name=loser.name)
        keep_result(session, round_, objection, answer=answer, by=team.officer, at=answered_at)
        if notice.tentative_year is not None:
            confirm_notice(session, notice, by=team.officer, at=answered_at)
            ends_at = notice.ends_at
    stage.let_the_worker_run(ends_at)


def end_register(stage: Stage, round_id: int, *, until: datetime) -> None:
    """The worker purges the register when its time is over."""
    with stage.step() as session:
        due_at = purge_due_at(session, session.get_one(Round, round_id))
    if due_at is not None and due_at <= until:
        stage.let_the_worker_run(due_at)


def _strongest_loser(session: Session, round_: Round) -> ItemOutcome:
    """The menu costs more than the fund, so somebody has reason to ask."""
    result = current_result(session, round_)
    assert result is not None  # it has just been published
    return max((one for one in outcomes_of(session, round_, result) if not one.is_selected), key=lambda one: one.score)


def _handwriting(name: str) -> bytes:
    """A scribble as a signature pad would send it: one stroke a character, the same for the same name."""
    random, paper = Random(name), Image.new("RGB", (480, 160), "white")
    pen = ImageDraw.Draw(paper)
    for place in range(len(name)):
        left = 40 + 140 * place
        for _ in range(4):
            points = [(left + random.randint(0, 110), random.randint(25, 135)) for _ in range(3)]
            pen.line(points, fill="black", width=4, joint="curve")
    file = io.BytesIO()
    paper.save(file, "PNG")
    return file.getvalue()
