"""An election held elsewhere, read from a Pabulib file: a round of kind `imported`, closed as it arrives (vote.md 4)."""

import secrets
from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from diancai.budget import Method, Rule, check_rule_book_rule
from diancai.errors import InvalidInput
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.clock import end_of_day, local_day, start_of_day
from diancai.platform.core.moves import move
from diancai.platform.core.timeline import note
from diancai.platform.polling.models import ClosingMinute, SealedBallot
from diancai.platform.results.events import ElectionImported
from diancai.platform.results.pabulib_elections import ImportedElection, election_in
from diancai.platform.rounds.models import MenuItem, Round, RuleBook
from diancai.platform.rounds.rules import canonical_json, rule_book_of, sha256_of
from diancai.platform.rounds.states import IMPORT_MOVES, Publication, RoundKind, RoundState
from diancai.voting import PabulibFile, TieRule, board_root, hash_b
from diancai.voting.board import KEY_BYTES
from diancai.voting.profile import MarkKind

TITLE_LENGTH = 80
BATCH = 1000


def import_election(
    session: Session, street_id: int, file: PabulibFile, *, rule: Rule, title: str, by: Actor, at: datetime
) -> Round:
    """Store a file's projects and ballots as a closed round, to be counted by `rule`.

    Item numbers are the project ids, amounts the file's own hundredths; nothing of a voter but the choices is kept, and
    the ballots lie in order of fresh random keys. Raises InvalidInput: import.* (see `election_in`), import.title,
    rule.* as `check_rule_book_rule`.
    """
    if not 0 < len(title.strip()) <= TITLE_LENGTH:
        raise InvalidInput("import.title", field="title", limit=TITLE_LENGTH)
    election = election_in(file)
    mark_kind = MarkKind.RANKING if election.is_ranking else MarkKind.APPROVAL
    check_rule_book_rule(rule, mark_kind, is_imported=True)
    round_ = _draft(session, street_id, election, rule, title.strip(), by, at)
    _add_items(session, round_, election)
    _freeze_rule_book(session, round_, election, at)
    minute = _fill_box(session, round_, election, at)
    move(session, round_, RoundState.CLOSED, table=IMPORT_MOVES, counting_since=at)
    note(session, f"round:{round_.id}", "round.imported", at=at, count=minute.ballot_count)
    event = ElectionImported(street_id, round_.id, len(election.items), minute.ballot_count, minute.hash_b)
    record(session, event, by=by, at=at)
    return round_


def _draft(
    session: Session, street_id: int, election: ImportedElection, rule: Rule, title: str, by: Actor, at: datetime
) -> Round:
    first, last = election.days or (None, None)
    closes_at = end_of_day(last) if last else at
    round_ = Round(
        street_id=street_id,
        kind=RoundKind.IMPORTED,
        title=title,
        year=election.year or local_day(closes_at).year,
        fund_fen=election.fund_fen,
        area=election.source[:120],
        channels="",
        ballot_type=election.ballot_type,
        min_marks=1,
        max_marks=election.max_marks,
        tie_rule=TieRule.COST_THEN_LOT,
        publication=Publication.BALLOTS,
        opens_at=start_of_day(first) if first else closes_at - timedelta(days=1),
        closes_at=closes_at,
        latest_close_at=closes_at,
        created_by=by.staff_id,
        created_at=at,
        **_rule_columns(rule),
    )
    session.add(round_)
    session.flush()
    return round_


def _rule_columns(rule: Rule) -> dict[str, Any]:
    is_shares, is_top_k = rule.method is Method.EQUAL_SHARES, rule.method is Method.TOP_K
    return {
        "method": rule.method,
        "utility": rule.utility if is_shares else None,
        "completion": rule.completion if is_shares else None,
        "binding": rule.binding if is_top_k else None,
        "seat_count": rule.seat_count if is_top_k else None,
    }


def _add_items(session: Session, round_: Round, election: ImportedElection) -> None:
    rows = [
        {
            "round_id": round_.id,
            "number": item.number,
            "position": position,
            "name": item.name,
            "cost_fen": item.cost_fen,
            "text": item.text,
        }
        for position, item in enumerate(election.items, 1)
    ]
    session.execute(insert(MenuItem), rows)


def _freeze_rule_book(session: Session, round_: Round, election: ImportedElection, at: datetime) -> None:
    """As docs/bundle.md asks, with the file's origin; `min_marks` 0 because empty ballots count among the voters."""
    book = rule_book_of(session, round_)
    book["ballot"]["min_marks"] = 0
    book["round"] |= {"source": election.source, "currency": election.currency}
    text = canonical_json(book)
    session.add(RuleBook(round_id=round_.id, text=text, sha256=sha256_of(text), frozen_at=at))
    session.flush()


def _fill_box(session: Session, round_: Round, election: ImportedElection, at: datetime) -> ClosingMinute:
    texts = list(chain.from_iterable(repeat(text, count) for text, count in election.ballots))
    keys = [secrets.token_bytes(KEY_BYTES) for _ in texts]
    rows = sorted(zip(keys, texts, strict=True))
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        session.execute(
            insert(SealedBallot),
            [{"round_id": round_.id, "tracker_key": key, "choices": text} for key, text in batch],
        )
    minute = ClosingMinute(
        round_id=round_.id,
        root_a=board_root(keys).hex(),
        hash_b=hash_b(texts).hex(),
        ballot_count=len(texts),
        used_code_count=len(texts),
        given_count=len(texts),
        register_count=0,
        late_count=0,
        sealed_at=at,
    )
    session.add(minute)
    session.flush()
    return minute
