"""The way to the vote: code → ballot → review → cast → receipt. The server stores no choice before the cast (vote.md 2)."""

import secrets
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from diancai.errors import DomainError, InvalidInput, WrongState
from diancai.platform.core import texts
from diancai.platform.core.db import begin_write
from diancai.platform.core.keys import keys_of
from diancai.platform.core.permissions import anyone
from diancai.platform.divisions.models import CodeFormat, StreetOffice
from diancai.platform.divisions.queries import community_names
from diancai.platform.polling import ballot_pages
from diancai.platform.polling.ballot_forms import frozen_form
from diancai.platform.polling.ballot_pages import Marking
from diancai.platform.polling.board import round_taking_ballots
from diancai.platform.polling.operations import casting
from diancai.platform.polling.operations.casting import CodeAnswer, Receipt
from diancai.platform.polling.proofs import CodeProof, open_proof, seal_proof
from diancai.platform.rounds.cards import Card, cards_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import addenda_of, withdrawals_of
from diancai.platform.rounds.states import Publication
from diancai.platform.web.access import allow, request_time, session
from diancai.platform.web.locale import current_locale, keep_display_choices
from diancai.platform.web.pages import page
from diancai.platform.web.qr import qr_svg
from diancai.voting import BallotForm, BallotType, tracker_key_of, tracker_text

bp = Blueprint("voting", __name__)

REFUSALS = {
    "vote.not_open": "not_open",
    "vote.closed": "closed",
    "vote.suspended": "suspended",
    "vote.round_void": "voided",
    "vote.code_used": "used",
    "vote.code_void": "void",
    "vote.expired": "expired",
    "vote.nothing_kept": "nothing_kept",
}
"""Refusals that end the way; everything else is shown on the ballot, with the choices kept."""


@dataclass(frozen=True, slots=True)
class Way:
    """One voter between the code and the cast: all of it comes back with each form."""

    token: str
    proof: CodeProof
    round_: Round
    form: BallotForm


@bp.get("/vote")
@allow(anyone)
def start() -> str:
    return _start()


@bp.get("/kiosk")
@allow(anyone)
def kiosk() -> Response:
    """The public terminal: idle wipe, no enrolment. This browser stays one until /kiosk/leave."""
    cookie["kiosk"] = True
    return redirect(url_for("voting.start"), code=303)


@bp.get("/kiosk/leave")
@allow(anyone)
def leave_kiosk() -> Response:
    cookie.pop("kiosk", None)
    return redirect(url_for("voting.start"), code=303)


@bp.post("/vote")
@allow(anyone, writes=False)
def prove() -> str | tuple[str, int] | Response:
    typed = request.form.get("code", "")[:60]
    reading = casting.read_code(session(), typed)
    if reading.answer is CodeAnswer.MISTYPED:
        return _start(problem=texts.say("vote.mistyped", current_locale()), code=typed), 422
    if reading.proof is None:
        return _unknown()
    way = _way(seal_proof(keys_of(session()), reading.proof, at=request_time()))
    if reading.answer is not CodeAnswer.LIVE:
        return _refused(way.round_, reading.answer.value)
    try:
        casting.check_standing(casting.standing_of(session(), way.round_.id), request_time())
    except WrongState as refusal:
        return _refused(way.round_, REFUSALS[refusal.code])
    return _ballot(way, Marking())


@bp.get("/vote/unknown")
@allow(anyone)
def unknown() -> tuple[str, int]:
    return page("voting/refused.html", reason="unknown", **_links(None)), 422


@bp.post("/vote/ballot")
@allow(anyone, writes=False)
def ballot() -> str:
    """The ballot again: from the review page, or in larger type or another language."""
    way = _way(request.form.get("proof", ""))
    keep_display_choices(request.form)
    casting.check_code(session(), way.proof)
    return _ballot(way, _marking())


