"""居民提: drafts, what a submitted proposal keeps, and finding it again by any two characters (X-24, F-04)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, LimitReached, WrongState
from diancai.platform.core.actor import SYSTEM
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.keys import keys_of
from diancai.platform.proposals.models import Proposal
from diancai.platform.proposals.naming import number_text, person_of, plain_phone
from diancai.platform.proposals.operations.writing import (
    MOST_AN_HOUR,
    Author,
    ProposalText,
    begin_draft,
    save_draft,
    submit_proposal,
    withdraw_proposal,
)
from diancai.platform.proposals.queries import proposal_by_code, proposals_matching, public_proposal, similar_to
from diancai.platform.proposals.states import ProposalState
from tests.factories import AT, a_street
from tests.platform.proposals.needs import LIFT, WANG, a_proposal, the_community


def test_a_draft_is_nobodys_business_and_its_author_comes_back_to_it(session: Session) -> None:
    community = the_community(session, a_street(session))
    draft, code = begin_draft(session, community, ProposalText("", ""), Author("", ""), by=SYSTEM, at=AT)
    assert public_proposal(session, draft.id) is None
    found = proposal_by_code(session, f" {code.lower()} ")
    assert found is draft
    save_draft(session, draft, community.id, LIFT, WANG)
    assert (draft.title, draft.shown_name) == (LIFT.title, "王*明")
    assert proposal_by_code(session, "AAAA-AAAA-AAAA") is None


def test_a_submitted_one_has_a_number_is_public_and_stays_as_it_was_written(session: Session) -> None:
    street = a_street(session)
    first, second = a_proposal(session, street), a_proposal(session, street)
    elsewhere = a_proposal(session, a_street(session, code="110105002000"))
    assert [number_text(one) for one in (first, second, elsewhere)] == ["2026-001", "2026-002", "2026-001"]
    assert public_proposal(session, first.id) is first
    with pytest.raises(WrongState):
        save_draft(session, first, first.community_id, LIFT, WANG)
    for statement in ("UPDATE proposal SET title = '别的'", "DELETE FROM proposal", "UPDATE proposal SET number = 9"):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(f"{statement} WHERE id = {first.id}"))


@pytest.mark.parametrize(
    ("content", "author", "code"),
    [
        (replace(LIFT, title="  "), WANG, "proposal.title_missing"),
        (replace(LIFT, problem=""), WANG, "proposal.problem_missing"),
        (LIFT, Author("", ""), "proposal.name_missing"),
        (replace(LIFT, title="长" * 61), WANG, "proposal.too_long"),
        (replace(LIFT, problem="长" * 10_000), WANG, "proposal.too_long"),
        (replace(LIFT, cost_fen=0), WANG, "proposal.wrong_cost"),
        (LIFT, Author("王小明", "12345"), "phone.malformed"),
    ],
)
def test_what_is_missing_or_too_long_is_said(
    session: Session, content: ProposalText, author: Author, code: str
) -> None:
    community = the_community(session, a_street(session))

    def write() -> None:
        draft, _ = begin_draft(session, community, content, author, by=SYSTEM, at=AT)
        submit_proposal(session, draft, by=SYSTEM, at=AT)

    with pytest.raises(InvalidInput) as refused:
        write()
    assert refused.value.code == code
    assert session.scalar(select(func.count()).select_from(Proposal).where(Proposal.number.is_not(None))) == 0


def test_markup_formulas_and_rare_characters_are_text(session: Session) -> None:
    title = "=1+1 <script>alert(1)</script> 䶮𬱖·买买提"
    proposal = a_proposal(session, a_street(session), replace(LIFT, title=title))
    session.expire(proposal)
    assert proposal.title == title
    [found] = session.scalars(proposals_matching("䶮𬱖")).all()
    assert found is proposal


def test_names_and_phones_are_sealed_and_in_no_log(session: Session) -> None:
    proposal = a_proposal(session, a_street(session))
    assert proposal.author is not None
    assert person_of(keys_of(session), proposal.author).phone == "13800138000"
    raw = session.execute(text("SELECT * FROM proposal")).all()
    facts = session.scalars(select(AuditEntry.facts)).all()
    assert "王小明" not in f"{raw}{facts}"
    assert "13800138000" not in f"{raw}{facts}"


@pytest.mark.parametrize("typed", ["13800138000", "+86 138-0013-8000", "１３８００１３８０００", "008613800138000"])
def test_a_phone_is_the_same_however_it_is_typed(typed: str) -> None:
    assert plain_phone(typed) == "13800138000"


def test_one_address_does_not_flood_the_list(session: Session) -> None:
    street = a_street(session)
    for _ in range(MOST_AN_HOUR):
        a_proposal(session, street, address="192.0.2.7")
    with pytest.raises(LimitReached):
        a_proposal(session, street, address="192.0.2.7")
    a_proposal(session, street, address="192.0.2.8")
    a_proposal(session, street, address="192.0.2.7", at=AT + timedelta(hours=2))


def test_two_characters_find_it_and_one_finds_nothing(session: Session) -> None:
    street = a_street(session)
    lift = a_proposal(session, street)
    meals = a_proposal(session, street, ProposalText("社区助餐点", "老人吃饭难", "东口"))
    assert session.scalars(proposals_matching("电梯")).all() == [lift]
    assert session.scalars(proposals_matching("助餐")).all() == [meals]
    assert session.scalars(proposals_matching("老人 东口")).all() == [meals]
    assert session.scalars(proposals_matching("梯")).all() == []
    assert session.scalars(proposals_matching("电梯", street_ids=[street.id + 1])).all() == []
    assert set(session.scalars(proposals_matching()).all()) == {lift, meals}


def test_similar_ones_are_shown_while_writing_the_most_alike_first(session: Session) -> None:
    street = a_street(session)
    lift = a_proposal(session, street)
    other = a_proposal(session, street, replace(LIFT, title="3号楼门前路灯", problem="晚上看不见"))
    a_proposal(session, street, ProposalText("社区助餐点", "老人吃饭难"))
    assert similar_to(session, street.id, "3号楼加装一部电梯") == [lift, other]
    assert similar_to(session, street.id, "加装电梯", but=lift.id) == [other]
    assert similar_to(session, street.id, "") == []
    withdraw_proposal(session, lift, by=SYSTEM, at=AT)
    assert lift.state is ProposalState.WITHDRAWN
    assert similar_to(session, street.id, "3号楼加装一部电梯") == [other]
