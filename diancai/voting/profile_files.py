"""Profiles kept as `.npz` files."""

import zlib
from os import PathLike
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from diancai.errors import InvalidInput
from diancai.voting.profile import MOST_IN_64_BITS, MarkKind, Profile, profile_from_arrays

# What numpy and zipfile raise for files of another kind, and for damaged ones.
_DAMAGED = (ValueError, KeyError, TypeError, EOFError, OverflowError, NotImplementedError, BadZipFile, zlib.error)


def save_profile(profile: Profile, path: str | PathLike[str]) -> None:
    """Keep a profile as `.npz`.

    Raises OSError, and InvalidInput: profile.too_large for points or a scale beyond 64 bits, profile.item_number
    (number) for one that ends in NUL, which the format drops.
    """
    has_large_points = profile.points is not None and profile.points.dtype == object
    if has_large_points or max(profile.point_scale, profile.place_count) >= MOST_IN_64_BITS:
        raise InvalidInput("profile.too_large")
    for number in profile.item_numbers:
        if number.endswith("\0"):
            raise InvalidInput("profile.item_number", number=number)
    kept = {
        "mark_kind": np.array(profile.mark_kind.value),
        "item_numbers": np.array(profile.item_numbers, dtype=np.str_),
        "starts": profile.starts,
        "marks": profile.marks,
        "counts": profile.counts,
        "scales": np.array([profile.point_scale, profile.place_count]),
    }
    if profile.points is not None:
        kept["points"] = profile.points
    # An open file: for a path numpy would add an ending of its own.
    with Path(path).open("wb") as file:
        np.savez(file, allow_pickle=False, **kept)


def load_profile(path: str | PathLike[str]) -> Profile:
    """Read what `save_profile` wrote. Raises OSError, and InvalidInput profile.not_a_profile."""
    try:
        return _loaded(path)
    except _DAMAGED as error:
        raise InvalidInput("profile.not_a_profile") from error


def _loaded(path: str | PathLike[str]) -> Profile:
    # An open file of ours: numpy leaves a damaged one open.
    with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as kept:
        scale, place_count = kept["scales"].tolist()
        return profile_from_arrays(
            MarkKind(str(kept["mark_kind"])),
            tuple(kept["item_numbers"].tolist()),
            lengths=np.diff(kept["starts"]),
            marks=kept["marks"],
            counts=kept["counts"],
            points=kept.get("points"),
            point_scale=scale,
            place_count=place_count,
        )
