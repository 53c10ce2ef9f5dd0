"""寻民意: residents write what they need, read what others wrote, and support it. No account: a code leads back to what one wrote."""

from base64 import b64encode
from typing import Any

from flask import jsonify, request, url_for
from werkzeug.wrappers import Response

from diancai.errors import DomainError, NotFound
from diancai.platform.core.clock import local_day
from diancai.platform.core.keys import keys_of
from diancai.platform.core.permissions import anyone
from diancai.platform.core.pictures import Picture
from diancai.platform.core.timeline import timeline_of
from diancai.platform.divisions.models import Division
from diancai.platform.divisions.queries import communities_of, community_names
from diancai.platform.proposals import queries as proposals
from diancai.platform.proposals.forms import ProposalForm, SupportForm, WayBackForm, values_of
from diancai.platform.proposals.models import Proposal
from diancai.platform.proposals.naming import number_text, person_of
from diancai.platform.proposals.operations import picturing, supporting, writing
from diancai.platform.proposals.states import OPEN, ProposalState
from diancai.platform.publishing import frame, life, queries
from diancai.platform.publishing.blueprint import bp
from diancai.platform.publishing.queries import Street
from diancai.platform.publishing.views.common import street_page
from diancai.platform.web import pages
from diancai.platform.web.access import actor, allow, request_time, session

PAGE = 50
MOST_WORDS = 40
WRITE_PAGE, SHOW_PAGE, BACK_PAGE = (
    "publishing/write_proposal.html",
    "publishing/proposal.html",
    "publishing/way_back.html",
)


@bp.get("/streets/<street_code>/proposals")
@allow(anyone)
def all_proposals(street: Street) -> str:
    words, community_id = request.args.get("words", "")[:MOST_WORDS], request.args.get("community", type=int)
    wanted = proposals.proposals_matching(words, street_ids=[street.division.id], community_id=community_id)
    number = max(request.args.get("page", 1, type=int), 1)
    rows = session().scalars(wanted.offset((number - 1) * PAGE).limit(PAGE)).all()
    return street_page(
        "publishing/proposals.html",
        street,
        rows=rows,
        support=proposals.support_of(session(), [row.id for row in rows]),
        communities=community_names(session(), street.division.id),
        words=words,
        community_id=community_id,
        number=number,
        first=(number - 1) * PAGE + 1,
        total=proposals.count_of(session(), wanted),
        answer_days=writing.ANSWER_DAYS,
        number_text=number_text,
    )


@bp.get("/streets/<street_code>/proposals/similar")
@allow(anyone)
def similar_proposals(street: Street) -> Response:
    """What the page of writing shows beside the form."""
    found = proposals.similar_to(session(), street.division.id, request.args.get("text", "")[:200])
    return jsonify([_glance(one) for one in found])


@bp.route("/streets/<street_code>/proposals/new", methods=["GET", "POST"])
@allow(anyone)
def write_proposal(street: Street) -> object:
    """存草稿 keeps it for its author alone; 提交 makes it public."""
    form = _proposal_form(street)
    if request.method == "GET":
        return _write_page(street, form)
    if not form.validate():
        return _write_page(street, form), 422
    try:
        community = session().get_one(Division, form.community_id.data)
        draft, code = writing.begin_draft(session(), community, form.text, form.author, by=actor(), at=request_time())
        _take_in(draft, form)
    except DomainError as refusal:
        return _refused(street, form, refusal)
    return _kept_page(street, draft, code)


@bp.get("/proposals/<int:proposal_id>")
@allow(anyone)
def proposal(proposal: Proposal) -> str:
    return _show_page(proposal, SupportForm(formdata=None))


@bp.post("/proposals/<int:proposal_id>/support")
@allow(anyone)
def support_proposal(proposal: Proposal) -> object:
    form = SupportForm()
    if not form.validate():
        return _show_page(proposal, form), 422
    given = {"name": form.name.data, "phone": form.phone.data, "address": request.remote_addr or ""}
    try:
        supporting.support_proposal(session(), proposal, **given, at=request_time())
    except DomainError as refusal:
        session().rollback()
        form.refuse(refusal)
        return _show_page(proposal, form), 422
    pages.tell("support.given")
    return pages.see_other("publishing.proposal", proposal_id=proposal.id)


@bp.route("/streets/<street_code>/proposals/mine", methods=["GET", "POST"])
@allow(anyone)
def my_proposal(street: Street) -> object:
    """The author's way back: a draft goes on, what was submitted can be read and withdrawn."""
    form = WayBackForm()
    if not form.validate_on_submit():
        return street_page(BACK_PAGE, street, form=form, proposal=None)
    code = form.code.data or ""
    found = proposals.proposal_by_code(session(), code)
    if found is None or found.street_id != street.division.id:
        form.refuse(NotFound("proposal.unknown_code", field="code"))
        return street_page(BACK_PAGE, street, form=form, proposal=None), 404
    if found.state is ProposalState.DRAFT:
        return _go_on(street, found, code)
    if "withdraw" in request.form:
        return _withdraw(street, found, form)
    return _back_page(street, found, form)


