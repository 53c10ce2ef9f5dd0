"""The ballot of an announced round, read from its frozen rule book."""

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from diancai.paper.geometry import Page, pages_of
from diancai.platform.rounds.models import Round, RuleBook
from diancai.platform.rounds.queries import items_of
from diancai.platform.rounds.rules import ballot_form_in
from diancai.voting import BallotForm

_KEPT: dict[str, BallotForm] = {}


def frozen_form(session: Session | Connection, round_id: int, sha256: str) -> BallotForm:
    """Frozen, so that a process may keep it by the rule book's hash."""
    if sha256 not in _KEPT:
        text = session.scalars(select(RuleBook.text).where(RuleBook.round_id == round_id)).one()
        _KEPT[sha256] = ballot_form_in(text)
    return _KEPT[sha256]


def form_of(session: Session | Connection, round_: Round) -> BallotForm:
    """That of a round that was announced."""
    sha256 = session.scalars(select(RuleBook.sha256).where(RuleBook.round_id == round_.id)).one()
    return frozen_form(session, round_.id, sha256)


def pages_of_round(session: Session, round_: Round) -> tuple[Page, ...]:
    """The paper ballot of an announced round, as it is printed and read: its items are frozen."""
    return pages_of([(item.number, item.name) for item in items_of(session, round_)])
