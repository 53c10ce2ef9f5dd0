"""The pages of the way to the vote, made of frozen rows and of what the form carries."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask import session as cookie
from sqlalchemy.orm import Session

from diancai.errors import DomainError
from diancai.platform.core import texts
from diancai.platform.divisions.models import CodeFormat, StreetOffice
from diancai.platform.divisions.queries import community_names
from diancai.platform.polling import ballot_pages, frame_reader
from diancai.platform.polling.ballot_forms import frozen_form
from diancai.platform.polling.ballot_pages import Marking
from diancai.platform.polling.board import round_taking_ballots, rounds_taking_ballots
from diancai.platform.polling.operations.casting import Receipt, Standing, standing_of
from diancai.platform.polling.proofs import CodeProof
from diancai.platform.rounds.cards import Card, cards_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import addenda_of, withdrawals_of
from diancai.platform.rounds.states import Publication
from diancai.platform.web.access import request_time, session
from diancai.platform.web.headers import csp_nonce
from diancai.platform.web.locale import current_locale, has_large_type
from diancai.platform.web.pages import page
from diancai.voting import BallotForm, BallotType, tracker_key_of, tracker_text


@dataclass(frozen=True, slots=True)
class Way:
    """One voter between the code and the cast: all of it comes back with each form."""

    token: str
    proof: CodeProof
    round_: Round
    standing: Standing
    form: BallotForm


def way_of(session: Session, token: str, proof: CodeProof) -> Way:
    round_ = session.get_one(Round, proof.round_id)
    standing = standing_of(session, round_.id)
    return Way(token, proof, round_, standing, frozen_form(session, round_.id, standing.rule_book_sha256))


def start_page(problem: str = "", code: str = "") -> str:
    round_ = _round_here()
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
        frame_url=url_for("kiosk.read_frame") if frame_reader.is_installed() else "",
        **links_of(round_),
    )


def resting_page(round_: Round, kiosk_name: str, station_name: str) -> str:
    """Where a public terminal waits for the next person."""
    is_open = round_ in rounds_taking_ballots(session(), at=request_time())
    code_url = url_for("voting.start")
    return page(
        "voting/kiosk.html",
        rounds=[round_] if is_open else [],
        kiosk_name=kiosk_name,
        station_name=station_name,
        english_url=url_for("publishing.set_display", language="en", back=code_url),
        **_ways(),
        **_office(round_),
    )


def _rule(round_: Round) -> str:
    if round_.ballot_type is BallotType.TICK and round_.min_marks == round_.max_marks:
        return texts.say("vote.rule.exactly", current_locale(), count=round_.max_marks)
    return texts.say(
        f"vote.rule.{round_.ballot_type.value}", current_locale(), count=round_.max_marks, fund_fen=round_.fund_fen
    )


def ballot_page(way: Way, marking: Marking, refusal: DomainError | None = None) -> str:
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
        **links_of(way.round_),
    )


def _cards(way: Way) -> list[Card]:
    round_ = way.round_
    items = ballot_pages.ballot_items(session(), round_, way.proof.code_key)
    return cards_of(round_, items, community_names(session(), round_.street_id), withdrawals_of(session(), round_))


def review_page(way: Way, marks: list[str], nonce: bytes) -> str:
    """`nonce` is the `r` of the cast that this page leads to; its tracker is shown before (vote.md 2)."""
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
        **links_of(way.round_),
    )


def receipt_page(standing: Standing, receipt: Receipt) -> str:
    """A thousand people may ask for it within a minute, and it differs by its tracker: it is rendered once."""
    shown = (standing.round_id, standing.closes_at, standing.help_phone, receipt.is_first)
    reader = (request.script_root, *kiosk_mode().values(), current_locale(), has_large_type())
    prepared: dict[object, str] = current_app.extensions.setdefault("diancai.receipts", {})
    if (shown, reader) not in prepared:
        prepared[shown, reader] = _rendered_receipt(standing, is_first=receipt.is_first)
    return prepared[shown, reader].replace(TRACKER_HERE, receipt.tracker).replace(NONCE_HERE, csp_nonce())


TRACKER_HERE, NONCE_HERE = "@tracker@", "@nonce@"


def _rendered_receipt(standing: Standing, *, is_first: bool) -> str:
    return page(
        "voting/receipt.html",
        csp_nonce=lambda: NONCE_HERE,
        tracker=TRACKER_HERE,
        first_counted=not is_first,
        board_url=url_for("board.look_up", round_id=standing.round_id),
        closes_at=standing.closes_at,
        result_note=texts.say("vote.result_follows", current_locale()),
        **kiosk_mode(),
        is_rehearsal=standing.is_rehearsal,
        **_ways(),
        **_help(standing.help_phone),
    )


def refused_page(round_: Round | None, reason: str) -> tuple[str, int]:
    """The true reason why the vote cannot go on, and what to do."""
    status = 422 if reason in ("expired", "nothing_kept", "unknown") else 409
    times: dict[str, Any] = {}
    if round_:  # a vote that is held back past its planned time has none to tell
        opens_at = round_.opens_at if round_.opens_at > request_time() else None
        times = {"opens_at": opens_at, "closes_at": round_.closes_at}
    return page("voting/refused.html", reason=reason, note=_note(round_, reason), **times, **links_of(round_)), status


def wait_page() -> str:
    """Asks again in two seconds; meanwhile no worker waits (vote.md 1)."""
    return page("voting/wait.html", refresh_url=url_for("voting.unknown"), **_ways(), **_office(None))


def _note(round_: Round | None, reason: str) -> str:
    """What the office published as its reason for stopping the vote."""
    if round_ is None or reason not in ("suspended", "voided"):
        return ""
    if reason == "voided":
        return round_.void_reason or ""
    addenda = addenda_of(session(), round_)
    return addenda[-1].reason if addenda else ""


def links_of(round_: Round | None) -> dict[str, Any]:
    """Where a voter can go from here; help is always the street's own."""
    links: dict[str, Any] = _ways() | _office(round_)
    links["is_rehearsal"] = bool(round_ and round_.is_rehearsal)
    if round_ and round_.is_rehearsal:  # it has no public page
        links["leave_url"] = links["desks_url"] = links["code_url"]
        links["board_url"] = url_for("board.look_up", round_id=round_.id)
    elif round_:
        links["leave_url"] = url_for("publishing.round", round_id=round_.id)
        links["desks_url"] = url_for("publishing.how_to_vote", round_id=round_.id)
        links["board_url"] = url_for("board.look_up", round_id=round_.id)
    return links


