"""From the fund to printed slips: what officers, reviewer and leader do before a vote opens."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from diancai.platform.accounts.models import Staff
from diancai.platform.cli.demo import plans
from diancai.platform.cli.demo.people import REGISTER_HEADER, Door, Resident
from diancai.platform.cli.demo.stage import Plan, Stage
from diancai.platform.cli.demo.team import Team
from diancai.platform.core.actor import ANYONE, Actor
from diancai.platform.core.clock import local_day
from diancai.platform.core.confirmations import confirm_request, request_confirmation, requests_for
from diancai.platform.core.db import log_outlives_seal
from diancai.platform.core.sheets import write_sheet
from diancai.platform.divisions.queries import community_names
from diancai.platform.funds.models import Fund
from diancai.platform.funds.operations import FundPlan, approve_fund, draft_fund
from diancai.platform.notices.models import Channel, NoticeKind, Outcome
from diancai.platform.notices.operations import answer_objection, object_to_notice
from diancai.platform.notices.queries import notices_about
from diancai.platform.polling.models import BatchKind, CodeBatch, Station
from diancai.platform.polling.operations.codes import PrintedBatch, print_batch, request_batch
from diancai.platform.polling.operations.register_import import import_register, read_register
from diancai.platform.polling.operations.stations import StationFacts, create_station
from diancai.platform.polling.queries import communities_of, stations_of
from diancai.platform.rounds import operations
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations import RoundRules
from diancai.platform.rounds.operations.announcing import subject_of
from diancai.platform.rounds.queries import items_of
from diancai.platform.rounds.rules import rule_book_sha256

FUND_NAME = "民生微实事专项资金"
BASIS = "根据《示范区民生微实事项目管理办法》和示范街道党工委会议决定"
DESKS = (
    StationFacts("街道政务服务中心投票点", "槐荫路1号一层3号窗口", "每天9:00—17:30", "010-60000121"),
    StationFacts("红砖厂社区服务站投票点", "红砖厂路8号", "每天9:00—19:00", "010-60000122"),
)
SLIPS_PER_DESK = 400


@dataclass(frozen=True, slots=True, repr=False)
class Slips:
    """Codes in clear, as they lie on the desks (by station) and in the letter boxes (by `Resident.door`)."""

    piles: dict[int, list[str]]
    delivered: dict[Door, str] = field(default_factory=dict)


def provide_fund(stage: Stage, street_id: int, plan: Plan, team: Team) -> int:
    """An officer asks for 300万元, the district's congress approves, the leader enters the approval."""
    with stage.step() as session:
        wanted = FundPlan(year=plan.year, name=FUND_NAME, budget_line=plan.budget_line, amount_fen=plans.FUND_FEN)
        fund = draft_fund(session, street_id, wanted, by=team.officer, at=plan.before_opening(0))
        fund_id = fund.id
    with stage.step() as session:
        at = plan.before_opening(4)
        approval = f"示范区人大常委会关于{plan.year}年预算的决定"
        fund = session.get_one(Fund, fund_id)
        approve_fund(session, fund, reference=approval, approved_on=local_day(at), by=team.leader, at=at)
    stage.let_the_worker_run(at)
    return fund_id


def rules_of(plan: Plan, fund_id: int) -> RoundRules:
    """At most five ticks, greedy with skipping, totals published: the rule book's own defaults."""
    return RoundRules(
        title=plan.title,
        year=plan.year,
        fund_id=fund_id,
        fund_fen=plans.FUND_FEN,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        latest_close_at=plan.latest_close_at,
        min_ballots=50,
        candidate_notice_days=plan.notice_days,
        register_check_days=plan.notice_days,
    )


