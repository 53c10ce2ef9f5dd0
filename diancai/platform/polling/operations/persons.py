"""A person as the register knows one: few fields, tidied the same way wherever they come from, sealed before they are kept."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from diancai.errors import InvalidInput
from diancai.platform.core.clock import LOCAL
from diancai.platform.core.keys import Keys
from diancai.platform.polling.models import RegisterEntry
from diancai.platform.rounds.models import Round

LONGEST_NAME = 60
LONGEST_HOUSEHOLD = 80
OLDEST = 125
"""Years; an older year of birth is a slip of the pen."""
FIELDS = ("name", "community_id", "household", "birth_year", "id_last_four", "phone")

_DOTS = str.maketrans(dict.fromkeys("•‧∙・･．.", "·"))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－", "-"))


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """What an entry says in clear. Without `repr`: it must not slip into a log."""

    name: str
    community_id: int
    household: str
    birth_year: int | None = None
    id_last_four: str | None = None
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """HMACs by which a person is found and told apart without opening any entry."""

    name: bytes
    identity: bytes


def tidy_name(text: str) -> str:
    """李　明 → 李明; names in Latin letters keep one space between words; all middle dots become one kind.

    Raises InvalidInput: register.name_missing, register.name_too_long (limit), register.id_number.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).translate(_DOTS).split())
    if not plain.isascii():
        plain = plain.replace(" ", "")
    if not plain:
        raise InvalidInput("register.name_missing", field="name")
    if len(plain) > LONGEST_NAME:
        raise InvalidInput("register.name_too_long", limit=LONGEST_NAME, field="name")
    return without_id_number(plain, "name")


def tidy_household(text: str) -> str:
    """３ 栋－201 → 3栋-201. Raises InvalidInput: register.household_missing, .household_too_long (limit), .id_number."""
    plain = "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split())
    if not plain:
        raise InvalidInput("register.household_missing", field="household")
    if len(plain) > LONGEST_HOUSEHOLD:
        raise InvalidInput("register.household_too_long", limit=LONGEST_HOUSEHOLD, field="household")
    return without_id_number(plain, "household")


def tidy_year(text: str) -> int | None:
    """1956 or 1956年. Raises InvalidInput: register.bad_year, register.id_number."""
    plain = without_id_number(unicodedata.normalize("NFKC", text).strip().removesuffix("年"), "birth_year")
    if not plain:
        return None
    if not re.fullmatch(r"[0-9]{4}", plain):
        raise InvalidInput("register.bad_year", field="birth_year")
    return int(plain)


def tidy_last_four(text: str) -> str | None:
    """The end of an identity document: four digits, or three and X. Raises InvalidInput: register.bad_last_four, .id_number."""
    plain = without_id_number(unicodedata.normalize("NFKC", text).strip().upper(), "id_last_four")
    if not plain:
        return None
    if not re.fullmatch(r"[0-9]{3}[0-9X]", plain):
        raise InvalidInput("register.bad_last_four", field="id_last_four")
    return plain


def tidy_phone(text: str) -> str:
    """Raises InvalidInput: register.bad_phone. 11 digits are a phone; 15 or 18 are not."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    if plain and not re.fullmatch(r"\+?[0-9][0-9 -]{4,18}", plain):
        raise InvalidInput("register.bad_phone", field="phone")
    return without_id_number(plain, "phone")


def tidy_person(
    round_: Round, *, name: str, community_id: int, household: str, birth_year: str, id_last_four: str, phone: str
) -> Person:
    """One person from typed texts, checked by the round's electorate rule.

    Raises InvalidInput: what the `tidy_` functions raise, and what `check_person` raises.
    """
    person = Person(
        name=tidy_name(name),
        community_id=community_id,
        household=tidy_household(household),
        birth_year=tidy_year(birth_year),
        id_last_four=tidy_last_four(id_last_four),
        phone=tidy_phone(phone),
    )
    check_person(round_, person)
    return person


def check_person(round_: Round, person: Person) -> None:
    """One mark to tell people apart, not two; and old enough in the year of opening (vote.md 1, Y-07).

    Who is too young is not registered at all: the register holds nobody that it does not need. With the last four
    digits alone the age stands outside the register and is the office's to check. Raises InvalidInput:
    register.no_mark, .two_marks, .bad_year, .too_young (min_age, latest_year).
    """
    if person.birth_year is None and person.id_last_four is None:
        raise InvalidInput("register.no_mark", field="birth_year")
    if person.birth_year is not None and person.id_last_four is not None:
        raise InvalidInput("register.two_marks", field="id_last_four")
    if person.birth_year is None:
        return
    year = round_.opens_at.astimezone(LOCAL).year
    if not year - OLDEST <= person.birth_year <= year:
        raise InvalidInput("register.bad_year", field="birth_year")
    if year - person.birth_year < round_.min_age:
        latest = year - round_.min_age
        raise InvalidInput("register.too_young", min_age=round_.min_age, latest_year=str(latest), field="birth_year")


def name_key(keys: Keys, round_id: int, name: str) -> bytes:
    """Keyed to the round, so that the registers of two rounds cannot be joined by it."""
    return keys.hmac(f"register-name-{round_id}", name.replace(" ", "").casefold())


def person_keys(keys: Keys, round_id: int, person: Person) -> PersonKeys:
    parts = (
        person.name.replace(" ", "").casefold(),
        str(person.community_id),
        person.household.casefold(),
        str(person.birth_year or ""),
        person.id_last_four or "",
    )
    identity = keys.hmac(f"register-identity-{round_id}", "\0".join(parts))
    return PersonKeys(name_key(keys, round_id, person.name), identity)


def entry_columns(keys: Keys, round_id: int, person: Person) -> dict[str, Any]:
    """The columns of a register entry that hold the person: sealed, keyed, or too coarse to need it."""
    found = person_keys(keys, round_id, person)
    return {
        "community_id": person.community_id,
        "household": person.household,
        "name": keys.seal_text(person.name),
        "name_key": found.name,
        "identity_key": found.identity,
        "birth_year": person.birth_year,
        "id_last_four": person.id_last_four,
        "phone": keys.seal_text(person.phone) if person.phone else None,
    }


def person_of(keys: Keys, entry: RegisterEntry) -> Person:
    """Open one entry. Raises ValueError when the personal key is not the one it was sealed with."""
    return Person(
        name=keys.open_text(entry.name),
        community_id=entry.community_id,
        household=entry.household,
        birth_year=entry.birth_year,
        id_last_four=entry.id_last_four,
        phone=keys.open_text(entry.phone) if entry.phone else "",
    )


def changed_fields(old: Person, new: Person) -> tuple[str, ...]:
    return tuple(name for name in FIELDS if getattr(old, name) != getattr(new, name))


def without_id_number(text: str, field: str) -> str:
    """An 18-digit (or old 15-digit) identity number has no place in the register, in no column."""
    bare = re.sub(r"[\s-]", "", text)
    if re.search(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|[0-9]{15})(?![0-9])", bare):
        raise InvalidInput("register.id_number", field=field)
    return text
