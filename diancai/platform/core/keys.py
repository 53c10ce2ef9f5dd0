"""The secrets of an installation, kept in a file outside the database, and what is done with them."""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, fields
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from diancai.platform.settings import SettingsError


@dataclass(frozen=True, kw_only=True, repr=False)
class Keys:
    """Five independent 256-bit keys. Losing `personal` makes names unreadable; leaking `pepper` helps guess codes."""

    session: bytes
    """Signs cookies and form tokens."""
    proof: bytes
    """Encrypts the proof of a ballot code between pages."""
    pepper: bytes
    """HMAC key of ballot codes and addresses."""
    personal: bytes
    """Encrypts names and phones at rest."""
    signing: bytes
    """Ed25519 key that signs seals."""

    def hmac(self, purpose: str, text: str) -> bytes:
        """32 bytes; `purpose` keeps the uses of one key apart."""
        return hmac.digest(self.pepper, f"{purpose}\0{text}".encode(), hashlib.sha256)

    def seal_text(self, text: str) -> bytes:
        """Encrypt a personal field (AES-256-GCM, random nonce)."""
        nonce = os.urandom(12)
        return nonce + AESGCM(self.personal).encrypt(nonce, text.encode(), None)

    def open_text(self, sealed: bytes) -> str:
        """Raises ValueError when the key is not the one it was sealed with."""
        try:
            return AESGCM(self.personal).decrypt(sealed[:12], sealed[12:], None).decode()
        except InvalidTag as problem:
            raise ValueError("personal field sealed with another key") from problem

    def sign(self, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.signing).sign(message)

    @property
    def public_key_hex(self) -> str:
        return Ed25519PrivateKey.from_private_bytes(self.signing).public_key().public_bytes_raw().hex()


NAMES = tuple(item.name for item in fields(Keys))


def new_keys() -> Keys:
    return Keys(**{name: secrets.token_bytes(32) for name in NAMES})


def write_keys(path: Path, keys: Keys) -> None:
    """Write a new file with mode 0600. Raises FileExistsError: keys are never overwritten."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.writelines(f"{name}={getattr(keys, name).hex()}\n" for name in NAMES)


def read_keys(path: Path) -> Keys:
    """Raises SettingsError when the file is missing, readable by others, or a key is absent or trivial."""
    if not path.is_file():
        raise SettingsError(f"the keys file {path} does not exist: write one with `diancai keys new {path}`")
    if path.stat().st_mode & 0o077:
        raise SettingsError(f"the keys file {path} can be read by others: chmod 600 {path}")
    lines = dict(line.split("=", 1) for line in path.read_text("ascii").split() if "=" in line)
    return Keys(**{name: _key(name, lines.get(name, "")) for name in NAMES})


def _key(name: str, text: str) -> bytes:
    try:
        value = bytes.fromhex(text)
    except ValueError:
        value = b""
    if len(value) != 32 or len(set(value)) < 8:
        raise SettingsError(f"the key {name!r} is missing, not 64 hex digits, or a default")
    return value


def keys_of(session: Session) -> Keys:
    """The keys that the session was opened with."""
    keys = session.info["keys"]
    assert isinstance(keys, Keys)
    return keys
