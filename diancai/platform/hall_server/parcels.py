"""The two files that travel: the pack that a hall server is filled from, and what it hands back.

The pack is encrypted to a code that is read out or written down, never kept with it; what is handed back, to the office, and
signed by the one laptop that the pack was made for, in the age format. Both are lines of JSON in gzip.
"""

import gzip
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

import pyrage
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from diancai.errors import InvalidInput

PACK, RETURN = "diancai-hall/1", "diancai-hall-return/1"
_SIGNATURE_BYTES = 64
_SALT_BYTES, _NONCE_BYTES = 16, 12
_SCRYPT = {"n": 2**16, "r": 8, "p": 1, "maxmem": 2**27, "dklen": 32}
"""64 MiB and a fifth of a second a guess; a code has 54 random bits. Fixed: a slow laptop opens what a fast server made,
which the age format refuses when the machines differ too much."""


def wrap_pack(lines: Iterable[Mapping[str, Any]], code: str) -> bytes:
    text = "\n".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    head = PACK.encode() + salt + nonce
    return head + _cipher(code, salt).encrypt(nonce, gzip.compress(text.encode(), mtime=0), head)


def unwrap_pack(content: bytes, code: str) -> list[dict[str, Any]]:
    """Raises InvalidInput hall_server.wrong_code, hall_server.not_a_pack."""
    if not content.startswith(PACK.encode()):
        raise InvalidInput("hall_server.not_a_pack")
    start = len(PACK)
    head, rest = content[: start + _SALT_BYTES + _NONCE_BYTES], content[start + _SALT_BYTES + _NONCE_BYTES :]
    salt, nonce = head[start : start + _SALT_BYTES], head[start + _SALT_BYTES :]
    try:
        opened = gzip.decompress(_cipher(code, salt).decrypt(nonce, rest, head))
    except (InvalidTag, ValueError) as problem:
        raise InvalidInput("hall_server.wrong_code", field="code") from problem
    lines = [_parsed(line, "hall_server.not_a_pack") for line in opened.decode().splitlines()]
    if not lines or lines[0].get("format") != PACK or "rows" not in lines[-1]:
        raise InvalidInput("hall_server.not_a_pack")
    return lines


def written(facts: Mapping[str, Any]) -> bytes:
    """One canonical text for the same facts: handed back twice it is the same."""
    text = json.dumps({"format": RETURN, **facts}, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode()


def wrap_return(content: bytes, signing_key: bytes, recipient: str) -> bytes:
    signature = Ed25519PrivateKey.from_private_bytes(signing_key).sign(content)
    return pyrage.encrypt(signature + gzip.compress(content, mtime=0), [pyrage.x25519.Recipient.from_str(recipient)])


def unwrap_return(parcel: bytes, identity: str, public_key: bytes) -> bytes:
    """The content, signed by the laptop that has the newest pack.

    Raises InvalidInput hall_server.not_ours for a file of another pack or of another hall, or one that was changed.
    """
    key = pyrage.x25519.Identity.from_str(identity)
    try:
        opened = pyrage.decrypt(parcel, [key])
        content = gzip.decompress(opened[_SIGNATURE_BYTES:])
        Ed25519PublicKey.from_public_bytes(public_key).verify(opened[:_SIGNATURE_BYTES], content)
    except (pyrage.DecryptError, gzip.BadGzipFile, EOFError, InvalidSignature) as problem:
        raise InvalidInput("hall_server.not_ours", field="file") from problem
    return content


def read_return(content: bytes) -> dict[str, Any]:
    facts = _parsed(content.decode(), "hall_server.not_ours")
    if facts.get("format") != RETURN:
        raise InvalidInput("hall_server.not_ours", field="file")
    return facts


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def receipt_of(content_sha256: str) -> str:
    """What two people compare by reading it out: the beginning of the hash, in fours."""
    return " ".join(content_sha256[start : start + 4] for start in range(0, 16, 4)).upper()


def _cipher(code: str, salt: bytes) -> AESGCM:
    return AESGCM(hashlib.scrypt(code.encode(), salt=salt, **_SCRYPT))


def _parsed(line: str, code: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as problem:
        raise InvalidInput(code, field="file") from problem
    if not isinstance(found, dict):
        raise InvalidInput(code, field="file")
    return found