def draft(stage: Stage, street_id: int, plan: Plan, fund_id: int, team: Team) -> int:
    """拟稿: rules, menu, pictures, and the numbers by lot."""
    at = plan.before_opening(6)
    with stage.step() as session:
        round_ = operations.draft_round(session, street_id, rules_of(plan, fund_id), by=team.officer, at=at)
        write_menu(session, round_, plan, by=team.officer, at=plan.before_opening(8))
        operations.draw_order(session, round_, plan.order_seed, by=team.officer, at=plan.before_opening(9))
        return round_.id


def write_menu(session: Session, round_: Round, plan: Plan, *, by: Actor, at: datetime) -> None:
    ids = {name: number for number, name in community_names(session, round_.street_id).items()}
    facts = [dish.facts(ids, plan.closes_on) for dish in plan.menu]
    rows = operations.add_items(session, round_, facts, source="示范菜单", by=by, at=at)
    for row, dish in zip(rows, plan.menu, strict=True):
        if dish.picture:
            operations.set_picture(session, round_, row, dish.picture_content, dish.picture_alt, by=by, at=at)


def copy(stage: Stage, source_id: int, plan: Plan, fund_id: int, team: Team) -> int:
    """The round before as a start: its menu with new promises, new dates, numbers drawn anew."""
    at = plan.before_opening(6)
    with stage.step() as session:
        source, fund = session.get_one(Round, source_id), session.get_one(Fund, fund_id)
        round_ = operations.copy_round(session, source, fund=fund, year=plan.year, by=team.officer, at=at)
        rules, revision = rules_of(plan, fund_id), round_.revision
        operations.edit_round(session, round_, rules, revision=revision, by=team.officer, at=at)
        ids = {name: number for number, name in community_names(session, round_.street_id).items()}
        dishes = {dish.name: dish.facts(ids, plan.closes_on) for dish in plan.menu}
        for row in items_of(session, round_):
            facts, revision = dishes[row.name], round_.revision
            operations.edit_item(session, round_, row, facts, revision=revision, by=team.officer, at=at)
        operations.draw_order(session, round_, plan.order_seed, by=team.officer, at=plan.before_opening(9))
        return round_.id


def publish_before_the_vote(stage: Stage, round_id: int, plan: Plan, people: Sequence[Resident], team: Team) -> None:
    """候选项目公示, with a question from a resident; the register from a sheet, and 名册核对."""
    with stage.step() as session:
        round_, at = session.get_one(Round, round_id), plan.before_opening(10)
        operations.post_candidate_notice(session, round_, basis=BASIS, by=team.officer, at=at)
    _ask_and_answer(stage, round_id, plan, team)
    with stage.step() as session:
        round_ = session.get_one(Round, round_id)
        sheet = write_sheet("投票人名册", REGISTER_HEADER, [person.register_row for person in people])
        reading = read_register(session, round_, sheet)
        import_register(session, round_, reading, by=team.officer, at=plan.before_opening(15))
        operations.post_register_notice(session, round_, basis=BASIS, by=team.officer, at=plan.before_opening(16))


def _ask_and_answer(stage: Stage, round_id: int, plan: Plan, team: Team) -> None:
    with stage.step() as session:
        round_ = session.get_one(Round, round_id)
        notice = notices_about(session, subject_of(round_), NoticeKind.CANDIDATES)[0]
        objection = object_to_notice(
            session,
            notice,
            text="请问各个项目的造价是怎么算出来的？希望能看到明细。",
            contact="",
            channel=Channel.ONLINE,
            by=ANYONE,
            at=plan.before_opening(10) + (plan.before_opening(11) - plan.before_opening(10)) / 2,
        )
        answer_objection(
            session,
            notice,
            objection,
            outcome=Outcome.UPHELD_AS_IS,
            answer="每个项目的造价由责任单位按三家询价测算，明细可到街道城市建设办公室查阅；结算以审计为准，只减不增。",
            by=team.officer,
            at=plan.before_opening(14),
        )