@bp.post("/vote/review")
@allow(anyone, writes=False)
def review() -> str | tuple[str, int]:
    way = _way(request.form.get("proof", ""))
    keep_display_choices(request.form)
    marking = _marking()
    try:
        casting.check_standing(casting.standing_of(session(), way.round_.id), request_time())
        casting.check_code(session(), way.proof)
        marks = ballot_pages.marks_in(way.form, marking)
        casting.check_choices(session(), way.round_.id, way.form, marks)
    except InvalidInput as refusal:
        return _ballot(way, marking, refusal), 422
    return _review(way, [number for number in marks if number])


@bp.post("/vote/cast")
@allow(anyone)
def cast() -> str | tuple[str, int]:
    way = _way(request.form.get("proof", ""))
    nonce = _nonce(request.form.get("r", ""))
    marking = _marking()
    try:
        marks = ballot_pages.marks_in(way.form, marking)
        receipt = casting.cast_ballot(session(), way.proof, nonce, marks, at=request_time())
    except InvalidInput as refusal:
        session().rollback()
        return _ballot(_way(way.token), marking, refusal), 422
    return _receipt(way.round_, receipt)


@bp.errorhandler(DomainError)
def refuse(error: DomainError) -> tuple[str, int]:
    """The true reason, on a page of the way."""
    session().rollback()
    reason = REFUSALS.get(error.code, "nothing_kept")
    return _refused(_round_of_form(), reason)


def _way(token: str) -> Way:
    """Raises InvalidInput vote.nothing_kept for a form without its proof, vote.expired for an old one."""
    if not token:
        raise InvalidInput("vote.nothing_kept")
    proof = open_proof(keys_of(session()), token, at=request_time())
    round_ = session().get_one(Round, proof.round_id)
    standing = casting.standing_of(session(), round_.id)
    return Way(token, proof, round_, frozen_form(session(), round_.id, standing.rule_book_sha256))


def _round_of_form() -> Round | None:
    try:
        proof = open_proof(keys_of(session()), request.form.get("proof", ""), at=request_time())
    except DomainError:
        return None
    return session().get(Round, proof.round_id)


def _marking() -> Marking:
    return ballot_pages.marking_in(
        request.form.getlist("choice"), request.form.to_dict(), request.form.get("numbers", "")[:400]
    )


def _nonce(text: str) -> bytes:
    try:
        nonce = bytes.fromhex(text)
    except ValueError:
        nonce = b""
    if len(nonce) != 16:
        raise InvalidInput("vote.nothing_kept")
    return nonce


def _unknown() -> tuple[str, int]:
    """Count it in a transaction of its own; a slowed address asks again in two seconds and holds no worker meanwhile."""
    session().rollback()
    begin_write(session())
    is_slowed = casting.count_unknown_code(session(), request.remote_addr or "", at=request_time())
    session().commit()
    if is_slowed:
        return page("voting/wait.html", refresh_url=url_for("voting.unknown"), start_url=url_for("voting.start")), 200
    return unknown()


def _start(problem: str = "", code: str = "") -> str:
    round_ = round_taking_ballots(session(), at=request_time())
    office = session().get(StreetOffice, round_.street_id) if round_ else None
    return page(
        "voting/start.html",
        round_=round_,
        round_name=round_.title if round_ else texts.say("vote.any_round", current_locale()),
        rule=_rule(round_) if round_ else "",
        closes_at=round_.closes_at if round_ else None,
        action_url=url_for("voting.prove"),
        problem=problem,
        code=code,
        digits=office is not None and office.code_format is CodeFormat.DIGITS,
        **_links(round_),
    )


def _rule(round_: Round) -> str:
    if round_.ballot_type is BallotType.TICK and round_.min_marks == round_.max_marks:
        return texts.say("vote.rule.exactly", current_locale(), count=round_.max_marks)
    return texts.say(
        f"vote.rule.{round_.ballot_type.value}", current_locale(), count=round_.max_marks, fund_fen=round_.fund_fen
    )


