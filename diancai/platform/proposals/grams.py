"""Words of Chinese are mostly two characters and nothing stands between them: texts are compared by pairs of characters."""

import re
import unicodedata
from itertools import pairwise

_PIECE = re.compile(r"[^\W_]+")


def grams_of(text: str) -> frozenset[str]:
    """Pairs of neighbours within each run of letters and figures, in lower case and half width.

    >>> sorted(grams_of("加装电梯。"))
    ['加装', '电梯', '装电']
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    return frozenset(a + b for piece in _PIECE.findall(plain) for a, b in pairwise(piece))
