"""How a ballot code is kept: as a keyed hash, never as the text that is printed on the slip (vote.md 1)."""

from diancai.platform.core.keys import Keys
from diancai.voting import normalise_code


def code_key(keys: Keys, code: str) -> bytes:
    """HMAC-SHA256(pepper, code), 32 bytes: the primary key of `ballot_code`.

    The code may be typed in any way `normalise_code` understands. Raises InvalidInput: code.wrong_length,
    code.wrong_character.
    """
    return keys.hmac("ballot-code", normalise_code(code))
