"""公示 that a round posts of itself: its candidate items, its register, its being void. Official papers, in Chinese."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.clock import local_day
from diancai.platform.core.texts import show_time
from diancai.platform.divisions.models import Division
from diancai.platform.funds.models import Fund, FundState
from diancai.platform.notices.facts import NoticeItem, notice_facts
from diancai.platform.notices.models import Notice, NoticeKind
from diancai.platform.notices.operations import post_notice
from diancai.platform.notices.queries import notices_about, working_days_of
from diancai.platform.rounds.models import MenuItem, Round
from diancai.platform.rounds.operations.announcing import subject_of
from diancai.platform.rounds.queries import items_of
from diancai.platform.rounds.states import RoundState

BEFORE_OPENING = (RoundState.DRAFT, RoundState.ANNOUNCED)
TITLE_LENGTH = 120


def post_candidate_notice(session: Session, round_: Round, *, basis: str, by: Actor, at: datetime) -> Notice:
    """候选项目公示 before the vote: every item with its cost, who carries it out and until when.

    Raises InvalidInput menu.empty, notice.basis_missing (field), and as `_post`.
    """
    items = items_of(session, round_)
    if not items:
        raise InvalidInput("menu.empty")
    communities = dict(session.execute(select(Division.id, Division.name).filter_by(parent_id=round_.street_id)).all())
    facts = notice_facts(
        session,
        round_.street_id,
        basis=_stated_basis(basis),
        paragraphs=[
            f"现将“{round_.title}”候选项目予以公示。对项目有异议的，请在公示期内提出。",
            _voting_time(round_),
            *_fund_words(session, round_),
        ],
        items=[_line(item, communities) for item in items],
        signed_on=local_day(at),
    )
    return _post(session, round_, NoticeKind.CANDIDATES, "候选项目公示", facts, round_.candidate_notice_days, by, at)


def post_register_notice(session: Session, round_: Round, *, basis: str, by: Actor, at: datetime) -> Notice:
    """名册核对: residents see and correct their own entry at the desk; no list of names is published (个保法 25).

    Raises InvalidInput notice.basis_missing (field), and as `_post`.
    """
    who = f"{round_.area or '本街道'}居民，年满{round_.min_age}周岁，可以参加本次投票。"
    facts = notice_facts(
        session,
        round_.street_id,
        basis=_stated_basis(basis),
        paragraphs=[
            f"“{round_.title}”投票人名册已经编制。{who}",
            "名册不公开张贴。请本人带有效证件到投票点或社区居委会核对自己的登记内容；有错漏的当场更正，没有登记的当场补登。",
            _voting_time(round_),
        ],
        signed_on=local_day(at),
    )
    return _post(session, round_, NoticeKind.REGISTER, "投票人名册核对公告", facts, round_.register_check_days, by, at)


def post_void_notice(session: Session, round_: Round, reason: str, *, by: Actor, at: datetime) -> Notice:
    """The published reason of a void round (vote.md 4)."""
    facts = notice_facts(
        session,
        round_.street_id,
        basis=f"《{round_.title}表决办法》",
        paragraphs=[f"“{round_.title}”作废。原因：{reason}", "已经投出的选票不再启封计票。"],
        signed_on=local_day(at),
    )
    return _publish(session, round_, NoticeKind.VOID, "作废公告", facts, 0, by, at)


def _post(
    session: Session,
    round_: Round,
    kind: NoticeKind,
    ending: str,
    facts: dict[str, Any],
    days: int,
    by: Actor,
    at: datetime,
) -> Notice:
    """Raises WrongState round.notice_too_late once the vote has begun, Conflict notice.posted_already while one runs."""
    if round_.state not in BEFORE_OPENING or round_.is_imported:
        raise WrongState("round.notice_too_late")
    if any(notice.ends_at > at for notice in notices_about(session, subject_of(round_), kind)):
        raise Conflict("notice.posted_already")
    return _publish(session, round_, kind, ending, facts, days, by, at)


def _publish(
    session: Session,
    round_: Round,
    kind: NoticeKind,
    ending: str,
    facts: dict[str, Any],
    days: int,
    by: Actor,
    at: datetime,
) -> Notice:
    """`days` as the rule book has them; 0: as the street's notices stand."""
    return post_notice(
        session,
        street_id=round_.street_id,
        subject=subject_of(round_),
        kind=kind,
        title=f"{round_.title[: TITLE_LENGTH - len(ending)]}{ending}",
        facts=facts,
        working_days=days or working_days_of(session, round_.street_id),
        by=by,
        at=at,
    )


def _stated_basis(basis: str) -> str:
    if not basis.strip():
        raise InvalidInput("notice.basis_missing", field="basis")
    return basis.strip()


def _voting_time(round_: Round) -> str:
    return f"投票时间：{show_time(round_.opens_at)} 至 {show_time(round_.closes_at)}。"


def _fund_words(session: Session, round_: Round) -> list[str]:
    """Of a fund that is approved there is nothing to say."""
    fund = session.get_one(Fund, round_.fund_id)
    return [] if fund.state is FundState.APPROVED else ["本次资金为拟安排，以区人大批准为准。"]


def _line(item: MenuItem, communities: dict[int, str]) -> NoticeItem:
    return NoticeItem(
        number=item.number,
        name=item.name,
        community=communities.get(item.community_id or 0, "全街道"),
        category=item.category.value if item.category else None,
        cost_fen=item.cost_fen,
        responsible_unit=item.responsible_unit,
        completes_on=item.completes_on,
    )
