"""Names and numbers as they are shown, and telephone numbers as they are compared."""

import json
import re
import unicodedata
from dataclasses import dataclass

from diancai.errors import InvalidInput
from diancai.platform.core.keys import Keys
from diancai.platform.proposals.models import Proposal

_PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,11}")


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    name: str
    phone: str


def number_text(proposal: Proposal) -> str:
    """2026-017: within a street and a year."""
    return f"{proposal.year}-{proposal.number:03d}"


def plain_phone(text: str) -> str:
    """A mobile or a fixed number as its digits, without +86. Raises InvalidInput phone.malformed."""
    digits = re.sub(r"[\s\-()（）]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(\+|00)86", "", digits)
    if not _PHONE.fullmatch(digits):
        raise InvalidInput("phone.malformed", field="phone")
    return digits


def sealed_person(keys: Keys, name: str, phone: str) -> bytes:
    """A phone is optional for an author, and has to be one. Raises InvalidInput phone.malformed."""
    return keys.seal_text(json.dumps([name, plain_phone(phone) if phone else ""], ensure_ascii=False))


def person_of(keys: Keys, sealed: bytes) -> Person:
    return Person(*json.loads(keys.open_text(sealed)))
