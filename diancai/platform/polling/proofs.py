"""The proof of a ballot code between the pages of one vote: an encrypted token in a hidden field, good for an hour."""

import base64
from dataclasses import dataclass
from datetime import datetime

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
    """Raises InvalidInput vote.expired for a token that is too old, was changed, or never was ours."""
    try:
        payload = _cipher(keys).decrypt_at_time(token.encode(), GOOD_FOR_SECONDS, int(at.timestamp()))
    except (InvalidToken, ValueError) as problem:
        raise InvalidInput("vote.expired") from problem
    return CodeProof(payload[:32], int.from_bytes(payload[32:]))


def _cipher(keys: Keys) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(keys.proof))
