"""Desks, entries and print runs by their numbers in an address, always inside their round."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.polling.case_models import DeskCase
from diancai.platform.polling.hall_models import Sitting
from diancai.platform.polling.kiosk_models import Kiosk
from diancai.platform.polling.mobile_models import HomeVisit
from diancai.platform.polling.models import CodeBatch, RegisterEntry, Station
from diancai.platform.polling.paper_models import SheetBatch
from diancai.platform.rounds import loaders as rounds
from diancai.platform.web.loading import loads


@loads("entry_id", "entry")
def load_entry(session: Session, number: int, things: Mapping[str, Any]) -> RegisterEntry | None:
    return session.scalar(select(RegisterEntry).filter_by(id=number, round_id=things["round_"].id))


@loads("station_id", "station")
def load_station(session: Session, number: int, things: Mapping[str, Any]) -> Station | None:
    return session.scalar(select(Station).filter_by(id=number, round_id=things["round_"].id))


@loads("batch_id", "batch")
def load_batch(session: Session, number: int, things: Mapping[str, Any]) -> CodeBatch | None:
    return session.scalar(select(CodeBatch).filter_by(id=number, round_id=things["round_"].id))


@loads("sheet_batch_id", "batch")
def load_sheet_batch(session: Session, number: int, things: Mapping[str, Any]) -> SheetBatch | None:
    return session.scalar(select(SheetBatch).filter_by(id=number, round_id=things["round_"].id))


@loads("visit_id", "visit")
def load_visit(session: Session, number: int, things: Mapping[str, Any]) -> HomeVisit | None:
    is_here = (RegisterEntry.id == HomeVisit.entry_id) & (RegisterEntry.round_id == things["round_"].id)
    return session.scalar(select(HomeVisit).join(RegisterEntry, is_here).where(HomeVisit.id == number))


@loads("case_id", "case")
def load_case(session: Session, number: int, things: Mapping[str, Any]) -> DeskCase | None:
    return session.scalar(select(DeskCase).filter_by(id=number, round_id=things["round_"].id))


@loads("kiosk_id", "kiosk")
def load_kiosk(session: Session, number: int, things: Mapping[str, Any]) -> Kiosk | None:
    return session.scalar(select(Kiosk).filter_by(id=number, round_id=things["round_"].id))


@loads("sitting_id", "sitting")
def load_sitting(session: Session, number: int, _things: Mapping[str, Any]) -> Sitting | None:
    return session.get(Sitting, number)


__all__ = [
    "load_batch",
    "load_case",
    "load_entry",
    "load_kiosk",
    "load_sheet_batch",
    "load_sitting",
    "load_station",
    "load_visit",
    "rounds",
]
