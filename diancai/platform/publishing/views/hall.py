"""The hall's screen: what goes on now, for everybody in the room. No running total of votes (vote.md 3)."""

from datetime import datetime
from typing import Any

from flask import jsonify, render_template
from werkzeug.wrappers import Response

from diancai.errors import NotFound
from diancai.platform.core.hall_charge import hall_charge
from diancai.platform.core.permissions import anyone
from diancai.platform.polling import hall_queries
from diancai.platform.polling import queries as polling
from diancai.platform.polling.board import last_root
from diancai.platform.polling.hall_models import Sitting, SittingStep
from diancai.platform.polling.hall_queries import Day
from diancai.platform.polling.policy import may_see_sittings
from diancai.platform.publishing import frame, phases, queries
from diancai.platform.publishing.blueprint import bp
from diancai.platform.publishing.hall_slides import slide_of
from diancai.platform.publishing.phases import Phase
from diancai.platform.results.queries import draw_of
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.locale import current_locale, local_time
from diancai.platform.web.pages import page
from diancai.platform.web.qr import page_qr_svg


@bp.get("/hall/<int:sitting_id>")
@allow(anyone)
def hall(sitting: Sitting) -> str:
    return page("publishing/hall.html", **_screen(sitting))


@bp.get("/hall/<int:sitting_id>/now")
@allow(anyone)
def hall_now(sitting: Sitting) -> Response:
    """The same as a fragment, for the screen to ask for every few seconds."""
    html = render_template("publishing/_hall_now.html", **_screen(sitting))
    answer = jsonify(html=html, at=local_time(request_time()))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _screen(sitting: Sitting) -> dict[str, Any]:
    """Raises NotFound before the sitting has begun, and for a rehearsal to whoever is not of the office."""
    day = hall_queries.day_of(session(), sitting)
    is_rehearsal = any(one.is_rehearsal for one in day.rounds)
    if not day.has_begun or (is_rehearsal and not may_see_sittings(actor(), sitting)):
        raise NotFound("page.not_found")
    frame.stand_in(queries.street_of(session(), sitting.street_id))
    at = request_time()
    open_rounds = [one for one in day.rounds if phases.phase_of(one, at) is Phase.OPEN]
    is_voting = SittingStep.ISSUED in day.done and SittingStep.CLOSED not in day.done and bool(open_rounds)
    address = frame.address_of("voting.start")
    return {
        "sitting": sitting,
        "day": day,
        "is_rehearsal": is_rehearsal,
        "at": at,
        "given": _given(day) if is_voting else [],
        "left": _left(open_rounds, at) if is_voting and hall_charge(session()) is None else None,
        "is_paused": any(phases.phase_of(one, at) is Phase.PAUSED for one in day.rounds),
        "address": address if is_voting else "",
        "qr": page_qr_svg(address) if is_voting else "",
        "slide": slide_of(session(), day, current_locale(), at=at),
        "seals": _seals(day),
    }


def _given(day: Day) -> list[int]:
    """Handed out in the room, by round; where no desk of a round stands here, by all of its desks."""
    here = hall_queries.given_in_hall(session(), day.sitting)
    return [here[one.id] if one.id in here else polling.given_count(session(), one) for one in day.rounds]


def _left(rounds: list[Round], at: datetime) -> phases.TimeLeft | None:
    """Until the first of the rounds closes."""
    return phases.time_left(min(one.closes_at for one in rounds), at)


def _seals(day: Day) -> list[dict[str, Any]]:
    """Root and draw once counted."""
    if SittingStep.COUNTED not in day.done:
        return []
    shown = []
    for round_ in day.rounds:
        seal, draw = last_root(session(), round_.id), draw_of(session(), round_)
        shown.append({"round_": round_, "seal": seal, "draw": draw})
    return shown
