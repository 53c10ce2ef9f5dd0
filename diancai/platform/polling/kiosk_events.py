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


@dataclass(frozen=True)
class KioskSecretRenewed(Event):
    """By itself, at the first contact of a day."""

    round_id: int
    kiosk_id: int
    name: str


@dataclass(frozen=True)
class KeepersNamed(Event):
    """Whose shares open the commission key, two of the three."""

    round_id: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class KeyShareTaken(Event):
    round_id: int


@dataclass(frozen=True)
class KeyShareTyped(Event):
    round_id: int


@dataclass(frozen=True)
class KeyOpened(Event):
    """How many ballots of all terminals together went into the box, and how many could not be read."""

    round_id: int
    ballot_count: int
    invalid_count: int


@dataclass(frozen=True)
class KioskBlockHanded(Event):
    """The device has the digests of its own codes; they work there alone from now on."""

    round_id: int
    kiosk_id: int
    name: str


@dataclass(frozen=True)
class KioskEndAsked(Event):
    round_id: int
    kiosk_id: int
    name: str


@dataclass(frozen=True)
class KioskEnded(Event):
    """Its last batch is here. Without the number of its ballots: nothing tells what one place has cast."""

    round_id: int
    kiosk_id: int
    name: str


@dataclass(frozen=True)
class KioskExcluded(Event):
    """By two people: what still lies in the device is never counted."""

    round_id: int
    kiosk_id: int
    name: str
    requested_by: int
