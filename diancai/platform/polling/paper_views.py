"""纸质票: the printed ballot, the boxes, and the desk on which every sheet is read twice."""

from typing import Any

from flask import Blueprint, request

from diancai.errors import DomainError, InvalidInput
from diancai.paper import geometry
from diancai.platform.polling import loaders, paper_queries, queries
from diancai.platform.polling.ballot_forms import form_of, pages_of_round
from diancai.platform.polling.forms import BlanksForm, FoundForm
from diancai.platform.polling.models import Station
from diancai.platform.polling.operations import keying as sheet_keying
from diancai.platform.polling.operations import paper
from diancai.platform.polling.operations.scanning import READ_TYPES
from diancai.platform.polling.paper_models import Keying, SheetBatch, SheetBatchState, SheetVerdict
from diancai.platform.polling.policy import (
    may_key_sheets,
    may_make_sheet_batches,
    may_open_paper_box,
    may_print_paper_ballot,
    may_receive_blanks,
    may_see_papers,
)
from diancai.platform.polling.scan_queries import scan_of_keying, scanned_keyings
from diancai.platform.rounds.cards import cards_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import items_of, withdrawals_of
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import again, page, see_other, tell
from diancai.platform.web.qr import page_qr_svg
from diancai.voting import BallotType, parse_numbers

bp = Blueprint("paper", __name__)
OVERVIEW, KEYING_PAGE = "paper/papers.html", "paper/key.html"

__all__ = ["bp", "loaders"]


@bp.get("/staff/rounds/<int:round_id>/papers")
@allow(may_see_papers)
def papers(round_: Round) -> object:
    return page(OVERVIEW, **_overview(round_))


@bp.get("/staff/rounds/<int:round_id>/papers/ballot")
@allow(may_print_paper_ballot)
def blank(round_: Round) -> object:
    """The ballot to print: nothing on it tells one sheet from another."""
    items = items_of(session(), round_)
    names = queries.community_names(session(), round_)
    pages = pages_of_round(session(), round_)
    return page(
        "paper/blank.html",
        round_=round_,
        form=form_of(session(), round_),
        pages=pages,
        cards={card.number: card for card in cards_of(round_, items, names, withdrawals_of(session(), round_))},
        codes={one.number: page_qr_svg(geometry.qr_text(round_.id, one.number)) for one in pages},
        geometry=geometry,
        squares=[square for place in range(len(geometry.CORNERS)) for square in geometry.corner_squares(place)],
    )


