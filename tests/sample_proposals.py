"""Proposals of the sample streets, one in each state, with pictures and supporters."""

import io
from datetime import datetime, timedelta

from PIL import Image
from sqlalchemy import select

from diancai.budget import ItemCategory
from diancai.platform.core.actor import SYSTEM
from diancai.platform.divisions.models import Division
from diancai.platform.proposals.models import Proposal
from diancai.platform.proposals.operations.deciding import (
    accept_proposal,
    decline_proposal,
    merge_proposals,
    split_proposal,
)
from diancai.platform.proposals.operations.picturing import add_pictures
from diancai.platform.proposals.operations.supporting import confirm_support, support_proposal
from diancai.platform.proposals.operations.writing import (
    Author,
    ProposalText,
    begin_draft,
    submit_proposal,
    withdraw_proposal,
)
from tests.sample_preparing import Office


def some_proposals(office: Office, at: datetime) -> dict[str, int]:
    """Their numbers by state."""
    session, words = office.session, office.words
    officer, clerk = office.actors["officer"], office.actors["clerk"]
    lift, lamp, meals, wall, far = (
        _written(office, title, at - timedelta(days=days))
        for title, days in (
            ("三号楼加装电梯", 20),
            ("南门路灯不亮", 12),
            ("社区助餐点", 9),
            ("围墙粉刷", 6),
            ("门前路灯", 3),
        )
    )
    for tail in (1, 2):
        given = {"name": words("李晓明"), "phone": f"1390000000{tail}", "address": str(tail)}
        support = support_proposal(session, lift, **given, at=at - timedelta(days=tail))
    confirm_support(session, lift, support, by=clerk, at=at)
    accept_proposal(session, lift, by=officer, at=at)
    decline_proposal(session, wall, reason=words("已列入今年小区改造"), by=officer, at=at)
    merge_proposals(session, far, lamp, reason=words("同一盏灯"), by=officer, at=at)
    halves = [ProposalText(words(title), words("吃饭难")) for title in ("助餐点选址", "助餐送餐")]
    split_proposal(session, meals, halves, reason=words("两件事"), by=officer, at=at)
    gone = _written(office, "写错了的", at - timedelta(days=1))
    withdraw_proposal(session, gone, by=SYSTEM, at=at)
    made = {"accepted": lift, "submitted": lamp, "split": meals, "declined": wall, "merged": far, "withdrawn": gone}
    return {name: proposal.id for name, proposal in made.items()}


def _written(office: Office, title: str, at: datetime) -> Proposal:
    session, words = office.session, office.words
    community = session.scalars(select(Division).filter_by(parent_id=office.street_id).order_by(Division.id)).first()
    assert community is not None
    text = ProposalText(
        words(title),
        words("老人出行不便"),
        words("南门"),
        words("36户"),
        words("请街道看看"),
        ItemCategory.WORKS,
        3_000_000,
    )
    draft, _ = begin_draft(session, community, text, Author(words("王小明"), "13800138000"), by=SYSTEM, at=at)
    add_pictures(session, draft, [_photo(title)])
    return submit_proposal(session, draft, by=SYSTEM, at=at)


def _photo(title: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (40 + len(title) * 10, 120, 90)).save(out, "JPEG")
    return out.getvalue()
