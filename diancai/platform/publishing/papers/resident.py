"""明白纸 and 投票通知单: what every household reads before a vote. Neither is a ballot, and neither holds a code."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from diancai.platform.core.clock import local_day
from diancai.platform.core.texts import show_money_short, show_time
from diancai.platform.documents.content import Block, Facts, Heading, Paper, Paragraph
from diancai.platform.publishing.papers.common import (
    checks_of,
    in_words,
    office_of,
    provisional_words,
    station_blocks,
)
from diancai.platform.publishing.rules import allocation, ballot_rule, electorate
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import items_of, latest_sign_off

SECRET = (
    "投票不记名。凭条是打乱了由您自己抽的，名册只记谁领过，票箱里只有选了什么，两边对不起来；"
    "任何人都查不出您选了哪几项，请不要拍照、不要把凭条交给别人。"
)


def leaflet_paper(session: Session, round_: Round, address: str) -> Paper:
    """明白纸: what is voted on, when, by whom, how it is decided, and why nobody learns what one chose."""
    office, items = office_of(session, round_), items_of(session, round_)
    lines = [
        Heading("这次投什么"),
        Paragraph(
            f"街道列出{len(items)}个项目的菜单，资金总额{show_money_short(round_.allotted_fen)}。居民投票决定先办哪几项，票数和每一项的理由都公布。"
        ),
        *provisional_words(round_),
        Heading("什么时候投"),
        Paragraph(_voting_time(round_)),
        Heading("谁可以投"),
        Paragraph(in_words(electorate(round_))),
        Heading("怎么投"),
        Paragraph("第一步，带身份证到投票点，核对自己的登记。户口本、居住证也可以。"),
        Paragraph("第二步，自己抽一张凭条。"),
        Paragraph(
            "第三步，用手机扫凭条上的二维码投票，或者用投票点的公用终端；不会用的，现场有人教，但不会看您选了什么。"
        ),
        Paragraph(in_words([ballot_rule(round_)])),
        *station_blocks(session, round_),
        Heading("怎么算入选"),
        Paragraph(in_words(allocation(round_))),
        Heading("您的票是保密的"),
        Paragraph(SECRET),
        Heading("有问题找谁"),
        Facts((("求助电话", office.help_phone), ("监督电话", office.supervision_phone), ("地址", office.address))),
    ]
    return _sheet(session, round_, "明白纸", "各位居民", lines, address)


def invitation_paper(session: Session, round_: Round, address: str) -> Paper:
    """投票通知单: one sheet for a door, with room for the household's name."""
    office = office_of(session, round_)
    paper = latest_sign_off(session, round_)
    basis = f"根据{paper.minute_number}，" if paper and paper.minute_number else ""
    lines = [
        Paragraph(f"{basis}“{round_.title}”将由居民投票决定。请您参加。"),
        Facts(
            (
                ("投票时间", f"{show_time(round_.opens_at)} 至 {show_time(round_.closes_at)}"),
                ("谁可以投", in_words(electorate(round_))),
                ("请带", "身份证（户口本、居住证也可以）"),
                ("求助电话", office.help_phone),
            )
        ),
        Paragraph("请在下面任一投票点领取凭条："),
        *station_blocks(session, round_),
        Paragraph("本通知单不是选票，也没有投票码，丢了不影响您投票。走不动、来不了的，请打求助电话。"),
    ]
    return _sheet(session, round_, "投票通知单", "＿＿＿＿＿＿＿＿＿＿户居民", lines, address)


def _sheet(session: Session, round_: Round, name: str, addressee: str, lines: Sequence[Block], address: str) -> Paper:
    """Dated as the announcement, once there is one."""
    return Paper(
        title=f"{round_.title}\n{name}",
        addressee=addressee,
        blocks=tuple(lines),
        issuer=office_of(session, round_).office_name,
        dated=None if round_.announced_at is None else local_day(round_.announced_at),
        checks=checks_of(session, round_, address),
    )


def _voting_time(round_: Round) -> str:
    return f"{show_time(round_.opens_at)} 至 {show_time(round_.closes_at)}。过了截止时间，谁也不能再投。"