@bp.post("/staff/rounds/<int:round_id>/papers/<int:station_id>/blanks")
@allow(may_receive_blanks)
def receive(round_: Round, station: Station) -> object:
    form = BlanksForm()
    try:
        count = _whole_number(form.count.data)
        paper.receive_blanks(session(), round_, station, count, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(OVERVIEW, refusal, **_overview(round_))
    tell("paper.blanks_received", name=station.name, count=count)
    return see_other("paper.papers", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/papers/<int:station_id>/open")
@allow(may_open_paper_box)
def open_box(round_: Round, station: Station) -> object:
    form = FoundForm()
    try:
        found = _whole_number(form.found_count.data)
        paper.request_opening(session(), round_, station, found, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(OVERVIEW, refusal, **_overview(round_))
    tell("paper.opening_requested", name=station.name)
    return see_other("paper.papers", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/papers/batches")
@allow(may_make_sheet_batches)
def make_batches(round_: Round) -> object:
    try:
        count = paper.make_batches(session(), round_, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(OVERVIEW, refusal, **_overview(round_))
    tell("paper.batches_are_made", count=count)
    return see_other("paper.papers", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/papers/batches/<int:sheet_batch_id>")
@allow(may_key_sheets)
def begin(round_: Round, batch: SheetBatch) -> object:
    try:
        sheet_keying.begin_keying(session(), round_, batch, by=actor())
    except DomainError as refusal:
        return again(OVERVIEW, refusal, **_overview(round_))
    return see_other("paper.key", round_id=round_.id, sheet_batch_id=batch.id)


@bp.get("/staff/rounds/<int:round_id>/papers/batches/<int:sheet_batch_id>")
@allow(may_key_sheets)
def key(round_: Round, batch: SheetBatch) -> object:
    """The next sheet of one's own reading, or the one that is asked for to correct it."""
    mine = _mine(batch)
    if mine is not None and mine.finished_at is None and scan_of_keying(session(), mine):
        return see_other("scan.show", round_id=round_.id, sheet_batch_id=batch.id)
    if mine is None or mine.finished_at is not None:
        return page("paper/not_keying.html", round_=round_, batch=batch, is_finished=mine is not None)
    return page(KEYING_PAGE, **_keying(round_, batch, mine))


@bp.post("/staff/rounds/<int:round_id>/papers/batches/<int:sheet_batch_id>/sheet")
@allow(may_key_sheets)
def key_sheet(round_: Round, batch: SheetBatch) -> object:
    mine = _mine(batch)
    if mine is None:
        return see_other("paper.papers", round_id=round_.id)
    place = request.form.get("place", 0, type=int)
    typed = request.form.get("numbers", "")[:400]
    try:
        judged = SheetVerdict(request.form["judged"]) if request.form.get("judged") else None
        sheet_keying.key_sheet(session(), round_, mine, place, parse_numbers(typed), judged)
    except (DomainError, ValueError) as problem:
        refusal = problem if isinstance(problem, DomainError) else InvalidInput("paper.place", place=place)
        return again(KEYING_PAGE, refusal, **_keying(round_, batch, mine, place, typed))
    return see_other("paper.key", round_id=round_.id, sheet_batch_id=batch.id)


@bp.post("/staff/rounds/<int:round_id>/papers/batches/<int:sheet_batch_id>/finish")
@allow(may_key_sheets)
def finish(round_: Round, batch: SheetBatch) -> object:
    mine = _mine(batch)
    if mine is None:
        return see_other("paper.papers", round_id=round_.id)
    try:
        state = sheet_keying.finish_keying(session(), round_, mine, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(KEYING_PAGE, refusal, **_keying(round_, batch, mine))
    tell(f"paper.finished.{state.value}", number=batch.number)
    return see_other("paper.papers", round_id=round_.id)


def _whole_number(value: int | None) -> int:
    if value is None:
        raise InvalidInput("paper.negative", field="count")
    return value


def _mine(batch: SheetBatch) -> Keying | None:
    return next((one for one in paper_queries.keyings_of(session(), batch) if one.staff_id == actor().staff_id), None)


def _overview(round_: Round) -> dict[str, Any]:
    progress = paper_queries.progress_of(session(), round_)
    readers = {keying.staff_id for one in progress for keying, _ in one.readings}
    stations = queries.stations_of(session(), round_)
    return {
        "round_": round_,
        "stations": stations,
        "boxes": {box.station_id: box for box in paper_queries.boxes_of(session(), round_)},
        "issued": {station.id: paper_queries.papers_issued(session(), station) for station in stations},
        "progress": progress,
        "names": queries.staff_names(session(), readers),
        "me": actor().staff_id,
        "scanned": scanned_keyings(session(), [one.batch for one in progress]),
        "can_scan": bool(progress) and form_of(session(), round_).ballot_type in READ_TYPES,
        "counts": paper_queries.sheet_counts(session(), round_.id),
        "has_paper": "paper" in round_.channel_names,
        "is_complete": bool(progress) and all(one.batch.state is SheetBatchState.ACCEPTED for one in progress),
    }


def _keying(round_: Round, batch: SheetBatch, mine: Keying, place: int = 0, typed: str = "") -> dict[str, Any]:
    places = sheet_keying.places_to_key(session(), batch, mine)
    keyed = {sheet.place: sheet for sheet in paper_queries.sheets_of(session(), mine)}
    asked = place or request.args.get("place", 0, type=int)
    shown = asked if asked in places else next((one for one in places if one not in keyed), None)
    known = keyed.get(shown) if shown else None
    form = form_of(session(), round_)
    return {
        "round_": round_,
        "batch": batch,
        "mine": mine,
        "places": places,
        "keyed": keyed,
        "place": shown,
        "typed": typed or (known.choices.replace(",", " ") if known else ""),
        "known": known,
        "readings": _readings(batch, shown) if mine.turn == 3 else [],
        "form": form,
        "is_ranking": form.ballot_type is BallotType.RANKING,
    }


def _readings(batch: SheetBatch, place: int | None) -> list[Any]:
    """What the first two read on a sheet: shown to whoever decides."""
    first_two = paper_queries.keyings_of(session(), batch)[:2]
    return [sheet for one in first_two for sheet in paper_queries.sheets_of(session(), one) if sheet.place == place]
