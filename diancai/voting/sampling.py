"""Looking at a sample of sheets: how many, and which, so that anybody draws the same ones from the same seed."""

import hashlib
from collections.abc import Iterable, Sequence

CONFIDENCE = (95, 100)
"""A share of errors at the bound or above escapes a faultless sample in at most 5 of 100 draws."""


def sample_size(sheet_count: int, bound_permille: int) -> int:
    """The least n for which a sample of n without any misread sheet rules out, with 95 in 100, that as many as the bound of
    all N sheets are misread.

    With b = ⌈bound · N⌉ misread among N, n sheets drawn without putting back meet none of them with the probability
    C(N−b, n) / C(N, n); n is the least number that makes it ≤ 5 %. Counted in whole numbers. Source: J. Aslam, R. Popa,
    R. Rivest, "On estimating the size and confidence of a statistical audit", EVT 2007, section 3.
    """
    misread = max(1, -(-sheet_count * bound_permille // 1000))
    sure, whole = CONFIDENCE
    none_met, all_draws, size = 1, 1, 0
    while size < sheet_count and none_met * whole > all_draws * (whole - sure):
        none_met *= max(0, sheet_count - misread - size)
        all_draws *= sheet_count - size
        size += 1
    return size


def drawn(seed: str, names: Iterable[str], count: int) -> Sequence[str]:
    """The `count` names that the seed draws: ascending by SHA-256 of the seed's hash in hex, a line feed and the name."""
    lot = hashlib.sha256(seed.encode()).hexdigest()
    return sorted(names, key=lambda name: hashlib.sha256(f"{lot}\n{name}".encode()).digest())[:count]
