"""What the log keeps of register, desks and codes: never a name, a phone or a code."""

from dataclasses import dataclass

from diancai.platform.core.audit import Event
from diancai.platform.polling.case_models import CaseKind, CaseOutcome
from diancai.platform.polling.hall_models import SittingStep
from diancai.platform.polling.models import BatchKind, GivenKind
from diancai.platform.polling.pick_up_models import PickUpKind


@dataclass(frozen=True)
class RegisterImported(Event):
    round_id: int
    entry_count: int
    warning_count: int


@dataclass(frozen=True)
class EntryCorrected(Event):
    """Which fields changed, not what stood in them."""

    round_id: int
    entry_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class EntryMarkedIneligible(Event):
    round_id: int
    entry_id: int


@dataclass(frozen=True)
class EntryMarkedEligible(Event):
    round_id: int
    entry_id: int


@dataclass(frozen=True)
class LateEntryConfirmed(Event):
    round_id: int
    entry_id: int
    requested_by: int


@dataclass(frozen=True)
class LateEntryDropped(Event):
    round_id: int
    entry_id: int


@dataclass(frozen=True)
class RegisterPurged(Event):
    """The counts outlive the persons."""

    round_id: int
    register_count: int
    late_count: int
    given_count: int


@dataclass(frozen=True)
class SlipGiven(Event):
    """Who on the staff handed out how much, by the hour; to whom stands in the register alone."""

    round_id: int
    station_id: int


@dataclass(frozen=True)
class SlipTakenBack(Event):
    round_id: int
    entry_id: int
    requested_by: int


@dataclass(frozen=True)
class DeliveredCodeReplaced(Event):
    round_id: int
    entry_id: int
    station_id: int
    requested_by: int


@dataclass(frozen=True)
class StationCreated(Event):
    round_id: int
    station_id: int
    name: str


@dataclass(frozen=True)
class StationEdited(Event):
    round_id: int
    station_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class IssuingEnded(Event):
    """The station's balance as signed: printed = unused + spoiled + issued + difference."""

    round_id: int
    station_id: int
    printed_count: int
    unused_count: int
    spoiled_count: int
    issued_count: int
    difference: int
    signed_by: tuple[int, ...]
    paper_difference: int = 0


@dataclass(frozen=True)
class LeftoversConfirmed(Event):
    round_id: int
    station_id: int
    requested_by: int


@dataclass(frozen=True)
class StationDayOpened(Event):
    """开箱 by two; `had_difference`: the seal was not that of the evening before."""

    round_id: int
    station_id: int
    seal: str
    had_difference: bool
    requested_by: int


@dataclass(frozen=True)
class StationDaySealed(Event):
    """封箱 by two."""

    round_id: int
    station_id: int
    seal: str
    requested_by: int


@dataclass(frozen=True)
class CaseOpened(Event):
    round_id: int
    number: int
    kind: CaseKind


@dataclass(frozen=True)
class CaseDecided(Event):
    round_id: int
    number: int
    outcome: CaseOutcome


@dataclass(frozen=True)
class BatchRequested(Event):
    round_id: int
    batch_id: int
    station_id: int
    kind: BatchKind
    slip_count: int


@dataclass(frozen=True)
class BatchApproved(Event):
    round_id: int
    batch_id: int


@dataclass(frozen=True)
class BatchDeclined(Event):
    round_id: int
    batch_id: int


@dataclass(frozen=True)
class BatchPrinted(Event):
    """The print run is signed by two: the one who prints and the one who approved."""

    round_id: int
    batch_id: int
    slip_count: int
    approved_by: int | None


@dataclass(frozen=True)
class BatchVoided(Event):
    """Without the number of codes that died: the rest would be the number of those that were cast."""

    round_id: int
    batch_id: int
    requested_by: int


@dataclass(frozen=True)
class PickedUp(Event):
    """As `SlipGiven`, collected for another."""

    round_id: int
    station_id: int
    kind: PickUpKind
    given: GivenKind


@dataclass(frozen=True)
class SittingPlanned(Event):
    sitting_id: int
    title: str
    round_ids: tuple[int, ...]


@dataclass(frozen=True)
class SittingEdited(Event):
    sitting_id: int
    title: str
    round_ids: tuple[int, ...]


@dataclass(frozen=True)
class SittingStepDone(Event):
    """`ballot_counts` in the order of the rounds: issued or returned at this step; `given_counts` what the hall's desks
    had handed out by then, None for a round without a desk there."""

    sitting_id: int
    step: SittingStep
    present_count: int | None
    ballot_counts: tuple[int, ...]
    given_counts: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class StationRecovered(Event):
    """What a desk's journal changed after a restore."""

    round_id: int
    station_id: int
    marked_count: int
    cleared_count: int
    voided_count: int
    unknown_count: int


@dataclass(frozen=True)
class RoundRecovered(Event):
    """Votes are taken again after a restore; `gap`: ballots that were published and are not held."""

    round_id: int
    gap: int
    published_count: int
    requested_by: int
