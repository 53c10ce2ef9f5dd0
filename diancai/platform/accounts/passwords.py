"""Passwords of people in office: how they are kept, and which ones nobody may choose."""

import re
import secrets
import unicodedata
from itertools import pairwise
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from diancai.errors import InvalidInput

LEAST_CHARACTERS = 12
MOST_CHARACTERS = 200
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""The OWASP profile: 19 MiB, two passes, about 40 ms."""
AT_ONCE = BoundedSemaphore(2)
"""So many hashes at a time in one process, so that a crowd at the sign-in page does not stop the vote."""
COMMON_WORDS = """
admin administrator root guest test demo user login letmein welcome secret master dragon monkey sunshine iloveyou
password passwd passw0rd p@ssword p@ssw0rd changeme default qwerty qwertyuiop asdfghjkl zxcvbnm qazwsx qazwsxedc
abc abcabc abcdef aaa woaini woaizhongguo zhongguo china beijing shanghai shenzhen jiedao jiedaoban shequ zhengfu
minsheng diancai toupiao mima denglu guanliyuan gongzuorenyuan renmin weixin huawei 密码 点菜 街道 管理员
"""
COMMON = frozenset(COMMON_WORDS.split())
"""Words that are no password by themselves, repeated, in a row, or with figures and signs around them."""
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def hash_password(password: str) -> str:
    """Raises nothing for a weak password: ask `require_strong` first."""
    with AT_ONCE:
        return HASHER.hash(_plain(password))


def is_right(password_hash: str, password: str) -> bool:
    """Takes its 40 ms whatever the answer."""
    with AT_ONCE:
        try:
            return HASHER.verify(password_hash, _plain(password[:MOST_CHARACTERS]))
        except (VerificationError, InvalidHashError):
            return False


def require_strong(password: str, *own_words: str) -> None:
    """Raises InvalidInput password.too_short (limit), .too_long (limit), .too_common, .own_name."""
    plain = _plain(password)
    if len(plain) < LEAST_CHARACTERS:
        raise InvalidInput("password.too_short", field="password", limit=LEAST_CHARACTERS)
    if len(plain) > MOST_CHARACTERS:
        raise InvalidInput("password.too_long", field="password", limit=MOST_CHARACTERS)
    folded = plain.casefold()
    if any(len(word) >= 2 and word.casefold() in folded for word in own_words):
        raise InvalidInput("password.own_name", field="password")
    if _is_guessable(folded):
        raise InvalidInput("password.too_common", field="password")


def new_password() -> str:
    """A first password to hand over in person: four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def _is_guessable(folded: str) -> bool:
    words = [word for word in re.split(r"[\W\d_]+", folded) if word]
    stem = re.sub(r"[\W\d_]+", "", folded)
    steps = {ord(right) - ord(left) for left, right in pairwise(folded)}
    return (
        len(set(folded)) < 6
        or len(steps) <= 2
        or not stem
        or stem in COMMON
        or all(word in COMMON for word in words)
        or re.sub(r"^(.+?)\1+$", r"\1", stem) in COMMON
    )


def _plain(password: str) -> str:
    """The same password from every keyboard."""
    return unicodedata.normalize("NFKC", password)


NOBODY = HASHER.hash(secrets.token_hex(16))
"""What an unknown name is checked against, so that it takes as long as a known one."""
