"""Lists within many texts at once ("12,7" is 12 and 7), as numbers into the distinct texts that stand in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from diancai.voting.distinct import Places, Words, first_alike, numbered

Bytes = npt.NDArray[np.uint8]

LIST_SEPARATOR = ","

_LINE_END, _COMMA = b"\n,"
_WORD_BYTES = 8
# Longer parts are compared as Python's own bytes: one of them must not make eight-byte words of all the others.
_MOST_WORDS = 8
# So many zero bytes stand behind a text that words may be read beyond its end.
PADDING = bytes(_WORD_BYTES * _MOST_WORDS)
_MASKS = np.array([(1 << (8 * length)) - 1 for length in range(_WORD_BYTES + 1)], np.uint64)


@dataclass(frozen=True, slots=True)
class TextLists:
    """Lists of texts: of B lists `lengths` (B), of their M parts one after the other `codes` (M), places in `parts`.

    `parts`: the distinct parts, as written. An empty text is an empty list.
    """

    lengths: Places
    codes: Places
    parts: tuple[str, ...]


def lists_in_texts(texts: Sequence[str]) -> TextLists:
    """The lists in texts of any kind."""
    joined = "\n".join(texts)
    if not texts or "\0" in joined or joined.count("\n") >= len(texts):
        return _lists_one_by_one(texts)
    content = f"{joined}\n".encode(errors="surrogatepass") + PADDING
    held = np.frombuffer(content, np.uint8)
    delimiters = delimiters_in(held, (_LINE_END, _COMMA))
    closes = np.flatnonzero(held[delimiters[1:]] == _LINE_END) + 1
    opens = np.concatenate(([0], closes[:-1]))
    return lists_between(content, delimiters, opens, closes)


def stripped(lists: TextLists) -> TextLists:
    """The same lists without the space around their parts; a list of nothing but space is empty. Parts may repeat."""
    parts = tuple(part.strip() for part in lists.parts)
    if all(parts):
        return replace(lists, parts=parts)
    is_blank = ~np.array([bool(part) for part in parts])
    rows = np.repeat(np.arange(len(lists.lengths)), lists.lengths)
    is_dropped = is_blank[lists.codes] & (lists.lengths[rows] == 1)
    lengths = lists.lengths - np.bincount(rows[is_dropped], minlength=len(lists.lengths))
    used, codes = np.unique(lists.codes[~is_dropped], return_inverse=True)
    return TextLists(lengths, codes, tuple(parts[place] for place in used.tolist()))


def delimiters_in(content: Bytes, kinds: Sequence[int]) -> Places:
    """Where any of these bytes stand, ascending, behind a -1 for the beginning of the content."""
    is_delimiter = content == kinds[0]
    for kind in kinds[1:]:
        is_delimiter |= content == kind
    return np.concatenate(([-1], np.flatnonzero(is_delimiter)))


def lists_between(content: bytes, delimiters: Places, opens: Places, closes: Places) -> TextLists:
    """The lists in fields of a padded UTF-8 content without NUL.

    `delimiters`: of parts and of fields, ascending. `opens`, `closes` (B): places in `delimiters` of those before and
    behind each field; every delimiter between them is a comma.
    """
    is_empty = delimiters[opens] + 1 >= delimiters[closes]
    lengths = np.where(is_empty, 0, closes - opens)
    first = np.cumsum(lengths) - lengths
    behind = np.arange(int(lengths.sum())) + np.repeat(opens + 1 - first, lengths)
    codes, parts = _coded(content, delimiters[behind - 1] + 1, delimiters[behind])
    return TextLists(lengths, codes, parts)


def _coded(content: bytes, starts: Places, ends: Places) -> tuple[Places, tuple[str, ...]]:
    """The distinct texts content[start:end], and which of them stands at each place."""
    words = -(-int((ends - starts).max(initial=1)) // _WORD_BYTES)
    if words > _MOST_WORDS:
        parts = [content[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        return _numbered_in_turn([part.decode(errors="surrogatepass") for part in parts])
    named, codes = numbered(first_alike([_words_at(content, starts, ends, number) for number in range(max(words, 1))]))
    places = zip(starts[named].tolist(), ends[named].tolist(), strict=True)
    return codes, tuple(content[start:end].decode(errors="surrogatepass") for start, end in places)


def _words_at(content: bytes, starts: Places, ends: Places, number: int) -> Words:
    """Eight bytes of each text from byte 8 × number, zero beyond its end. Without NUL in it that tells texts apart."""
    at_every_byte: Words = np.ndarray((len(content) - _WORD_BYTES + 1,), "<u8", content, 0, (1,))
    offset = _WORD_BYTES * number
    words: Words = at_every_byte[starts + offset] & _MASKS[np.clip(ends - starts - offset, 0, _WORD_BYTES)]
    return words


def _lists_one_by_one(texts: Sequence[str]) -> TextLists:
    lists = [text.split(LIST_SEPARATOR) if text else [] for text in texts]
    codes, parts = _numbered_in_turn([part for parts in lists for part in parts])
    return TextLists(np.array([len(parts) for parts in lists], np.intp), codes, parts)


def _numbered_in_turn(texts: Sequence[str]) -> tuple[Places, tuple[str, ...]]:
    numbers: dict[str, int] = {}
    codes = np.array([numbers.setdefault(text, len(numbers)) for text in texts], np.intp)
    return codes, tuple(numbers)
