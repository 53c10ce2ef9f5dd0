"""居民提案 as the office has them: what waits for an answer, who supports it, and what becomes of it."""

from typing import Any

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from diancai.errors import DomainError, InvalidInput
from diancai.platform.core.clock import local_day
from diancai.platform.core.keys import keys_of
from diancai.platform.core.timeline import timeline_of
from diancai.platform.divisions.models import Division, StreetOffice
from diancai.platform.divisions.queries import communities_of, divisions_by_id, office_of
from diancai.platform.proposals import loaders, queries
from diancai.platform.proposals.forms import EnteredProposalForm, MergeForm, ProposalTextForm, ReasonForm, values_of
from diancai.platform.proposals.models import Proposal, ProposalSupport
from diancai.platform.proposals.naming import Person, number_text, person_of
from diancai.platform.proposals.operations import deciding, picturing, supporting, writing
from diancai.platform.proposals.policy import (
    may_confirm_support,
    may_decide_proposal,
    may_enter_proposal,
    may_see_proposals,
)
from diancai.platform.proposals.states import OPEN, PUBLIC, ProposalState
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.locale import _, title
from diancai.platform.web.pages import page, refused, see_other, tell

bp = Blueprint("proposals", __name__)
PAGE = 50
MOST_PARTS = 4

__all__ = ["bp", "loaders"]


@bp.get("/staff/proposals")
@allow(may_see_proposals)
def proposals() -> str:
    words, state = request.args.get("words", "")[:40], request.args.get("state", "")
    states = {ProposalState(state)} if state in list(PUBLIC) else PUBLIC
    wanted = queries.proposals_matching(words, street_ids=actor().street_ids, states=states)
    number = max(request.args.get("page", 1, type=int), 1)
    rows = session().scalars(wanted.offset((number - 1) * PAGE).limit(PAGE)).all()
    return page(
        "proposals/proposals.html",
        rows=rows,
        support=queries.support_of(session(), [row.id for row in rows]),
        steps={row.id: queries.next_step_of(row) for row in rows},
        divisions=divisions_by_id(session(), {id_ for row in rows for id_ in (row.street_id, row.community_id)}),
        waiting=queries.count_of(
            session(), queries.proposals_matching(street_ids=actor().street_ids, states={ProposalState.SUBMITTED})
        ),
        states=[("", _("全部状态")), *((one.value, title(one)) for one in ProposalState if one in PUBLIC)],
        state=state,
        words=words,
        number=number,
        first=(number - 1) * PAGE + 1,
        total=queries.count_of(session(), wanted),
        number_text=number_text,
        today=local_day(request_time()),
        offices=_offices(),
    )


@bp.get("/staff/proposals/<int:proposal_id>")
@allow(may_see_proposals)
def show(proposal: Proposal) -> str:
    return page("proposals/show.html", **_facts(proposal))


@bp.route("/staff/streets/<int:office_id>/proposals/new", methods=["GET", "POST"])
@allow(may_enter_proposal)
def enter(office: StreetOffice) -> object:
    """For somebody who came, called or wrote: submitted at once, and the code is for them."""
    form = EnteredProposalForm()
    today = local_day(request_time())
    form.community_id.choices = [(one.id, one.name) for one in communities_of(session(), office.street_id, today)]
    if not form.validate_on_submit():
        return page("proposals/enter.html", form=form, office=office), 422 if form.is_submitted() else 200
    try:
        community = session().get_one(Division, form.community_id.data)
        given = {"intake": form.intake.data, "by": actor(), "at": request_time()}
        draft, code = writing.begin_draft(session(), community, form.text, form.author, **given)
        picturing.add_pictures(session(), draft, form.picture_contents())
        writing.submit_proposal(session(), draft, by=actor(), at=request_time())
    except DomainError as refusal:
        return refused("proposals/enter.html", refusal, form, office=office)
    tell("proposal.entered", number=number_text(draft), way_back=code)
    return see_other("proposals.show", proposal_id=draft.id)


@bp.post("/staff/proposals/<int:proposal_id>/accept")
@allow(may_decide_proposal)
def accept(proposal: Proposal) -> object:
    deciding.accept_proposal(session(), proposal, by=actor(), at=request_time())
    return _told(proposal, "proposal.accepted_done")


@bp.post("/staff/proposals/<int:proposal_id>/decline")
@allow(may_decide_proposal)
def decline(proposal: Proposal) -> object:
    form = ReasonForm()
    if not form.validate():
        return page("proposals/show.html", **_facts(proposal, decline_form=form)), 422
    try:
        deciding.decline_proposal(session(), proposal, reason=form.reason.data or "", by=actor(), at=request_time())
    except DomainError as refusal:
        return _refused(proposal, refusal, "decline_form", form)
    return _told(proposal, "proposal.declined_done")


