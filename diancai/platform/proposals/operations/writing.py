"""居民提: a proposal is drafted, kept, submitted, and taken back by whoever wrote it."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from diancai.budget import ItemCategory
from diancai.errors import InvalidInput, LimitReached, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.clock import local_day
from diancai.platform.core.keys import keys_of
from diancai.platform.core.limits import add_failure, failures
from diancai.platform.core.masking import masked
from diancai.platform.core.moves import hold, move
from diancai.platform.core.timeline import note
from diancai.platform.core.working_days import deadline
from diancai.platform.divisions.models import Division, Level
from diancai.platform.proposals.events import ProposalSubmitted, ProposalWithdrawn
from diancai.platform.proposals.grams import grams_of
from diancai.platform.proposals.models import Proposal, ProposalGram
from diancai.platform.proposals.naming import number_text, sealed_person
from diancai.platform.proposals.queries import way_back_key
from diancai.platform.proposals.states import PROPOSAL_MOVES, Intake, ProposalState, Source
from diancai.voting import new_code

LONGEST = {"title": 60, "problem": 2000, "place": 120, "beneficiaries": 200, "wish": 2000}
LONGEST_NAME = 40
MOST_COST_FEN = 10_000_000_000
ANSWER_DAYS = 10
"""Working days from the submission to 受理 or 不予受理."""
MOST_AN_HOUR = 10
"""Submitted online from one address: a household, or a few neighbours behind one router."""
FROM_ADDRESS = "proposal"


@dataclass(frozen=True, slots=True)
class ProposalText:
    """What somebody asks for, in their own words. `cost_fen` is their guess, in fen."""

    title: str
    problem: str
    place: str = ""
    beneficiaries: str = ""
    wish: str = ""
    category: ItemCategory | None = None
    cost_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Who asks. A name is shown masked; a phone never."""

    name: str
    phone: str
    source: Source = Source.RESIDENT


def begin_draft(
    session: Session,
    community: Division,
    text: ProposalText,
    author: Author,
    *,
    intake: Intake = Intake.ONLINE,
    by: Actor,
    at: datetime,
) -> tuple[Proposal, str]:
    """Keep a draft that nobody sees. Returns it with the code by which its author comes back; it is stored as an HMAC.

    A draft may lack everything. Raises InvalidInput proposal.too_long (field, most), proposal.wrong_cost,
    proposal.not_a_community, proposal.name_too_long, phone.malformed.
    """
    if community.level is not Level.COMMUNITY or community.parent_id is None:
        raise InvalidInput("proposal.not_a_community", field="community_id")
    code = new_code()
    draft = Proposal(
        street_id=community.parent_id,
        community_id=community.id,
        state=ProposalState.DRAFT,
        intake=intake,
        way_back_key=way_back_key(keys_of(session), code),
        entered_by=None if intake is Intake.ONLINE else by.staff_id,
        created_at=at,
        **_checked(text),
        **_of_author(session, author),
    )
    session.add(draft)
    session.flush()
    return draft, code


def save_draft(session: Session, draft: Proposal, community_id: int, text: ProposalText, author: Author) -> None:
    """Raises WrongState proposal.not_a_draft, and InvalidInput as `begin_draft`."""
    hold(session, draft)
    if draft.state is not ProposalState.DRAFT:
        raise WrongState("proposal.not_a_draft")
    community = session.get(Division, community_id)
    if community is None or community.parent_id != draft.street_id:
        raise InvalidInput("proposal.not_a_community", field="community_id")
    draft.community_id = community.id
    for name, value in (_checked(text) | _of_author(session, author)).items():
        setattr(draft, name, value)
    session.flush()


