"""What the log says of kiosks. Nothing that happens on one while people vote is ever recorded."""

from dataclasses import dataclass

from diancai.platform.core.audit import Event


@dataclass(frozen=True)
class KioskAdded(Event):
    round_id: int
    station_id: int
    kiosk_id: int
    name: str


@dataclass(frozen=True)
class KioskEdited(Event):
    round_id: int
    kiosk_id: int
    name: str


@dataclass(frozen=True)
class KioskCodeIssued(Event):
    """A new one-time code: whatever device was enrolled before is locked out."""

    round_id: int
    kiosk_id: int
    name: str


@dataclass(frozen=True)
class KioskEnrolled(Event):
    round_id: int
    kiosk_id: int
    name: str


@dataclass(frozen=True)
class KioskRevoked(Event):
    round_id: int
    kiosk_id: int
    name: str