@bp.post("/staff/proposals/<int:proposal_id>/merge")
@allow(may_decide_proposal)
def merge(proposal: Proposal) -> object:
    form = MergeForm()
    if not form.validate():
        return page("proposals/show.html", **_facts(proposal, merge_form=form)), 422
    try:
        into = queries.proposal_numbered(session(), proposal.street_id, form.into.data or "")
        if into is None:
            raise InvalidInput("proposal.no_such_number", field="into")
        reason = form.reason.data or ""
        deciding.merge_proposals(session(), proposal, into, reason=reason, by=actor(), at=request_time())
    except DomainError as refusal:
        return _refused(proposal, refusal, "merge_form", form)
    return _told(into, "proposal.merged_done")


@bp.route("/staff/proposals/<int:proposal_id>/split", methods=["GET", "POST"])
@allow(may_decide_proposal)
def split(proposal: Proposal) -> object:
    """As many parts as have a title; all begin as the whole."""
    reason = ReasonForm()
    parts = _part_forms(proposal)
    facts = {"proposal": proposal, "number": number_text(proposal), "parts": parts, "form": reason}
    if request.method == "GET":
        return page("proposals/split.html", **facts)
    if not all([reason.validate(), *(part.validate() for part in parts)]):
        return page("proposals/split.html", **facts), 422
    texts = [part.text for part in parts if part.text.title.strip()]
    try:
        why = reason.reason.data or ""
        deciding.split_proposal(session(), proposal, texts, reason=why, by=actor(), at=request_time())
    except DomainError as refusal:
        del facts["form"]
        return refused("proposals/split.html", refusal, reason, **facts)
    return _told(proposal, "proposal.split_done")


@bp.post("/staff/proposals/<int:proposal_id>/supports/<int:support_id>/confirm")
@allow(may_confirm_support)
def confirm_support(proposal: Proposal, support: ProposalSupport) -> object:
    supporting.confirm_support(session(), proposal, support, by=actor(), at=request_time())
    return _told(proposal, "support.confirmed_done")


@bp.post("/staff/proposals/<int:proposal_id>/pictures/remove")
@allow(may_decide_proposal)
def take_down_picture(proposal: Proposal) -> object:
    form = ReasonForm()
    if not form.validate():
        return page("proposals/show.html", **_facts(proposal, picture_form=form)), 422
    try:
        sha256, reason = request.form.get("picture", ""), form.reason.data or ""
        picturing.take_down_picture(session(), proposal, sha256, reason=reason, by=actor(), at=request_time())
    except DomainError as refusal:
        return _refused(proposal, refusal, "picture_form", form)
    return _told(proposal, "proposal.picture_removed_done")


def _offices() -> list[StreetOffice]:
    """Those for which the person may enter a proposal."""
    offices = [office_of(session(), street_id) for street_id in sorted(actor().street_ids)]
    return [office for office in offices if office is not None and may_enter_proposal(actor(), office)]


def _part_forms(proposal: Proposal) -> list[ProposalTextForm]:
    """The first two filled with the whole, to be cut down; the others empty."""
    sent = request.form if request.method == "POST" else None
    whole = values_of(proposal)
    begun = [whole, whole, *[{}] * (MOST_PARTS - 2)]
    return [ProposalTextForm(MultiDict(sent) if sent else None, data=data, prefix=f"part{place}-")
            for place, data in enumerate(begun, start=1)]  # fmt: skip


def _refused(proposal: Proposal, refusal: DomainError, name: str, form: Any) -> tuple[str, int]:
    session().rollback()
    form.refuse(refusal)
    return page("proposals/show.html", **_facts(proposal, **{name: form})), 422


def _told(proposal: Proposal, code: str) -> object:
    tell(code, number=number_text(proposal))
    return see_other("proposals.show", proposal_id=proposal.id)


def _facts(proposal: Proposal, **forms: Any) -> dict[str, Any]:
    """Names and telephone numbers are opened for those who call them."""
    may_call = may_confirm_support(actor(), proposal)
    supports = queries.supporters_of(session(), proposal)
    text = f"{proposal.title}\n{proposal.place}"
    empty = {"decline_form": ReasonForm, "merge_form": MergeForm, "picture_form": ReasonForm}
    return {
        "proposal": proposal,
        "number": number_text(proposal),
        "community": session().get_one(Division, proposal.community_id).name,
        "pictures": queries.pictures_of(session(), [proposal.id])[proposal.id],
        "author": _person(proposal.author) if may_call else None,
        "supports": [(one, _person(one.person) if may_call else None) for one in supports],
        "support": queries.support_of(session(), [proposal.id])[proposal.id],
        "similar": queries.similar_to(session(), proposal.street_id, text, but=proposal.id),
        "target": session().get(Proposal, proposal.merged_into_id or 0),
        "whole": session().get(Proposal, proposal.split_from_id or 0),
        "merged": queries.merged_into(session(), proposal),
        "parts": queries.parts_of(session(), proposal),
        "next_step": queries.next_step_of(proposal),
        "happened": timeline_of(session(), f"proposal:{proposal.id}")[::-1],
        "is_open": proposal.state in OPEN,
        "number_text": number_text,
    } | {name: forms.get(name) or kind(formdata=None) for name, kind in empty.items()}


def _person(sealed: bytes | None) -> Person | None:
    return person_of(keys_of(session()), sealed) if sealed else None
