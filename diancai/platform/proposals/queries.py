"""Reads of proposals: one by its number, those like a text, and how many support it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from diancai.errors import InvalidInput
from diancai.platform.core.keys import Keys, keys_of
from diancai.platform.proposals.grams import grams_of
from diancai.platform.proposals.models import Proposal, ProposalGram, ProposalPicture, ProposalSupport
from diancai.platform.proposals.states import OPEN, PUBLIC, ProposalState
from diancai.voting import normalise_code

LEAST_ALIKE = 0.25
"""Share of the pairs of a new title that another proposal holds too: one in four already means the same thing."""


def way_back_key(keys: Keys, code: str) -> bytes:
    """Raises InvalidInput as `normalise_code`."""
    return keys.hmac("proposal-way-back", normalise_code(code))


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next, as a code of the catalogue, and by when if there is a date."""

    code: str
    due_on: date | None = None
    tentative_year: int | None = None


@dataclass(frozen=True, slots=True)
class Support:
    """`given` by one telephone number each, `confirmed` by a clerk who spoke with that person."""

    given: int
    confirmed: int


def proposal_by_code(session: Session, code: str) -> Proposal | None:
    """The author's way back: the code stood on the page after writing."""
    try:
        key = way_back_key(keys_of(session), code)
    except InvalidInput:
        return None
    return session.scalar(select(Proposal).filter_by(way_back_key=key))


def public_proposal(session: Session, proposal_id: int) -> Proposal | None:
    proposal = session.get(Proposal, proposal_id)
    return proposal if proposal is not None and proposal.state in PUBLIC else None


def proposals_matching(
    text: str = "",
    *,
    street_ids: Collection[int] | None = None,
    states: Collection[ProposalState] = PUBLIC,
    community_id: int | None = None,
) -> Select[Proposal]:
    """Newest first; those that hold every pair of characters of `text`. One character alone finds nothing."""
    wanted = (
        select(Proposal).where(Proposal.state.in_(states)).order_by(Proposal.submitted_at.desc(), Proposal.id.desc())
    )
    if street_ids is not None:
        wanted = wanted.where(Proposal.street_id.in_(street_ids))
    if community_id is not None:
        wanted = wanted.where(Proposal.community_id == community_id)
    if text.strip():
        wanted = wanted.where(Proposal.id.in_(_holding(grams_of(text))))
    return wanted


def proposal_numbered(session: Session, street_id: int, text: str) -> Proposal | None:
    """By what is printed, for example 2026-017."""
    year, _, number = text.strip().partition("-")
    if not (year.isdecimal() and number.isdecimal()) or len(text) > 12:
        return None
    return session.scalar(select(Proposal).filter_by(street_id=street_id, year=int(year), number=int(number)))


def count_of(session: Session, wanted: Select[Proposal]) -> int:
    return session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0


def similar_to(session: Session, street_id: int, text: str, *, but: int | None = None, most: int = 5) -> list[Proposal]:
    """Open proposals of the street that share pairs of characters with `text`, the most alike first."""
    grams = grams_of(text)
    if not grams:
        return []
    shared = func.count(ProposalGram.gram)
    alike = (
        select(ProposalGram.proposal_id, shared.label("shared"))
        .join(Proposal, Proposal.id == ProposalGram.proposal_id)
        .where(ProposalGram.gram.in_(grams), Proposal.street_id == street_id, Proposal.state.in_(OPEN), _not(but))
        .group_by(ProposalGram.proposal_id)
        .having(shared >= max(1, LEAST_ALIKE * len(grams)))
        .order_by(shared.desc(), ProposalGram.proposal_id)
        .limit(most)
    )
    places = {row.proposal_id: place for place, row in enumerate(session.execute(alike))}
    found = session.scalars(select(Proposal).where(Proposal.id.in_(places)))
    return sorted(found, key=lambda proposal: places[proposal.id])


def support_of(session: Session, proposal_ids: Collection[int]) -> dict[int, Support]:
    counted = (
        select(ProposalSupport.proposal_id, func.count(), func.count(ProposalSupport.confirmed_at))
        .where(ProposalSupport.proposal_id.in_(proposal_ids))
        .group_by(ProposalSupport.proposal_id)
    )
    found = {row[0]: Support(row[1], row[2]) for row in session.execute(counted)}
    return {number: found.get(number, Support(0, 0)) for number in proposal_ids}


def supporters_of(session: Session, proposal: Proposal) -> Sequence[ProposalSupport]:
    rows = select(ProposalSupport).filter_by(proposal_id=proposal.id)
    return session.scalars(rows.order_by(ProposalSupport.given_at, ProposalSupport.id)).all()


def next_step_of(proposal: Proposal) -> NextStep | None:
    """None: nothing comes any more."""
    if proposal.state is ProposalState.SUBMITTED:
        return NextStep("proposal.next.answer", proposal.answer_due_on, proposal.tentative_year)
    if proposal.state is ProposalState.ACCEPTED:
        return NextStep("proposal.next.initiation")
    return None


def pictures_of(session: Session, proposal_ids: Collection[int]) -> dict[int, list[ProposalPicture]]:
    """In the order of adding."""
    found: dict[int, list[ProposalPicture]] = {number: [] for number in proposal_ids}
    rows = select(ProposalPicture).where(ProposalPicture.proposal_id.in_(proposal_ids)).order_by(ProposalPicture.id)
    for row in session.scalars(rows):
        found[row.proposal_id].append(row)
    return found


def is_pictured(session: Session, sha256: str) -> bool:
    """Whether a public proposal shows this picture."""
    rows = select(Proposal.id).join(ProposalPicture).where(ProposalPicture.picture_sha256 == sha256)
    return session.scalar(rows.where(Proposal.state.in_(PUBLIC)).limit(1)) is not None


def merged_into(session: Session, proposal: Proposal) -> list[Proposal]:
    """Those that were merged into this one, oldest first."""
    return list(session.scalars(select(Proposal).filter_by(merged_into_id=proposal.id).order_by(Proposal.id)))


def parts_of(session: Session, proposal: Proposal) -> list[Proposal]:
    """Those that this one was split into, oldest first."""
    return list(session.scalars(select(Proposal).filter_by(split_from_id=proposal.id).order_by(Proposal.id)))


def _holding(grams: Collection[str]) -> Select[int]:
    """Numbers of proposals that hold all of them; none hold what has no pair."""
    return (
        select(ProposalGram.proposal_id)
        .where(ProposalGram.gram.in_(grams))
        .group_by(ProposalGram.proposal_id)
        .having(func.count() == (len(grams) or -1))
    )


def _not(proposal_id: int | None) -> ColumnElement[bool]:
    return Proposal.id != (proposal_id or 0)
