"""Papers that join features, as files: for residents before a vote, for the finance bureau after it."""

from flask import request, url_for

from diancai.platform.core.permissions import anyone
from diancai.platform.documents.answers import FORMATS, answer_paper, ways
from diancai.platform.publishing import frame
from diancai.platform.publishing.blueprint import bp
from diancai.platform.publishing.papers.report import report_paper
from diancai.platform.publishing.papers.resident import invitation_paper, leaflet_paper
from diancai.platform.publishing.views.common import public_rounds_only
from diancai.platform.results.models import Result
from diancai.platform.results.policy import may_see_result
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import allow, request_time, session
from diancai.platform.web.pages import page

LONGEST = 60


@bp.get(f"/rounds/<int:round_id>/papers/leaflet.<{FORMATS}>")
@allow(anyone)
@public_rounds_only
def leaflet(round_: Round, paper_format: str) -> object:
    return answer_paper(leaflet_paper(session(), round_, _address(round_)), paper_format, _back(round_))


@bp.get(f"/rounds/<int:round_id>/papers/invitation.<{FORMATS}>")
@allow(anyone)
@public_rounds_only
def invitation(round_: Round, paper_format: str) -> object:
    return answer_paper(invitation_paper(session(), round_, _address(round_)), paper_format, _back(round_))


@bp.get("/staff/rounds/<int:round_id>/result/<int:version>/report")
@allow(may_see_result)
def report_desk(round_: Round, result: Result) -> str:
    """What the office itself says of a copy of the report: its number, and to whom it goes."""
    files = ways("publishing.report", round_id=round_.id, version=result.version)
    return page("publishing/report.html", round_=round_, result=result, files=files, longest=LONGEST)


@bp.get(f"/staff/rounds/<int:round_id>/result/<int:version>/report.<{FORMATS}>")
@allow(may_see_result)
def report(round_: Round, result: Result, paper_format: str) -> object:
    paper = report_paper(
        session(),
        round_,
        result,
        number=request.args.get("number", "")[:LONGEST].strip(),
        addressee=request.args.get("addressee", "")[:LONGEST].strip().rstrip("：:"),
        address=_address(round_),
        at=request_time(),
    )
    back = url_for("publishing.report_desk", round_id=round_.id, version=result.version)
    return answer_paper(paper, paper_format, back)


def _address(round_: Round) -> str:
    return frame.address_of("publishing.round", round_id=round_.id)


def _back(round_: Round) -> str:
    return url_for("publishing.round", round_id=round_.id)
