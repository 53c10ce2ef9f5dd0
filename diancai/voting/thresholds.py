"""Yes or no (表决), and thresholds (过半数, 三分之二以上): a share of a base, reached or exceeded."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from diancai.errors import InvalidInput
from diancai.voting.ties import TieOrder


class ThresholdBase(StrEnum):
    """Of whom the share is taken: 应到, everyone entitled; 实到, those present; those who cast a ballot."""

    ENTITLED = "entitled"
    PRESENT = "present"
    CAST = "cast"


@dataclass(frozen=True, slots=True)
class Threshold:
    """`is_strict`: more than the fraction (过半数), not at least it (三分之二以上)."""

    fraction: Fraction
    is_strict: bool
    base: ThresholdBase


def is_met(threshold: Threshold, count: int, bases: Mapping[ThresholdBase, int]) -> bool:
    """Whether `count` persons are enough. An empty base meets nothing."""
    base_count = bases[threshold.base]
    needed = threshold.fraction * base_count
    return base_count > 0 and (count > needed if threshold.is_strict else count >= needed)


@dataclass(frozen=True, slots=True)
class Poll:
    """One question: 赞成, 反对, 弃权, of so many entitled and present.

    Raises InvalidInput poll.negative; poll.more_than_present (cast_count, present_count);
    poll.more_than_entitled (present_count, entitled_count).
    """

    approve: int
    reject: int
    abstain: int
    present_count: int
    entitled_count: int

    def __post_init__(self) -> None:
        if min(self.approve, self.reject, self.abstain) < 0:
            raise InvalidInput("poll.negative")
        if self.cast_count > self.present_count:
            raise InvalidInput("poll.more_than_present", cast_count=self.cast_count, present_count=self.present_count)
        if self.present_count > self.entitled_count:
            counts = {"present_count": self.present_count, "entitled_count": self.entitled_count}
            raise InvalidInput("poll.more_than_entitled", **counts)

    @property
    def cast_count(self) -> int:
        """Ballots: those who abstain have cast one too."""
        return self.approve + self.reject + self.abstain

    def is_passed(self, threshold: Threshold) -> bool:
        """Whether enough approve. 弃权 counts in the base of cast ballots, so equal sides never make a majority."""
        bases = {
            ThresholdBase.ENTITLED: self.entitled_count,
            ThresholdBase.PRESENT: self.present_count,
            ThresholdBase.CAST: self.cast_count,
        }
        return is_met(threshold, self.approve, bases)


def passed(polls: Mapping[str, Poll], threshold: Threshold, ties: TieOrder) -> list[str]:
    """The items that enough approve, the most approvals first; equal ones in the order of ties (none has a cost)."""
    ranks = ties.ranks(dict.fromkeys(polls, 0))
    numbers = (number for number, poll in polls.items() if poll.is_passed(threshold))
    return sorted(numbers, key=lambda number: (-polls[number].approve, ranks[number]))
