"""How a name may be typed in Latin letters: its pinyin in every reading of its characters, and the initials of these.

The register keeps only keyed hashes of them, so that a desk finds 李明 by `liming` or `lm` without opening an entry.
"""

import unicodedata
from functools import cache
from itertools import islice, product
from math import prod

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from diancai.platform.core.keys import Keys, keys_of
from diancai.platform.polling.models import RegisterEntry
from diancai.platform.polling.reading_models import NameReading

MOST_READINGS = 48
"""Of one name. Longer names keep the commonest reading of their last characters."""


def typed_reading(text: str) -> str:
    """What stands in a search line, as readings are kept: `Lǐ Míng` → `liming`, `lü` → `lv`; empty when it is no pinyin."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    plain = plain.replace("ü", "v").translate(_TONES_OF_V).replace("'", "").replace("’", "").replace(" ", "")
    bare = "".join(one for one in unicodedata.normalize("NFD", plain) if not unicodedata.combining(one))
    return bare if bare.isascii() and bare.isalpha() else ""


_TONES_OF_V = str.maketrans(dict.fromkeys("ǖǘǚǜ", "v"))


def readings_of(name: str) -> frozenset[str]:
    """Every way to type a name: all readings of all its characters, run together, and their initials.

    A name in Latin letters has none: it is found as it is written.
    """
    syllables = [_syllables(character) for character in name]
    read = [found for found in syllables if found]
    if not read or len(read) < len([one for one in name if one.isalpha()]):
        return frozenset()
    ways = {"".join(way) for way in product(*_bounded(read))}
    initials = [tuple(dict.fromkeys(one[0] for one in found)) for found in read]
    ways |= {"".join(way) for way in product(*_bounded(initials))}
    return frozenset(ways)


def reading_key(keys: Keys, round_id: int, reading: str) -> bytes:
    """Keyed to the round, as the name itself is."""
    return keys.hmac(f"register-reading-{round_id}", reading)


def keep_readings(session: Session, round_id: int, names: list[tuple[int, str]]) -> None:
    """Keep how the names of these entries (number, name) may be typed. The entries are in the database already."""
    keys = keys_of(session)
    rows = sorted(
        (reading_key(keys, round_id, reading), entry_id) for entry_id, name in names for reading in readings_of(name)
    )
    if rows:
        kept = [{"reading_key": key, "entry_id": entry_id} for key, entry_id in rows]
        session.connection().execute(insert(NameReading), kept)


def replace_readings(session: Session, entry: RegisterEntry, name: str) -> None:
    """For an entry whose name was corrected."""
    session.execute(delete(NameReading).where(NameReading.entry_id == entry.id))
    keep_readings(session, entry.round_id, [(entry.id, name)])


def _bounded(choices: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The same choices, cut from the end to one each until there are at most `MOST_READINGS` ways."""
    kept = list(choices)
    for place in reversed(range(len(kept))):
        if prod(map(len, kept)) <= MOST_READINGS:
            break
        kept[place] = kept[place][:1]
    return kept


@cache
def _syllables(character: str) -> tuple[str, ...]:
    """Without tones, the commonest first. `ü` is typed v, u or yu, as passports and keyboards have it."""
    # Here, not above: its dictionaries take longer to load than the rest of the command line.
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    plain = [one for one in (found[0] if found else []) if one.isascii() and one.isalpha()]
    ways = [
        way for one in plain for way in ((one, one.replace("v", "u"), one.replace("v", "yu")) if "v" in one else (one,))
    ]
    return tuple(islice(dict.fromkeys(ways), MOST_READINGS))
