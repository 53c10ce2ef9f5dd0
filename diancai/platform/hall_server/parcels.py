"""The two files that travel: the pack that a hall server is filled from, and what it hands back.

The pack is encrypted to a code that is read out or written down, never kept with it; what is handed back, to the office, and
signed by the one laptop that the pack was made for. Both are lines of JSON in gzip in the age format.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from diancai.errors import InvalidInput

PACK, RETURN = "diancai-hall/1", "diancai-hall-return/1"
_SIGNATURE_BYTES = 64


def wrap_pack(lines: Iterable[Mapping[str, Any]], code: str) -> bytes:
    text = "\n".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)
    return pyrage.passphrase.encrypt(gzip.compress(text.encode(), mtime=0), code)


def unwrap_pack(content: bytes, code: str) -> list[dict[str, Any]]:
    """Raises InvalidInput hall_server.wrong_code, hall_server.not_a_pack."""
    try:
        opened = gzip.decompress(pyrage.passphrase.decrypt(content, code))
    except (pyrage.DecryptError, gzip.BadGzipFile, EOFError) as problem:
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


def _parsed(line: str, code: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as problem:
        raise InvalidInput(code, field="file") from problem
    if not isinstance(found, dict):
        raise InvalidInput(code, field="file")
    return found