def _ballot(way: Way, marking: Marking, refusal: DomainError | None = None) -> str:
    return page(
        "voting/ballot.html",
        round_name=way.round_.title,
        closes_at=way.round_.closes_at,
        ballot=way.form,
        items=_cards(way),
        chosen=marking.chosen,
        ranks=dict(marking.places),
        numbers=marking.numbers,
        problems=[texts.say_error(refusal, current_locale())] if refusal else [],
        proof=way.token,
        ballot_url=url_for("voting.ballot"),
        review_url=url_for("voting.review"),
        publishes_ballots=way.round_.publication is Publication.BALLOTS,
        **_links(way.round_),
    )


def _cards(way: Way) -> list[Card]:
    round_ = way.round_
    items = ballot_pages.ballot_items(session(), round_, way.proof.code_key)
    return cards_of(round_, items, community_names(session(), round_.street_id), withdrawals_of(session(), round_))


def _review(way: Way, marks: list[str]) -> str:
    nonce = _kept_nonce() or secrets.token_bytes(16)
    cards = {card.number: card for card in _cards(way)}
    total_fen = sum(cards[number].cost_fen for number in marks)
    is_knapsack = way.form.ballot_type is BallotType.KNAPSACK
    is_ranking = way.form.ballot_type is BallotType.RANKING
    more = 0 if is_knapsack else way.form.max_marks - len(marks)
    return page(
        "voting/review.html",
        lines=[{"item": cards[number], "place": place} for place, number in enumerate(marks, start=1)],
        ranking=is_ranking,
        total_fen=total_fen,
        fund_fen=way.round_.fund_fen,
        left_fen=way.round_.fund_fen - total_fen if is_knapsack else None,
        remark=texts.say("vote.may_choose_more", current_locale(), count=more) if more else "",
        tracker=tracker_text(tracker_key_of(nonce)),
        proof=way.token,
        r=nonce.hex(),
        choices=ballot_pages.settled(way.form, marks).fields,
        cast_url=url_for("voting.cast"),
        ballot_url=url_for("voting.ballot"),
        review_url=url_for("voting.review"),
        **_links(way.round_),
    )


def _kept_nonce() -> bytes | None:
    """The same review page in larger type keeps its `r`, and with it the tracker that was copied down."""
    try:
        return _nonce(request.form.get("r", ""))
    except InvalidInput:
        return None


def _receipt(round_: Round, receipt: Receipt) -> str:
    board = url_for("board.look_up", round_id=round_.id)
    address = url_for("board.look_up", round_id=round_.id, _anchor=receipt.tracker, _external=True)
    return page(
        "voting/receipt.html",
        tracker=receipt.tracker,
        qr_svg=qr_svg(address),
        first_counted=not receipt.is_first,
        board_url=board,
        closes_at=round_.closes_at,
        result_note=texts.say("vote.result_follows", current_locale()),
        start_url=url_for("voting.start"),
        **_office(round_),
    )


def _refused(round_: Round | None, reason: str) -> tuple[str, int]:
    status = 409 if reason not in ("expired", "nothing_kept") else 422
    times = {"opens_at": round_.opens_at, "closes_at": round_.closes_at} if round_ else {}
    return page("voting/refused.html", reason=reason, note=_note(round_, reason), **times, **_links(round_)), status


def _note(round_: Round | None, reason: str) -> str:
    """What the office published as its reason for stopping the vote."""
    if round_ is None or reason not in ("suspended", "voided"):
        return ""
    if reason == "voided":
        return round_.void_reason or ""
    addenda = addenda_of(session(), round_)
    return addenda[-1].reason if addenda else ""


def _links(round_: Round | None) -> dict[str, Any]:
    """Where a voter can go from here; help is always the street's own."""
    links: dict[str, Any] = {"start_url": url_for("voting.start")} | _office(round_)
    if round_:
        links["leave_url"] = url_for("publishing.round", round_id=round_.id)
        links["desks_url"] = url_for("publishing.how_to_vote", round_id=round_.id)
        links["board_url"] = url_for("board.look_up", round_id=round_.id)
    return links


def _office(round_: Round | None) -> dict[str, Any]:
    office = session().get(StreetOffice, round_.street_id) if round_ else None
    facts: dict[str, Any] = {"kiosk": bool(cookie.get("kiosk"))}
    return facts | ({"help_phone": office.help_phone} if office else {})
