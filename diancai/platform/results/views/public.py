"""What everybody may read: published versions, their reasons, and the files to check them by."""

from flask import current_app, g, request, url_for
from werkzeug.wrappers import Response

from diancai.errors import NotFound
from diancai.platform.core.permissions import anyone
from diancai.platform.results import exports, queries
from diancai.platform.results.models import Result
from diancai.platform.results.views.blueprint import bp
from diancai.platform.results.views.common import facts_of
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import allow, session
from diancai.platform.web.pages import JSON, XLSX, download, page
from diancai.platform.web.qr import page_qr_svg


@bp.get("/rounds/<int:round_id>/result")
@allow(anyone)
def show(round_: Round) -> str:
    """The version in force."""
    published = _published(round_)
    return _page(round_, published[-1], published)


@bp.get("/rounds/<int:round_id>/result/<int:version>")
@allow(anyone)
def show_version(round_: Round, result: Result) -> str:
    """Any version that was ever published stays readable."""
    return _page(round_, _checked(round_, result), _published(round_))


@bp.get("/rounds/<int:round_id>/result/<int:version>/bundle.json")
@allow(anyone)
def export_bundle(round_: Round, result: Result) -> Response:
    """Byte for byte what was hashed."""
    return download(_checked(round_, result).bundle.encode(), _name(round_, result, "json"), JSON)


@bp.get("/rounds/<int:round_id>/result/<int:version>/election.pb")
@allow(anyone)
def export_pabulib(round_: Round, result: Result) -> Response:
    text = exports.pabulib_of(session(), round_, _checked(round_, result))
    return download(text.encode(), _name(round_, result, "pb"), "text/plain; charset=utf-8")


@bp.get("/rounds/<int:round_id>/result/<int:version>/result.xlsx")
@allow(anyone)
def export_xlsx(round_: Round, result: Result) -> Response:
    content = exports.sheet_of(session(), round_, _checked(round_, result))
    return download(content, _name(round_, result, "xlsx"), XLSX)


def _published(round_: Round) -> list[Result]:
    """Raises NotFound while nothing is published: the public learns nothing before."""
    published = queries.published_results(session(), round_)
    if not published:
        raise NotFound("page.not_found")
    return published


def _checked(round_: Round, result: Result) -> Result:
    if result.id not in {other.id for other in _published(round_)}:
        raise NotFound("page.not_found")
    return result


def _page(round_: Round, result: Result, published: list[Result]) -> str:
    g.shown_round = round_
    latest = queries.latest_result(session(), round_)
    is_recounting = latest is not None and latest.version > published[-1].version
    address = _address(round_, result)
    return page(
        "results/show.html",
        **facts_of(round_, result, published),
        notice=queries.notice_of_result(session(), round_),
        is_recounting=is_recounting,
        may_compare=result.id == published[-1].id and queries.has_public_ballots(round_, result),
        recount_reason=latest.reason if latest is not None and is_recounting else "",
        address=address,
        address_qr=page_qr_svg(address),
    )


def _address(round_: Round, result: Result) -> str:
    """The public address of this version, for paper."""
    origin = current_app.extensions["diancai.settings"].origin or request.host_url
    return origin.rstrip("/") + url_for("results.show_version", round_id=round_.id, version=result.version)


def _name(round_: Round, result: Result, ending: str) -> str:
    return f"round-{round_.id}-result-{result.version}.{ending}"
