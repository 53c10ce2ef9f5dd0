"""What the log says of hall servers. Who votes in a hall stands in the register alone."""

from dataclasses import dataclass

from diancai.platform.core.audit import Event


@dataclass(frozen=True)
class HallServerPrepared(Event):
    """By two people: these persons and desks are the hall's alone until it hands back."""

    server_id: int
    sitting_id: int
    round_ids: tuple[int, ...]
    person_count: int
    requested_by: int


@dataclass(frozen=True)
class HallServerPacked(Event):
    """What an earlier pack would hand back is not taken any more."""

    server_id: int
    pack_number: int


@dataclass(frozen=True)
class HallServerOpened(Event):
    """In the hall: the pack was unpacked here, and this log begins."""

    server_id: int
    pack_number: int
    person_count: int


@dataclass(frozen=True)
class HallHandedBack(Event):
    """In the hall: nothing is handed out or cast here any more."""

    server_id: int
    content_sha256: str
    ballot_count: int


@dataclass(frozen=True)
class HallTakenBack(Event):
    """At the office: ballots, codes, marks and minutes of the hall are here."""

    server_id: int
    sitting_id: int
    content_sha256: str
    ballot_count: int
    given_count: int
    freed_count: int


@dataclass(frozen=True)
class HallServerGivenUp(Event):
    """By two people: what lies in it is never counted, and its persons may vote elsewhere."""

    server_id: int
    sitting_id: int
    freed_count: int
    requested_by: int
