"""Thresholds (过半数, 三分之二以上): a share of a base, reached or exceeded; for conditions such as minimum turnout."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class ThresholdBase(StrEnum):
    """Of whom the share is taken: everyone on the register, those handed the means to vote, those who cast."""

    ELIGIBLE = "eligible"
    GIVEN = "given"
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