def sign_and_announce(stage: Stage, round_id: int, plan: Plan, team: Team) -> None:
    """拟稿 → 审核 → 签发, each by another person who read the same hash."""
    with stage.step() as session:
        round_ = session.get_one(Round, round_id)
        content = rule_book_sha256(session, round_)
        operations.submit_round(session, round_, by=team.officer, at=plan.before_opening(22))
        at = plan.before_opening(23)
        operations.review_round(session, round_, content_sha256=content, by=team.reviewer, at=at)
        minute, at = f"示街纪〔{plan.year}〕12号", plan.before_opening(24)
        operations.announce_round(session, round_, minute_number=minute, content_sha256=content, by=team.leader, at=at)


def staff_the_round(stage: Stage, round_id: int, plan: Plan, team: Team) -> None:
    """监票人, desks, and where the database needs it two people's acceptance that its log outlives the seal."""
    at = plan.before_opening(28)
    with stage.step() as session:
        round_ = session.get_one(Round, round_id)
        for place, person in enumerate(team.scrutineers):
            operations.appoint_scrutineer(
                session,
                round_,
                session.get_one(Staff, person.staff_id),
                chosen_by="居民代表会议推选",
                has_no_conflict=True,
                is_chief=place == 0,
                by=team.officer,
                at=at,
            )
        for facts in DESKS:
            create_station(session, round_, facts, by=team.officer, at=at)
        if log_outlives_seal(session):
            _accept_log(session, round_, team, at)


def _accept_log(session: Session, round_: Round, team: Team, at: datetime) -> None:
    action, reason = "polling.accept_log_risk", "数据库服务器只供试用，试用结束即删除。"
    request = request_confirmation(
        session, action, round_.street_id, reason=reason, by=team.administrator, at=at, round_id=round_.id
    )
    confirm_request(session, request, by=team.leader, at=at)


def print_slips(stage: Stage, round_id: int, plan: Plan, team: Team) -> Slips:
    """Bearer slips for every desk, and delivered ones for the communities that the plan names."""
    at = plan.before_opening(33)
    with stage.step() as session:
        round_ = session.get_one(Round, round_id)
        desks = stations_of(session, round_)
        piles = {desk.id: list(_bearer_slips(session, round_, desk, SLIPS_PER_DESK, team, at).codes) for desk in desks}
        slips = Slips(piles)
        for community in communities_of(session, round_):
            if community.name in plan.delivered_to:
                run = _slips(session, round_, desks[0], BatchKind.DELIVERED, 0, community.id, "入户送达", team, at)
                for code, found in zip(run.codes, run.addressees, strict=True):
                    slips.delivered[found.name, found.community, found.entry.household] = code
        return slips


def one_bearer_slip(session: Session, round_: Round, desk: Station, team: Team, at: datetime) -> str:
    """A print run of one, ordered and approved by two like any other."""
    return _bearer_slips(session, round_, desk, 1, team, at).codes[0]


def _bearer_slips(session: Session, round_: Round, desk: Station, count: int, team: Team, at: datetime) -> PrintedBatch:
    return _slips(session, round_, desk, BatchKind.BEARER, count, None, "投票点现场领取", team, at)


def _slips(
    session: Session,
    round_: Round,
    desk: Station,
    kind: BatchKind,
    count: int,
    community_id: int | None,
    reason: str,
    team: Team,
    at: datetime,
) -> PrintedBatch:
    batch = request_batch(
        session,
        round_,
        station=desk,
        kind=kind,
        slip_count=count,
        community_id=community_id,
        reason=reason,
        by=team.officer,
        at=at,
    )
    _approve(session, batch, team, at)
    return print_batch(session, round_, batch, by=team.officer, at=at)


def _approve(session: Session, batch: CodeBatch, team: Team, at: datetime) -> None:
    waiting = requests_for(session, team.other_officer)
    request = next(one for one in waiting if one.argument_values.get("batch_id") == batch.id)
    confirm_request(session, request, by=team.other_officer, at=at)
    session.refresh(batch)
