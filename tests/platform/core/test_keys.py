import hashlib
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from diancai.platform.core.keys import NAMES, Keys, new_keys, read_keys, write_keys
from diancai.platform.settings import SettingsError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    write_keys(path, new_keys())
    return path


def test_keys_are_read_as_they_were_written(tmp_path: Path) -> None:
    written = new_keys()
    write_keys(tmp_path / "keys", written)
    assert read_keys(tmp_path / "keys") == written
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600


def test_keys_are_never_overwritten(file: Path) -> None:
    before = file.read_text()
    with pytest.raises(FileExistsError):
        write_keys(file, new_keys())
    assert file.read_text() == before


def test_a_missing_file_is_refused_with_the_way_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="diancai keys new"):
        read_keys(tmp_path / "keys")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(SettingsError, match="chmod 600"):
        read_keys(file)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [None, "", "dev", "00" * 32, "deadbeef" * 8, "ab" * 31, "zz" * 32])
def test_a_missing_short_or_default_key_is_refused(file: Path, name: str, value: str | None) -> None:
    kept = [line for line in file.read_text().splitlines() if not line.startswith(f"{name}=")]
    file.write_text("\n".join([*kept, *([] if value is None else [f"{name}={value}"])]))
    with pytest.raises(SettingsError, match=repr(name)):
        read_keys(file)


def test_a_key_never_shows_itself(keys: Keys) -> None:
    assert keys.pepper.hex() not in repr(keys)
    assert repr(keys.pepper) not in repr(keys)


def test_the_uses_of_the_pepper_are_kept_apart(keys: Keys) -> None:
    assert keys.hmac("ballot-code", "1") != keys.hmac("address", "1")
    assert keys.hmac("a", "1") != new_keys().hmac("a", "1")


def test_a_personal_field_is_read_with_its_own_key_only(keys: Keys) -> None:
    sealed = keys.seal_text("李明")
    assert keys.open_text(sealed) == "李明"
    assert sealed != keys.seal_text("李明")
    assert hashlib.sha256("李明".encode()).digest() not in sealed
    for wrong in (new_keys(), keys):
        changed = sealed if wrong is not keys else sealed[:-1] + bytes([sealed[-1] ^ 1])
        with pytest.raises(ValueError, match="another key"):
            wrong.open_text(changed)


def test_a_signature_is_of_its_message_and_key(keys: Keys) -> None:
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(keys.public_key_hex))
    public.verify(keys.sign(b"root"), b"root")
    with pytest.raises(InvalidSignature):
        public.verify(keys.sign(b"root"), b"another root")
