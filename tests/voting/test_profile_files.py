"""A profile is kept in a file and read back as it was, or the file is refused."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diancai.errors import InvalidInput
from diancai.voting import MarkKind, Profile, load_profile, profile_from_arrays, profile_from_pabulib, read_pabulib
from diancai.voting import save_profile as save
from tests.elections import real_files

A_PROFILE = profile_from_arrays(
    MarkKind.POINTS,
    ("1", "路/7"),
    lengths=[2, 0, 1],
    marks=[1, 0, 1],
    points=[-3, 10, 1],
    point_scale=4,
    counts=[5, 1, 2],
)


@pytest.mark.parametrize("kind", list(MarkKind))
def test_a_profile_is_read_back_as_it_was(kind: MarkKind, tmp_path: Path) -> None:
    points = [3, 2, 9] if kind is MarkKind.POINTS else None
    profile = profile_from_arrays(kind, ("a", "b"), lengths=[2, 1], marks=[1, 0, 1], points=points, place_count=2)
    save(profile, tmp_path / "kept")
    kept = load_profile(tmp_path / "kept")
    assert kept == profile
    assert (kept.point_scale, kept.place_count) == (profile.point_scale, profile.place_count)


def test_profiles_of_real_files_are_read_back(tmp_path: Path) -> None:
    for path in real_files()[:16]:
        profile = profile_from_pabulib(read_pabulib(path))
        save(profile, tmp_path / "kept.npz")
        assert load_profile(tmp_path / "kept.npz") == profile, path.name


@pytest.mark.parametrize(
    ("profile", "code"),
    [
        (profile_from_arrays(MarkKind.POINTS, ("1",), lengths=[1], marks=[0], points=[2**70]), "profile.too_large"),
        (
            profile_from_arrays(MarkKind.RANKING, ("1",), lengths=[1], marks=[0], place_count=10**30),
            "profile.too_large",
        ),
        (profile_from_arrays(MarkKind.APPROVAL, ("1\0",), lengths=[1], marks=[0]), "profile.item_number"),
    ],
)
def test_what_the_format_cannot_hold_is_refused(profile: Profile, code: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=code):
        save(profile, tmp_path / "kept.npz")
    assert not list(tmp_path.iterdir())


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    save(A_PROFILE, tmp_path / "kept.npz")
    content = (tmp_path / "kept.npz").read_bytes()
    place = data.draw(st.integers(0, len(content) - 8))
    (tmp_path / "kept.npz").write_bytes(content[:place] + data.draw(st.binary(max_size=4)))
    with pytest.raises(InvalidInput, match="profile.not_a_profile"):
        load_profile(tmp_path / "kept.npz")


def test_another_file_of_numpy_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.arange(3))
    np.savez(tmp_path / "other.npz", starts=np.arange(3))
    for name in ("one.npy", "other.npz"):
        with pytest.raises(InvalidInput, match="profile.not_a_profile"):
            load_profile(tmp_path / name)
