"""投票码: print runs. The codes stand in clear in one answer only, the one that is printed."""

from flask import Blueprint, current_app, request, url_for

from diancai.errors import DomainError
from diancai.platform.divisions.models import StreetOffice
from diancai.platform.polling import loaders, queries
from diancai.platform.polling.forms import BatchForm, ReasonForm
from diancai.platform.polling.mobile_queries import desks_of
from diancai.platform.polling.models import BatchKind, CodeBatch, Station
from diancai.platform.polling.offline_queries import name_of_terminal
from diancai.platform.polling.operations import codes as operations
from diancai.platform.polling.policy import may_order_codes, may_print_codes, may_see_stations, may_void_codes
from diancai.platform.rounds.models import Round
from diancai.platform.settings import Settings
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.locale import _
from diancai.platform.web.pages import again, page, see_other, tell
from diancai.platform.web.qr import qr_svg

bp = Blueprint("codes", __name__)
PAGE = "desk/codes.html"

__all__ = ["bp", "loaders"]


@bp.get("/staff/rounds/<int:round_id>/codes")
@allow(may_see_stations)
def batches(round_: Round) -> object:
    return page(PAGE, **_batches(round_, _batch_form(round_)))


@bp.post("/staff/rounds/<int:round_id>/codes")
@allow(may_order_codes)
def order(round_: Round) -> object:
    form = _batch_form(round_)
    if not form.validate():
        return page(PAGE, **_batches(round_, form)), 422
    try:
        operations.request_batch(
            session(),
            round_,
            station=session().get_one(Station, form.station_id.data),
            kind=form.kind.data,
            slip_count=form.slip_count.data or 0,
            community_id=form.community_id.data or None,
            reason=form.reason.data or "",
            by=actor(),
            at=request_time(),
        )
    except DomainError as refusal:
        session().rollback()
        form.refuse(refusal)
        return again(PAGE, refusal, **_batches(round_, form))
    tell("codes.requested")
    return see_other("codes.batches", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/codes/<int:batch_id>/print")
@allow(may_print_codes)
def print_batch(round_: Round, batch: CodeBatch) -> object:
    try:
        printed = operations.print_batch(session(), round_, batch, by=actor(), at=request_time())
    except DomainError as refusal:
        session().rollback()
        return again(PAGE, refusal, **_batches(round_, _batch_form(round_)))
    template = "desk/letters.html" if batch.kind is BatchKind.DELIVERED else "desk/slips.html"
    address = _vote_address()
    return page(
        template,
        round_=round_,
        batch=batch,
        printed=printed,
        kiosk_name=name_of_terminal(session(), batch),
        station=session().get_one(Station, batch.station_id),
        office=session().get(StreetOffice, round_.street_id),
        address=address,
        qr_of=lambda code: qr_svg(f"{address}#{code}", mask=0),
        names=queries.staff_names(session(), (batch.requested_by, batch.approved_by)),
        printed_at=request_time(),
    )


@bp.post("/staff/rounds/<int:round_id>/codes/<int:batch_id>/void")
@allow(may_void_codes)
def void(round_: Round, batch: CodeBatch) -> object:
    reason = ReasonForm().reason.data or ""
    try:
        operations.request_void_batch(session(), round_, batch, reason=reason, by=actor(), at=request_time())
    except DomainError as refusal:
        session().rollback()
        return again(PAGE, refusal, **_batches(round_, _batch_form(round_)))
    tell("codes.void_requested")
    return see_other("codes.batches", round_id=round_.id)


def _vote_address() -> str:
    """Where a code is typed: always the public address, whatever name this request used."""
    settings: Settings = current_app.extensions["diancai.settings"]
    return (settings.address_for_ballots or request.host_url).rstrip("/") + url_for("voting.start")


def _batch_form(round_: Round) -> BatchForm:
    form = BatchForm()
    form.station_id.choices = [(one.id, one.name) for one in desks_of(session(), round_) if one.ended_at is None]
    communities = queries.communities_of(session(), round_)
    form.community_id.choices = [(0, _("全部社区")), *((one.id, one.name) for one in communities)]
    return form


def _batches(round_: Round, form: BatchForm) -> dict[str, object]:
    rows = queries.batches_of(session(), round_)
    people = [one for row in rows for one in (row.requested_by, row.approved_by)]
    return {
        "round_": round_,
        "batches": rows,
        "form": form,
        "stations": {station.id: station for station in queries.stations_of(session(), round_)},
        "communities": queries.community_names(session(), round_),
        "names": queries.staff_names(session(), people),
    }
