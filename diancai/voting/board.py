"""The board (公告板): Merkle roots over sealed ballot keys (RFC 6962), trackers, and the hash of all ballots."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from diancai.errors import InvalidInput
from diancai.voting.codes import LETTERS_ALPHABET, bare_text, in_fours

KEY_BYTES = 16
_TRACKER_LENGTH = 12
_TRACKER_COUNT = len(LETTERS_ALPHABET) ** _TRACKER_LENGTH


def idem_of(r: bytes) -> bytes:
    """What a used code keeps of the review page's random `r`: 32 bytes, so that a retry is known again."""
    return hashlib.sha256(b"idem|" + r).digest()


def tracker_key_of(r: bytes) -> bytes:
    """The ballot's key `t` in the box, 16 bytes. Nothing but `r` joins it to `idem_of(r)`."""
    return hashlib.sha256(b"track|" + r).digest()[:KEY_BYTES]


def tracker_text(t: bytes) -> str:
    """The printed tracker (查询码) of a key: XXXX-XXXX-XXXX, in the letters of ballot codes.

    It is the beginning of `t`, written in base 31: trackers sort as keys do, and `tracker_range` finds the key.
    """
    value = int.from_bytes(t) * _TRACKER_COUNT >> 8 * KEY_BYTES
    characters = []
    for _ in range(_TRACKER_LENGTH):
        value, digit = divmod(value, len(LETTERS_ALPHABET))
        characters.append(LETTERS_ALPHABET[digit])
    return in_fours("".join(reversed(characters)))


def tracker_range(text: str) -> tuple[bytes, bytes]:
    """First and last key (both included) that are printed as this tracker. Raises InvalidInput tracker.malformed."""
    value = 0
    for character in bare_text(normalise_tracker(text)):
        value = value * len(LETTERS_ALPHABET) + LETTERS_ALPHABET.index(character)
    first, after = (-(-(number << 8 * KEY_BYTES) // _TRACKER_COUNT) for number in (value, value + 1))
    return first.to_bytes(KEY_BYTES), (after - 1).to_bytes(KEY_BYTES)


def normalise_tracker(text: str) -> str:
    """A typed tracker as it was printed. Raises InvalidInput tracker.malformed."""
    bare = bare_text(text)
    if len(bare) != _TRACKER_LENGTH or not set(bare) <= set(LETTERS_ALPHABET):
        raise InvalidInput("tracker.malformed")
    return in_fours(bare)


def hash_b(texts: Iterable[str]) -> bytes:
    """hashB: SHA-256 of the canonical texts, sorted bytewise, each followed by a line feed."""
    digest = hashlib.sha256()
    for content, count in sorted((text.encode(), count) for text, count in Counter(texts).items()):
        digest.update((content + b"\n") * count)
    return digest.digest()


def board_root(keys: Iterable[bytes]) -> bytes:
    """rootA: Merkle root over the sorted 16-byte keys. Raises ValueError for another length or a repeated key."""
    leaves = sorted(keys)
    if any(len(leaf) != KEY_BYTES for leaf in leaves):
        raise ValueError(f"a key of the board has {KEY_BYTES} bytes")
    if len(set(leaves)) != len(leaves):
        raise ValueError("a key stands on the board once")
    return merkle_root(leaves)


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Merkle tree hash of the leaves in the order given (RFC 6962, 2.1). No leaves: SHA-256 of nothing."""
    if not leaves:
        return hashlib.sha256().digest()
    return _subtree_root([_leaf_hash(leaf) for leaf in leaves])


def audit_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The hashes that lead from leaf `index` to the root, lowest first (RFC 6962, 2.1.1). Raises IndexError."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    hashes = [_leaf_hash(leaf) for leaf in leaves]
    path: list[bytes] = []
    while len(hashes) > 1:
        split = _split_of(len(hashes))
        if index < split:
            path.append(_subtree_root(hashes[split:]))
            hashes = hashes[:split]
        else:
            path.append(_subtree_root(hashes[:split]))
            hashes, index = hashes[split:], index - split
    return tuple(reversed(path))


def leads_to_root(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `leaf` is number `index` of `size` leaves under `root`, by its audit path (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, position, last = _leaf_hash(leaf), index, size - 1
    for sibling in path:
        if not last:
            return False
        if position % 2 or position == last:
            node = _node_hash(sibling, node)
            while position % 2 == 0 and position:
                position, last = position >> 1, last >> 1
        else:
            node = _node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and node == root


def _leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split_of(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _subtree_root(hashes: list[bytes]) -> bytes:
    """Level by level: splitting at the largest power of two leaves pairs, and an odd last one to the level above."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=False)
        hashes = [_node_hash(left, right) for left, right in pairs] + hashes[len(hashes) & ~1 :]
    return hashes[0]
