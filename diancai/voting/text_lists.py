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
# Longer parts are compared as Python's own texts: one of them must not make many words of all the others.
_MOST_WORDS = 8
# So many zero bytes stand behind a text that words may be read beyond its end.
PADDING = bytes(_WORD_BYTES * _MOST_WORDS)
# So many at once stay in the processor's cache, and their arrays are used again: memory new to a process costs more.
_BLOCK = 1 << 16
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
    found = [np.array([-1])]
    for start in range(0, len(content), _BLOCK):
        block = content[start : start + _BLOCK]
        is_delimiter = block == kinds[0]
        for kind in kinds[1:]:
            is_delimiter |= block == kind
        found.append(np.flatnonzero(is_delimiter) + start)
    return np.concatenate(found)


def lists_between(content: bytes, delimiters: Places, opens: Places, closes: Places) -> TextLists:
    """The lists in fields of a padded UTF-8 content without NUL.

    `delimiters`: of parts and of fields, ascending. `opens`, `closes` (B): places in `delimiters` of those before and
    behind each field; every delimiter between them is a comma.
    """
    is_empty = delimiters[opens] + 1 >= delimiters[closes]
    lengths = np.where(is_empty, 0, closes - opens)
    first = np.cumsum(lengths) - lengths
    behind = np.arange(int(lengths.sum())) + np.repeat(opens + 1 - first, lengths)
    numbers: dict[str, int] = {}
    codes = np.empty(len(behind), np.intp)
    for start in range(0, len(behind), _BLOCK):
        block = behind[start : start + _BLOCK]
        found, parts = _coded(content, delimiters[block - 1] + 1, delimiters[block])
        codes[start : start + _BLOCK] = _in_turn(parts, numbers)[found]
    return TextLists(lengths, codes, tuple(numbers))


def _coded(content: bytes, starts: Places, ends: Places) -> tuple[Places, list[str]]:
    """The distinct texts content[start:end], and which of them stands at each place."""
    words = -(-int((ends - starts).max()) // _WORD_BYTES)
    if words > _MOST_WORDS:
        named, codes = np.arange(len(starts)), np.arange(len(starts))
    else:
        values = [_words_at(content, starts, ends, number) for number in range(max(words, 1))]
        named, codes = numbered(first_alike(values))
    places = zip(starts[named].tolist(), ends[named].tolist(), strict=True)
    return codes, [content[start:end].decode(errors="surrogatepass") for start, end in places]


def _words_at(content: bytes, starts: Places, ends: Places, number: int) -> Words:
    """Eight bytes of each text from byte 8 × number, zero beyond its end. Without NUL in it that tells texts apart."""
    at_every_byte: Words = np.ndarray((len(content) - _WORD_BYTES + 1,), "<u8", content, 0, (1,))
    offset = _WORD_BYTES * number
    words: Words = at_every_byte[starts + offset] & _MASKS[np.clip(ends - starts - offset, 0, _WORD_BYTES)]
    return words


def _lists_one_by_one(texts: Sequence[str]) -> TextLists:
    lists = [text.split(LIST_SEPARATOR) if text else [] for text in texts]
    numbers: dict[str, int] = {}
    codes = _in_turn([part for parts in lists for part in parts], numbers)
    return TextLists(np.array([len(parts) for parts in lists], np.intp), codes, tuple(numbers))


def _in_turn(parts: Sequence[str], numbers: dict[str, int]) -> Places:
    """The number of each part, new ones numbered as they come."""
    return np.array([numbers.setdefault(part, len(numbers)) for part in parts], np.intp)
