"""How the number of a round in an address becomes the round."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import round_by_id
from diancai.platform.web.loading import loads


@loads("round_id", "round_")
def load_round(session: Session, round_id: int, _things: Mapping[str, Any]) -> Round | None:
    return round_by_id(session, round_id)
