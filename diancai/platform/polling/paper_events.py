"""Events of paper ballots: blanks and boxes, the mobile box, sheets, the sample check and the tally by hand."""

from dataclasses import dataclass

from diancai.platform.core.audit import Event


@dataclass(frozen=True)
class MobileBoxSet(Event):
    round_id: int
    station_id: int
    box_number: str


@dataclass(frozen=True)
class MobileTripBegun(Event):
    """`staff_ids`: two of the staff and the scrutineer who went along."""

    round_id: int
    station_id: int
    seal: str
    staff_ids: tuple[int, ...]


@dataclass(frozen=True)
class MobileBoxBack(Event):
    """`read_by` read the seal first, a scrutineer after them; `is_accepted`: broken or another number, with a reason."""

    round_id: int
    station_id: int
    seal: str
    is_accepted: bool
    read_by: int


@dataclass(frozen=True)
class VisitBooked(Event):
    """As `SlipGiven`, by the hour and without the person."""

    round_id: int
    station_id: int


@dataclass(frozen=True)
class VisitMissed(Event):
    round_id: int
    station_id: int


@dataclass(frozen=True)
class SampleDrawn(Event):
    round_id: int
    seed: str
    sample_size: int
    typed_by: int


@dataclass(frozen=True)
class SampleChecked(Event):
    round_id: int
    sample_size: int
    differing_count: int


@dataclass(frozen=True)
class PaperGiven(Event):
    """As `SlipGiven`, a paper ballot."""

    round_id: int
    station_id: int


@dataclass(frozen=True)
class BlanksReceived(Event):
    round_id: int
    station_id: int
    blank_count: int


@dataclass(frozen=True)
class BoxOpened(Event):
    """Counted by two: whoever asked, and whoever confirmed."""

    round_id: int
    station_id: int
    found_count: int


@dataclass(frozen=True)
class SheetBatchesMade(Event):
    round_id: int
    batch_count: int


@dataclass(frozen=True)
class SheetBatchAccepted(Event):
    """How many sheets of a batch count, never what stands on them."""

    round_id: int
    number: int
    valid_count: int
    invalid_count: int
    had_differences: bool


@dataclass(frozen=True)
class SheetsScanned(Event):
    """How many pictures of a batch were read, and how much on them a person has to look at."""

    round_id: int
    number: int
    picture_count: int
    doubtful_count: int


@dataclass(frozen=True)
class ScanDiscarded(Event):
    round_id: int
    number: int


@dataclass(frozen=True)
class TallyEntered(Event):
    """The first or second reading of the tally sheets, or (turn 3) the scrutineer's; never what stands on them."""

    round_id: int
    turn: int


@dataclass(frozen=True)
class TallyCompared(Event):
    """The hand's tally beside the platform's count: on how many lines they differ, and why."""

    round_id: int
    difference_count: int
    reason: str
