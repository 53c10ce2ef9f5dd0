"""Scrutineers sign and certify."""

from flask import request

from diancai.errors import DomainError
from diancai.platform.results import operations, queries
from diancai.platform.results.forms import SignForm
from diancai.platform.results.images import from_data_url
from diancai.platform.results.models import Result, SignatureKind
from diancai.platform.results.policy import may_certify, may_sign
from diancai.platform.results.views.blueprint import bp
from diancai.platform.results.views.common import facts_of
from diancai.platform.results.views.desk import desk_facts, latest
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import again, page, see_other, tell


@bp.route("/staff/rounds/<int:round_id>/result/sign", methods=["GET", "POST"])
@allow(may_sign)
def sign(round_: Round) -> object:
    result, form = latest(round_), SignForm()
    if not form.validate_on_submit():
        return page("results/sign.html", form=form, **_sign_facts(round_, result))
    try:
        kind, image = _what_was_sent(form)
        operations.sign_result(session(), round_, result, kind=kind, image=image, by=actor(), at=request_time())
    except DomainError as refusal:
        return again("results/sign.html", refusal, form=form, **_sign_facts(round_, result))
    tell("signature.kept")
    return see_other("results.desk", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/result/certify")
@allow(may_certify)
def certify(round_: Round) -> object:
    result = latest(round_)
    try:
        operations.certify_result(session(), round_, result, by=actor(), at=request_time())
    except DomainError as refusal:
        return again("results/desk.html", refusal, **desk_facts(round_, result))
    tell("result.certified")
    return see_other("results.desk", round_id=round_.id)


def _what_was_sent(form: SignForm) -> tuple[SignatureKind, bytes]:
    """A scan goes before the pad: whoever chose a file means it."""
    scan = request.files.get("signature_scan")
    if scan is not None and scan.filename:
        return SignatureKind.SCAN, scan.read()
    written = form.signature.data or ""
    return SignatureKind.HANDWRITING, from_data_url(written) if written else b""


def _sign_facts(round_: Round, result: Result) -> dict[str, object]:
    return facts_of(round_, result, queries.results_of(session(), round_)) | {
        "is_scrutineer": queries.is_scrutineer(session(), round_, actor()),
        "has_signed": any(row.staff_id == actor().staff_id for row in queries.signatures_of(session(), result)),
    }