def submit_proposal(session: Session, draft: Proposal, *, address: str = "", by: Actor, at: datetime) -> Proposal:
    """It gets its number and is public from now on; its text is fixed. `address`, of a browser, is counted as an HMAC for a day.

    Raises InvalidInput proposal.title_missing, .problem_missing, .name_missing (field); LimitReached
    proposal.too_many_from_here (most); WrongState state.not_from_here. Source: X-24, F-04.
    """
    _require_whole(draft)
    if address:
        _count_address(session, address, at)
    year = local_day(at).year
    number = _next_number(session, draft.street_id, year)
    due = deadline(session, local_day(at), ANSWER_DAYS)
    facts = {"year": year, "number": number, "answer_due_on": due.last_day, "tentative_year": due.tentative_year}
    move(session, draft, ProposalState.SUBMITTED, table=PROPOSAL_MOVES, submitted_at=at, **facts)
    index_text(session, draft)
    shown = number_text(draft)
    event = ProposalSubmitted(draft.street_id, draft.id, shown, draft.title, draft.intake)
    record(session, event, by=by, at=at)
    note(session, f"proposal:{draft.id}", "proposal.submitted", at=at)
    return draft


def withdraw_proposal(session: Session, proposal: Proposal, *, by: Actor, at: datetime) -> None:
    """By its author, who showed the code. What was written stays readable, marked 已撤回. Raises WrongState state.not_from_here."""
    move(session, proposal, ProposalState.WITHDRAWN, table=PROPOSAL_MOVES, decided_at=at)
    record(session, ProposalWithdrawn(proposal.street_id, proposal.id, number_text(proposal)), by=by, at=at)
    note(session, f"proposal:{proposal.id}", "proposal.withdrawn", at=at)


def index_text(session: Session, proposal: Proposal) -> None:
    """What search and the list of similar proposals find it by."""
    in_title = grams_of(proposal.title)
    rest = grams_of("\n".join((proposal.problem, proposal.place, proposal.wish))) - in_title
    session.execute(delete(ProposalGram).where(ProposalGram.proposal_id == proposal.id))
    rows = [{"gram": gram, "in_title": True} for gram in sorted(in_title)]
    rows += [{"gram": gram, "in_title": False} for gram in sorted(rest)]
    if rows:
        session.execute(insert(ProposalGram), [row | {"proposal_id": proposal.id} for row in rows])


def _checked(text: ProposalText) -> dict[str, object]:
    values = {name: value.strip() if isinstance(value, str) else value for name, value in asdict(text).items()}
    for name, most in LONGEST.items():
        if len(values[name]) > most:
            raise InvalidInput("proposal.too_long", field=name, most=most)
    if text.cost_fen is not None and not 0 < text.cost_fen <= MOST_COST_FEN:
        raise InvalidInput("proposal.wrong_cost", field="cost")
    return values


def _of_author(session: Session, author: Author) -> dict[str, object]:
    name, phone = author.name.strip(), author.phone.strip()
    if len(name) > LONGEST_NAME:
        raise InvalidInput("proposal.name_too_long", field="name", most=LONGEST_NAME)
    person = sealed_person(keys_of(session), name, phone) if name or phone else None
    return {"author": person, "shown_name": masked(name) if name else "", "source": author.source}


def _require_whole(draft: Proposal) -> None:
    for name in ("title", "problem"):
        if not getattr(draft, name):
            raise InvalidInput(f"proposal.{name}_missing", field=name)
    if draft.author is None:
        raise InvalidInput("proposal.name_missing", field="name")


def _count_address(session: Session, address: str, at: datetime) -> None:
    key = keys_of(session).hmac("address", address)
    if failures(session, FROM_ADDRESS, key, since=at - timedelta(hours=1)) >= MOST_AN_HOUR:
        raise LimitReached("proposal.too_many_from_here", most=MOST_AN_HOUR)
    add_failure(session, FROM_ADDRESS, key, at=at)


def _next_number(session: Session, street_id: int, year: int) -> int:
    """1, 2, … within street and year, one at a time."""
    session.scalar(select(Division.id).where(Division.id == street_id).with_for_update())
    taken = select(func.max(Proposal.number)).where(Proposal.street_id == street_id, Proposal.year == year)
    return (session.scalar(taken) or 0) + 1
