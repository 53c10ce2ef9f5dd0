"""The proof of a ballot code between the pages of one vote: an encrypted token in a hidden field, good for an hour."""

import base64
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken

from diancai.errors import InvalidInput
from diancai.platform.core.keys import Keys

GOOD_FOR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class CodeProof:
    """A code that was live when it was typed, and its round."""

    code_key: bytes
    round_id: int


def seal_proof(keys: Keys, proof: CodeProof, *, at: datetime) -> str:
    payload = proof.code_key + proof.round_id.to_bytes(8)
    return _cipher(keys).encrypt_at_time(payload, int(at.timestamp())).decode()


def open_proof(keys: Keys, token: str, *, at: datetime) -> CodeProof:
    """Raises InvalidInput vote.expired for a token that is too old, was changed, or never was ours.

    One that was sealed in the future is good: the server's clock was set back since, and a retry must be answered.
    """
    try:
        payload = _cipher(keys).decrypt(token)
    except (InvalidToken, ValueError) as problem:
        raise InvalidInput("vote.expired") from problem
    sealed_at = int.from_bytes(base64.urlsafe_b64decode(token)[1:9])  # as Fernet lays a token out, behind its version
    if at.timestamp() - sealed_at > GOOD_FOR_SECONDS:
        raise InvalidInput("vote.expired")
    return CodeProof(payload[:32], int.from_bytes(payload[32:]))


def _cipher(keys: Keys) -> Fernet:
    return _fernet(keys.proof)


@lru_cache(maxsize=4)
def _fernet(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))
