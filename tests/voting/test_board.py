"""Trees by the vectors of RFC 6962's reference logs, paths by every size, keys by their definition."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diancai.errors import InvalidInput
from diancai.voting import (
    audit_path,
    board_root,
    hash_b,
    idem_of,
    leads_to_root,
    merkle_root,
    normalise_tracker,
    tracker_key_of,
    tracker_range,
    tracker_text,
)

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(9))
def test_roots_equal_the_published_vectors(size: int) -> None:
    assert merkle_root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7, 8, 13, 31, 64, 100])
def test_every_leaf_leads_to_the_root_and_no_other_does(size: int) -> None:
    leaves = [bytes([number]) * 16 for number in range(size)]
    root = merkle_root(leaves)
    for index, leaf in enumerate(leaves):
        path = audit_path(leaves, index)
        assert leads_to_root(leaf, index, size, path, root)
        assert not leads_to_root(b"\xff" * 16, index, size, path, root)
        assert not leads_to_root(leaf, (index + 1) % (size + 1), size, path, root)
        assert not leads_to_root(leaf, index, size, (*path, root), root)
        assert not path or not leads_to_root(leaf, index, size, path[:-1], root)


def test_the_board_is_sorted_and_takes_whole_keys_once() -> None:
    keys = [bytes([number]) * 16 for number in (3, 1, 2)]
    assert board_root(keys) == merkle_root(sorted(keys))
    with pytest.raises(ValueError, match="16 bytes"):
        board_root([b"short"])
    with pytest.raises(ValueError, match="once"):
        board_root([keys[0], keys[0]])


def test_both_hashes_of_the_review_page_are_as_specified() -> None:
    r = bytes(range(16))
    assert idem_of(r) == hashlib.sha256(b"idem|" + r).digest()
    assert tracker_key_of(r) == hashlib.sha256(b"track|" + r).digest()[:16]


def test_the_hash_of_all_ballots_ignores_their_order() -> None:
    assert hash_b(["2", "1,3", "10"]) == hashlib.sha256(b"1,3\n10\n2\n").digest()
    assert hash_b(["2", "1,3", "2"]) == hashlib.sha256(b"1,3\n2\n2\n").digest()
    assert hash_b(["1", "1\t"]) == hashlib.sha256(b"1\n1\t\n").digest()
    assert hash_b(["é", "z"]) == hashlib.sha256("z\né\n".encode()).digest()


@given(st.binary(min_size=16, max_size=16))
def test_a_tracker_reads_back_however_it_is_typed(t: bytes) -> None:
    text = tracker_text(t)
    assert len(text) == 14
    assert normalise_tracker(text) == text
    assert normalise_tracker(f" {text.lower().replace('-', '　')} ") == text


@pytest.mark.parametrize("typed", ["", "ABCD-EFGH", "ABCD-EFGH-JKL0", "ABCD-EFGH-JKLM-N"])
def test_a_malformed_tracker_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        normalise_tracker(typed)


@given(st.binary(min_size=16, max_size=16))
def test_a_tracker_finds_its_key_without_reading_the_others(t: bytes) -> None:
    first, last = tracker_range(tracker_text(t))
    assert first <= t <= last
    assert tracker_text(first) == tracker_text(last) == tracker_text(t)