def _go_on(street: Street, draft: Proposal, code: str) -> object:
    """A draft in its form again; every button comes back here with the code."""
    is_sent = bool({"save", "submit", "drop"} & request.form.keys())
    form = _proposal_form(street, None if is_sent else _written(draft))
    if not is_sent:
        return _write_page(street, form, draft, code)
    if not form.validate():
        return _write_page(street, form, draft, code), 422
    try:
        writing.save_draft(session(), draft, form.community_id.data, form.text, form.author)
        if "drop" in request.form:
            picturing.drop_picture(session(), draft, request.form["drop"])
            return _write_page(street, form, draft, code)
        _take_in(draft, form)
    except DomainError as refusal:
        return _refused(street, form, refusal, draft, code)
    return _kept_page(street, draft, code)


def _take_in(draft: Proposal, form: ProposalForm) -> None:
    picturing.add_pictures(session(), draft, form.picture_contents())
    if "submit" in request.form:
        address = request.remote_addr or ""
        writing.submit_proposal(session(), draft, address=address, by=actor(), at=request_time())


def _withdraw(street: Street, proposal: Proposal, form: WayBackForm) -> object:
    try:
        writing.withdraw_proposal(session(), proposal, by=actor(), at=request_time())
    except DomainError as refusal:
        session().rollback()
        form.refuse(refusal)
        return _back_page(street, proposal, form), 422
    pages.tell("proposal.withdrawn_done", number=number_text(proposal))
    return pages.see_other("publishing.proposal", proposal_id=proposal.id)


def _proposal_form(street: Street, written: dict[str, Any] | None = None) -> ProposalForm:
    form = ProposalForm(formdata=None, data=written) if written else ProposalForm()
    today = local_day(request_time())
    form.community_id.choices = [(one.id, one.name) for one in communities_of(session(), street.division.id, today)]
    return form


def _written(draft: Proposal) -> dict[str, Any]:
    person = person_of(keys_of(session()), draft.author) if draft.author else None
    return values_of(draft) | {"name": person.name if person else "", "phone": person.phone if person else ""}


def _refused(
    street: Street, form: ProposalForm, refusal: DomainError, draft: Proposal | None = None, code: str = ""
) -> tuple[str, int]:
    session().rollback()
    form.refuse(refusal)
    return _write_page(street, form, draft, code), 422


def _write_page(street: Street, form: ProposalForm, draft: Proposal | None = None, code: str = "") -> str:
    said = f"{form.title.data or ''}\n{form.place.data or ''}"
    similar = proposals.similar_to(session(), street.division.id, said, but=draft.id if draft else None)
    pictures = proposals.pictures_of(session(), [draft.id])[draft.id] if draft else []
    shown = {one.picture_sha256: _data_url(one.picture_sha256) for one in pictures}
    glances = [_glance(one) for one in similar]
    return street_page(WRITE_PAGE, street, form=form, similar=glances, draft=draft, code=code, pictures=shown)


def _kept_page(street: Street, proposal: Proposal, code: str) -> str:
    is_draft = proposal.state is ProposalState.DRAFT
    number = "" if is_draft else number_text(proposal)
    facts = {"proposal": proposal, "code": code, "number": number, "answer_days": writing.ANSWER_DAYS}
    return street_page("publishing/proposal_kept.html", street, **facts)


def _back_page(street: Street, proposal: Proposal, form: WayBackForm) -> str:
    may_withdraw = proposal.state in OPEN
    return street_page(
        BACK_PAGE, street, form=form, proposal=proposal, number=number_text(proposal), may_withdraw=may_withdraw
    )


def _show_page(proposal: Proposal, form: SupportForm) -> str:
    street = queries.street_of(session(), proposal.street_id)
    frame.stand_in(street)
    return pages.page(
        SHOW_PAGE,
        street=street,
        proposal=proposal,
        number=number_text(proposal),
        community=session().get_one(Division, proposal.community_id).name,
        pictures=proposals.pictures_of(session(), [proposal.id])[proposal.id],
        support=proposals.support_of(session(), [proposal.id])[proposal.id],
        supporters=proposals.supporters_of(session(), proposal),
        target=session().get(Proposal, proposal.merged_into_id or 0),
        whole=session().get(Proposal, proposal.split_from_id or 0),
        merged=proposals.merged_into(session(), proposal),
        parts=proposals.parts_of(session(), proposal),
        number_text=number_text,
        is_open=proposal.state in OPEN,
        next_step=proposals.next_step_of(proposal),
        happened=life.happened(timeline_of(session(), f"proposal:{proposal.id}")),
        form=form,
    )


def _glance(proposal: Proposal) -> dict[str, str]:
    url = url_for("publishing.proposal", proposal_id=proposal.id)
    return {"number": number_text(proposal), "title": proposal.title, "url": url}


def _data_url(sha256: str) -> str:
    """In the page itself: a draft's picture has no address."""
    picture = session().get_one(Picture, sha256)
    return f"data:{picture.media_type};base64,{b64encode(picture.content).decode()}"