def _ways() -> dict[str, Any]:
    """Where the next person begins, and where a code is typed: the same page but on a public terminal."""
    code_url = url_for("voting.start")
    return {"code_url": code_url, "start_url": url_for("kiosk.rest") if is_kiosk() else code_url}


def is_kiosk() -> bool:
    return kiosk_mode()["kiosk"] is True


def kiosk_mode() -> dict[str, object]:
    """Whether this browser is a public terminal, and after how many seconds that one wipes itself."""
    kept = _kept_of_kiosk()
    return {"kiosk": True, "kiosk_idle_seconds": kept[0], "kiosk_grace_seconds": kept[1]} if kept else {"kiosk": False}


def _kept_of_kiosk() -> list[int]:
    """Seconds until it asks, seconds until it wipes, its round; nothing in any other browser."""
    kept = cookie.get("kiosk")
    return kept if isinstance(kept, list) and len(kept) == 3 else []


def _round_here() -> Round | None:
    """The round of this terminal; elsewhere the one that is open, when there is one only."""
    kept = _kept_of_kiosk()
    return session().get(Round, kept[2]) if kept else round_taking_ballots(session(), at=request_time())


def _office(round_: Round | None) -> dict[str, Any]:
    office = session().get(StreetOffice, round_.street_id) if round_ else None
    return kiosk_mode() | _help(office.help_phone if office else None)


def _help(phone: str | None) -> dict[str, Any]:
    """Without a street's own number the frame has the last word."""
    return {} if phone is None else {"help_phone": phone}
