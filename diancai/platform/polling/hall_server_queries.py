"""Reads of hall servers: which sittings, desks and persons are out of the office's hands."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import WrongState
from diancai.platform.polling.hall_models import Sitting, SittingRound, SittingStation
from diancai.platform.polling.hall_server_models import HallServer, HallServerState
from diancai.platform.rounds.models import Round


def newest_server(session: Session, sitting: Sitting) -> HallServer | None:
    mine = select(HallServer).filter_by(sitting_id=sitting.id).order_by(HallServer.id.desc()).limit(1)
    return session.scalar(mine.execution_options(populate_existing=True))


def is_away(session: Session, sitting: Sitting) -> bool:
    server = newest_server(session, sitting)
    return server is not None and server.state is HallServerState.AWAY


def require_sitting_here(session: Session, sitting: Sitting) -> None:
    """Raises WrongState hall_server.sitting_away."""
    if is_away(session, sitting):
        raise WrongState("hall_server.sitting_away")


def stations_away(session: Session, round_id: int) -> set[int]:
    """Desks that stand in a hall with a server of its own."""
    rows = (
        select(SittingStation.station_id)
        .join(HallServer, HallServer.sitting_id == SittingStation.sitting_id)
        .join(SittingRound, SittingRound.sitting_id == HallServer.sitting_id)
        .where(HallServer.state == HallServerState.AWAY, SittingRound.round_id == round_id)
    )
    return set(session.scalars(rows))


def require_not_away(session: Session, station_id: int, round_id: int) -> None:
    """Raises WrongState hall_server.station_away."""
    if station_id in stations_away(session, round_id):
        raise WrongState("hall_server.station_away")


def require_halls_back(session: Session, round_: Round) -> None:
    """Raises WrongState hall_server.still_away (title) while a hall has not handed back what was cast there."""
    wanted = (
        select(Sitting.title)
        .join(HallServer, HallServer.sitting_id == Sitting.id)
        .join(SittingRound, SittingRound.sitting_id == Sitting.id)
        .where(HallServer.state == HallServerState.AWAY, SittingRound.round_id == round_.id)
    )
    if (title := session.scalar(wanted.limit(1))) is not None:
        raise WrongState("hall_server.still_away", title=title)
