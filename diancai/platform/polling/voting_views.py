"""The way to the vote: code → ballot → review → cast → receipt. The server stores no choice before the cast (vote.md 2)."""

import secrets

from flask import Blueprint, request
from werkzeug.wrappers import Response

from diancai.errors import DomainError, InvalidInput, WrongState
from diancai.platform.core import texts
from diancai.platform.core.db import begin_write, writing
from diancai.platform.core.permissions import anyone
from diancai.platform.polling import ballot_pages
from diancai.platform.polling.ballot_forms import frozen_form
from diancai.platform.polling.ballot_pages import Marking
from diancai.platform.polling.operations import casting
from diancai.platform.polling.operations.casting import CodeAnswer
from diancai.platform.polling.proofs import CodeProof, open_proof, seal_proof
from diancai.platform.polling.voting_pages import (
    Way,
    ballot_page,
    receipt_page,
    refused_page,
    review_page,
    start_page,
    wait_page,
    way_of,
)
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import allow, request_time, session
from diancai.platform.web.database import db, installation_keys
from diancai.platform.web.locale import current_locale, keep_display_choices

bp = Blueprint("voting", __name__)

REFUSALS = {
    "vote.not_open": "not_open",
    "vote.closed": "closed",
    "vote.suspended": "suspended",
    "vote.round_void": "voided",
    "vote.code_used": "used",
    "vote.code_void": "void",
    "vote.code_of_kiosk": "kiosk",
    "vote.expired": "expired",
    "vote.nothing_kept": "nothing_kept",
}
"""Refusals that end the way; everything else is shown on the ballot, with the choices kept."""


@bp.get("/vote")
@allow(anyone)
def start() -> str:
    return start_page()


@bp.post("/vote")
@allow(anyone, writes=False)
def prove() -> str | tuple[str, int] | Response:
    typed = request.form.get("code", "")[:300].rpartition("#")[2][
        :60
    ]  # a scanner at a terminal types the whole address
    reading = casting.read_code(session(), typed)
    if reading.answer is CodeAnswer.MISTYPED:
        return start_page(problem=texts.say("vote.mistyped", current_locale()), code=typed), 422
    if reading.proof is None:
        return _unknown()
    way = way_of(session(), seal_proof(installation_keys(), reading.proof, at=request_time()), reading.proof)
    if reading.answer is not CodeAnswer.LIVE:
        return refused_page(way.round_, reading.answer.value)
    try:
        casting.check_standing(way.standing, request_time())
    except WrongState as refusal:
        return refused_page(way.round_, REFUSALS[refusal.code])
    return ballot_page(way, Marking())


@bp.get("/vote/unknown")
@allow(anyone)
def unknown() -> tuple[str, int]:
    return refused_page(None, "unknown")


@bp.post("/vote/ballot")
@allow(anyone, writes=False)
def ballot() -> str:
    """The ballot again: from the review page, or in larger type or another language."""
    way = _way()
    keep_display_choices(request.form)
    casting.check_code(session(), way.proof)
    return ballot_page(way, _marking())


@bp.post("/vote/review")
@allow(anyone, writes=False)
def review() -> str | tuple[str, int]:
    way = _way()
    keep_display_choices(request.form)
    marking = _marking()
    try:
        casting.check_standing(way.standing, request_time())
        casting.check_code(session(), way.proof)
        marks = ballot_pages.marks_in(way.form, marking)
        casting.check_choices(session(), way.standing, way.form, marks)
    except InvalidInput as refusal:
        return ballot_page(way, marking, refusal), 422
    return review_page(way, [number for number in marks if number], _kept_nonce() or secrets.token_bytes(16))


@bp.post("/vote/cast")
@allow(anyone, writes=False)
def cast() -> str | tuple[str, int]:
    """In a transaction of its own, over when the receipt is shown."""
    proof = _proof()
    nonce, marking = _nonce(request.form.get("r", "")), _marking()
    try:
        with writing(db.engine) as box:
            standing = casting.held_standing_of(box, proof.round_id)
            form = frozen_form(box, proof.round_id, standing.rule_book_sha256)
            marks = ballot_pages.marks_in(form, marking)
            receipt = casting.cast_ballot(box, proof, nonce, marks, at=request_time(), standing=standing)
    except InvalidInput as refusal:
        return ballot_page(_way(), marking, refusal), 422
    return receipt_page(standing, receipt)


@bp.errorhandler(DomainError)
def refuse(error: DomainError) -> tuple[str, int]:
    """The true reason, on a page of the way."""
    session().rollback()
    reason = REFUSALS.get(error.code, "nothing_kept")
    return refused_page(_round_of_form(), reason)


def _proof() -> CodeProof:
    """Raises InvalidInput vote.nothing_kept for a form without its proof, vote.expired for an old one."""
    token = request.form.get("proof", "")
    if not token:
        raise InvalidInput("vote.nothing_kept")
    return open_proof(installation_keys(), token, at=request_time())


def _way() -> Way:
    """Raises what `_proof` raises."""
    proof = _proof()
    return way_of(session(), request.form["proof"], proof)


def _round_of_form() -> Round | None:
    try:
        proof = open_proof(installation_keys(), request.form.get("proof", ""), at=request_time())
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
        return wait_page(), 200
    return refused_page(None, "unknown")


def _kept_nonce() -> bytes | None:
    """The same review page in larger type keeps its `r`, and with it the tracker that was copied down."""
    try:
        return _nonce(request.form.get("r", ""))
    except InvalidInput:
        return None
