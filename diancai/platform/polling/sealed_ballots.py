"""What server and terminal must write alike: digests of codes, sealed ballots, signed batches (static/js/booth-*.js).

A ballot is sealed with an ephemeral key of P-256: ECDH with the commission key, HKDF-SHA256, AES-256-GCM. Its plain text
is the random `r` of its tracker and the canonical text, filled up with spaces: every sealed ballot of a round is equally long.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from diancai.errors import InvalidInput
from diancai.voting import BallotForm, normalise_code

ITERATIONS = 10_000
POINT_BYTES, NONCE_BYTES, R_BYTES, TAG_BYTES = 65, 12, 16, 16
CURVE = ec.SECP256R1()


def digest_of(code: str, salt: bytes) -> bytes:
    """What a terminal knows a code by: salted and slow, for the device may be stolen."""
    return hashlib.pbkdf2_hmac("sha256", normalise_code(code).encode(), salt, ITERATIONS, 32)


def text_length(form: BallotForm) -> int:
    """The longest text that a ballot of this form can have."""
    longest = sorted((len(number.encode()) for number in form.item_numbers), reverse=True)[: form.max_marks]
    return sum(longest) + len(longest) - 1


def sealed_length(form: BallotForm) -> int:
    return POINT_BYTES + NONCE_BYTES + R_BYTES + text_length(form) + TAG_BYTES


def open_ballot(private: ec.EllipticCurvePrivateKey, round_id: int, sealed: bytes) -> tuple[bytes, str]:
    """`r` and the text. Raises ValueError for what was not sealed to this key and round."""
    point, nonce = sealed[:POINT_BYTES], sealed[POINT_BYTES : POINT_BYTES + NONCE_BYTES]
    shared = private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point))
    key = HKDF(hashes.SHA256(), 32, salt=point, info=_purpose(round_id)).derive(shared)
    try:
        plain = AESGCM(key).decrypt(nonce, sealed[POINT_BYTES + NONCE_BYTES :], _purpose(round_id))
    except InvalidTag as problem:
        raise ValueError("sealed to another key, or changed") from problem
    return plain[:R_BYTES], plain[R_BYTES:].decode().rstrip(" ")


def seal_ballot(public_key: bytes, round_id: int, r: bytes, text: str, length: int) -> bytes:
    """As the terminal does it."""
    ephemeral = ec.generate_private_key(CURVE)
    point = public_point(ephemeral)
    shared = ephemeral.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public_key))
    key = HKDF(hashes.SHA256(), 32, salt=point, info=_purpose(round_id)).derive(shared)
    nonce = hashlib.sha256(r + point).digest()[:NONCE_BYTES]  # the key is used once
    return point + nonce + AESGCM(key).encrypt(nonce, r + text.encode().ljust(length), _purpose(round_id))


def public_point(private: ec.EllipticCurvePrivateKey) -> bytes:
    """65 bytes, uncompressed."""
    kind = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return private.public_key().public_bytes(*kind)


def is_point(point: bytes) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
    except ValueError:
        return False
    return len(point) == POINT_BYTES


@dataclass(frozen=True, slots=True)
class Batch:
    """What a terminal ships: digests of used codes and sealed ballots, each list in its own random order."""

    kiosk_id: int
    number: int
    is_last: bool
    used: tuple[bytes, ...]
    ballots: tuple[bytes, ...]


def batch_body(batch: Batch) -> str:
    """The very text that is signed."""
    return json.dumps(
        {
            "kiosk": batch.kiosk_id,
            "number": batch.number,
            "is_last": batch.is_last,
            "used": [digest.hex() for digest in batch.used],
            "ballots": [base64.b64encode(ballot).decode() for ballot in batch.ballots],
        },
        separators=(",", ":"),
    )


def read_batch(body: str) -> Batch:
    """Raises InvalidInput kiosk.batch_malformed: another shape, a list that is not sorted, or lists of unequal length."""
    try:
        facts = json.loads(body)
        used = tuple(bytes.fromhex(digest) for digest in facts["used"])
        ballots = tuple(base64.b64decode(ballot, validate=True) for ballot in facts["ballots"])
        batch = Batch(facts["kiosk"], facts["number"], facts["is_last"], used, ballots)
    except (KeyError, TypeError, ValueError, binascii.Error) as problem:
        raise InvalidInput("kiosk.batch_malformed") from problem
    kinds = (type(batch.kiosk_id), type(batch.number), type(batch.is_last))
    if kinds != (int, int, bool) or len(used) != len(ballots) or not _is_sorted(used) or not _is_sorted(ballots):
        raise InvalidInput("kiosk.batch_malformed")
    return batch


def _is_sorted(rows: Sequence[bytes]) -> bool:
    """Strictly: digests and ciphertexts are random, so that sorting them is a shuffle that everybody can check."""
    return all(before < after for before, after in pairwise(rows))


def require_signature(device_key: bytes, body: str, signature: bytes) -> None:
    """`signature` is r and s, 32 bytes each, as browsers write it. Raises InvalidInput kiosk.bad_signature."""
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, device_key)
    if len(signature) != 64:
        raise InvalidInput("kiosk.bad_signature")
    der = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    try:
        public.verify(der, body.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as problem:
        raise InvalidInput("kiosk.bad_signature") from problem


def _purpose(round_id: int) -> bytes:
    return f"diancai-kiosk-ballot/1\n{round_id}".encode()
