"""扫描录入: send the pictures of a batch, decide what the reader doubts, sign."""

from base64 import b64encode
from contextlib import closing
from typing import Any

from flask import Blueprint, request

from diancai.errors import DomainError, InvalidInput, NotFound
from diancai.platform.accounts.browser import writing
from diancai.platform.core import texts
from diancai.platform.polling import loaders, scan_reader
from diancai.platform.polling.ballot_forms import form_of, pages_of_round
from diancai.platform.polling.operations import scanning
from diancai.platform.polling.paper_models import SheetBatch, SheetVerdict
from diancai.platform.polling.paper_queries import keyings_of
from diancai.platform.polling.policy import may_key_sheets
from diancai.platform.polling.scan_models import SheetScan
from diancai.platform.polling.scan_queries import scan_of, scanned_sheets
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.locale import current_locale
from diancai.platform.web.pages import again, page, see_other, tell
from diancai.voting import parse_numbers

bp = Blueprint("scan", __name__)
SCAN_PAGE = "paper/scan.html"
ADDRESS = "/staff/rounds/<int:round_id>/papers/batches/<int:sheet_batch_id>/scan"

__all__ = ["bp", "loaders"]


@bp.get(ADDRESS)
@allow(may_key_sheets)
def show(round_: Round, batch: SheetBatch) -> object:
    """Pictures to send, the next doubtful sheet or the one that is asked for, the signature."""
    return page(SCAN_PAGE, **_facts(round_, batch))


@bp.post(ADDRESS)
@allow(may_key_sheets, writes=False)
def send(round_: Round, batch: SheetBatch) -> object:
    """The pictures are read before anything is written."""
    files = _sent()
    try:
        if not files:
            raise InvalidInput("scan.nothing")
        missing = scanning.require_scannable(session(), round_, batch, by=actor())
        read = scan_reader.read_files(files, round_.id, pages_of_round(session(), round_), missing)
        before = _doubts(batch)
        with writing():
            scan = scanning.keep_pages(session(), round_, batch, read, by=actor(), at=request_time())
            doubts = scan.doubtful_count - before
    except DomainError as refusal:
        return again(SCAN_PAGE, refusal, **_facts(round_, batch))
    tell("scan.read_with_doubts" if doubts else "scan.read", count=len(read), doubts=doubts)
    return see_other("scan.show", round_id=round_.id, sheet_batch_id=batch.id)


@bp.post(f"{ADDRESS}/sheet")
@allow(may_key_sheets)
def decide(round_: Round, batch: SheetBatch) -> object:
    place = request.form.get("place", 0, type=int)
    typed = request.form.get("numbers", "")[:400]
    try:
        judged = SheetVerdict(request.form["judged"]) if request.form.get("judged") else None
        seen = {name[5:]: value == "1" for name, value in request.form.items() if name.startswith("mark:")}
        scanning.decide_sheet(session(), round_, _mine(batch), place, seen, parse_numbers(typed), judged)
    except (DomainError, ValueError) as problem:
        refusal = problem if isinstance(problem, DomainError) else InvalidInput("paper.place", place=place)
        return again(SCAN_PAGE, refusal, **_facts(round_, batch, place, typed))
    return see_other("scan.show", round_id=round_.id, sheet_batch_id=batch.id)


@bp.post(f"{ADDRESS}/sign")
@allow(may_key_sheets)
def sign(round_: Round, batch: SheetBatch) -> object:
    try:
        state = scanning.sign_scan(session(), round_, _mine(batch), by=actor(), at=request_time())
    except DomainError as refusal:
        return again(SCAN_PAGE, refusal, **_facts(round_, batch))
    tell(f"paper.finished.{state.value}", number=batch.number)
    return see_other("paper.papers", round_id=round_.id)


@bp.post(f"{ADDRESS}/discard")
@allow(may_key_sheets)
def discard(round_: Round, batch: SheetBatch) -> object:
    try:
        scanning.discard_scan(session(), round_, _mine(batch), by=actor(), at=request_time())
    except DomainError as refusal:
        return again(SCAN_PAGE, refusal, **_facts(round_, batch))
    tell("scan.discarded", number=batch.number)
    return see_other("scan.show", round_id=round_.id, sheet_batch_id=batch.id)


def _sent() -> list[tuple[str, bytes]]:
    """Names and contents. Large ones lie in a nameless file of the system until they are closed."""
    files = []
    for one in request.files.getlist("pictures"):
        with closing(one):
            if one.filename:
                files.append((one.filename, one.read()))
    return files


def _found(batch: SheetBatch) -> SheetScan | None:
    """This person's scan: nobody else sees its pictures."""
    scan = scan_of(session(), batch)
    mine = {one.id for one in keyings_of(session(), batch) if one.staff_id == actor().staff_id}
    return scan if scan is not None and scan.keying_id in mine else None


def _mine(batch: SheetBatch) -> SheetScan:
    scan = _found(batch)
    if scan is None:
        raise NotFound("page.not_found")
    return scan


def _doubts(batch: SheetBatch) -> int:
    scan = _found(batch)
    return scan.doubtful_count if scan else 0


def _facts(round_: Round, batch: SheetBatch, place: int = 0, typed: str = "") -> dict[str, Any]:
    scan = _found(batch)
    page_count = len(pages_of_round(session(), round_))
    sheets = [one for one in scanned_sheets(session(), scan) if one.needs_a_person] if scan else []
    asked = place or request.args.get("place", 0, type=int)
    by_place = {one.place: one for one in sheets}
    shown = by_place.get(asked) or next((one for one in sheets if not one.is_decided), None)
    try:
        missing, hindrance = scanning.require_scannable(session(), round_, batch, by=actor()), ""
    except DomainError as refusal:
        missing, hindrance = 0, texts.say_error(refusal, current_locale())
    return {
        "round_": round_,
        "batch": batch,
        "scan": scan,
        "page_count": page_count,
        "is_installed": scan_reader.is_installed(),
        "missing": missing,
        "hindrance": hindrance,
        "sheets": sheets,
        "shown": shown,
        "data_url": _data_url,
        "typed": typed or (shown.unread[0].typed or "" if shown and shown.unread else "").replace(",", " "),
        "form": form_of(session(), round_),
    }


def _data_url(picture: bytes) -> str:
    """In the page itself: a picture of a sheet has no address of its own."""
    return f"data:image/jpeg;base64,{b64encode(picture).decode()}"
