"""What is over: results to look up, files to take away, and how to check them."""

from flask import request

from diancai.platform.core.permissions import anyone
from diancai.platform.publishing import overview, queries
from diancai.platform.publishing.blueprint import bp
from diancai.platform.web import pages
from diancai.platform.web.access import allow, request_time, session

LONGEST_SEARCH = 40


@bp.get("/results")
@allow(anyone)
def results() -> str:
    return _list("publishing/results.html")


@bp.get("/open-data")
@allow(anyone)
def open_data() -> str:
    return _list("publishing/open_data.html")


def _list(template: str) -> str:
    words = request.args.get("words", "").strip()[:LONGEST_SEARCH]
    year = request.args.get("year", type=int)
    found = queries.published_rounds(session(), words=words, year=year, page=request.args.get("page", 1, type=int))
    return pages.page(
        template,
        words=words,
        year=year,
        years=queries.years_with_results(session()),
        found=found,
        glances=overview.glances(session(), found.rounds, at=request_time()),
        street_names={street.division.id: street.division.name for street in queries.streets(session())},
    )
