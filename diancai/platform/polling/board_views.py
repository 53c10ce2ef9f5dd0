"""The board 公告板: trackers and seals. It changes only when a seal is made."""

import json

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from diancai.errors import InvalidInput, NotFound
from diancai.platform.core import texts
from diancai.platform.core.permissions import anyone
from diancai.platform.polling.board import has_tracker, sealed_keys, seals_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.policy import is_public
from diancai.platform.web.access import allow, session
from diancai.platform.web.locale import current_locale
from diancai.platform.web.pages import JSON, download, page
from diancai.voting import normalise_tracker

bp = Blueprint("board", __name__)


@bp.get("/rounds/<int:round_id>/board")
@allow(anyone)
def look_up(round_: Round) -> str:
    return _board(round_, request.args.get("tracker", ""))


@bp.post("/rounds/<int:round_id>/board")
@allow(anyone, writes=False)
def find(round_: Round) -> str:
    return _board(round_, request.form.get("tracker", ""))


@bp.get("/rounds/<int:round_id>/board/trackers.json")
@allow(anyone)
def trackers(round_: Round) -> Response:
    """Every sealed tracker, in order, with the newest seal: what a stranger needs to make the root again."""
    _require_public(round_)
    seals = seals_of(session(), round_.id)
    seal = seals[0] if seals else None
    content = {
        "round": round_.id,
        "root": seal.root if seal else None,
        "signature": seal.signature if seal else None,
        "keys": [key.hex() for key in sealed_keys(session(), round_.id)] if seal else [],
    }
    return download(json.dumps(content, separators=(",", ":")).encode(), f"trackers-{round_.id}.json", JSON)


def _require_public(round_: Round) -> None:
    """A draft has no board: whoever asks learns no more than of a round that does not exist. Whoever rehearses looks up
    the trackers of practice ballots."""
    if not (is_public(round_) or round_.is_rehearsal):
        raise NotFound("page.not_found")


def _board(round_: Round, typed: str) -> str:
    _require_public(round_)
    problem, found = "", None
    if typed.strip():
        try:
            typed = normalise_tracker(typed)
            found = has_tracker(session(), round_.id, typed)
        except InvalidInput as refusal:
            problem = texts.say_error(refusal, current_locale())
    seals = seals_of(session(), round_.id)
    lists = [(texts.say("board.trackers_file", current_locale()), url_for("board.trackers", round_id=round_.id))]
    return page(
        "voting/tracker.html",
        round_name=round_.title,
        round_=round_,
        lookup_url=url_for("board.find", round_id=round_.id),
        tracker=typed,
        found=found,
        problem=problem,
        seals=seals,
        round_url=url_for("publishing.round", round_id=round_.id),
        next_seal=texts.say("board.next_seal", current_locale()) if not (seals and seals[0].is_closing) else "",
        lists=lists if seals else [],
    )
