"""State machines: an explicit table of allowed moves, and a move that only one of two can win."""

from collections.abc import Mapping, Set
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, WrongState
from diancai.platform.core.db import rows_changed

State = TypeVar("State", bound=StrEnum)
MoveTable = Mapping[State, Set[State]]


def move(session: Session, row: Any, new: State, *, table: MoveTable[State], **facts: Any) -> None:
    """Bring `row` to state `new` and set `facts` with it, by compare-and-set.

    Raises WrongState when the table does not allow it, Conflict when somebody else moved the row first.
    """
    old = row.state
    if new not in table[old]:
        raise WrongState("state.not_from_here", state=old, wanted=new)
    model = type(row)
    statement = update(model).where(model.id == row.id, model.state == old).values(state=new, **facts)
    session.flush()
    if rows_changed(session, statement) != 1:
        raise Conflict("state.changed_meanwhile", state=old, wanted=new)
    session.refresh(row)


def hold(session: Session, row: Any) -> None:
    """Read a row anew and keep others from changing it until the commit: for rules that look at more than the state.

    On SQLite a writer is alone anyway.
    """
    session.flush()
    session.refresh(row, with_for_update={"key_share": True})
