"""Rounds and their items out of addresses."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from diancai.platform.rounds.models import MenuItem, Round
from diancai.platform.rounds.queries import item_in, round_by_id
from diancai.platform.web.loading import loads


@loads("round_id", "round_")
def load_round(session: Session, round_id: int, _things: Mapping[str, Any]) -> Round | None:
    return round_by_id(session, round_id)


@loads("item_id", "item")
def load_item(session: Session, item_id: int, things: Mapping[str, Any]) -> MenuItem | None:
    return item_in(session, things["round_"], item_id)
