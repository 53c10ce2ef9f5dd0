"""Reads of 每日开箱、封箱."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.polling.day_models import StationDay
from diancai.platform.polling.models import Station


def days_of(session: Session, station: Station) -> list[StationDay]:
    """The newest first."""
    wanted = select(StationDay).where(StationDay.station_id == station.id).order_by(StationDay.day.desc())
    return list(session.scalars(wanted))


def last_day(session: Session, station_id: int) -> StationDay | None:
    """None for a box that was never sealed for a night: a station of one day."""
    wanted = select(StationDay).where(StationDay.station_id == station_id).order_by(StationDay.day.desc()).limit(1)
    return session.scalar(wanted.execution_options(populate_existing=True))


def is_sealed(session: Session, station_id: int) -> bool:
    last = last_day(session, station_id)
    return last is not None and last.closed_at is not None
