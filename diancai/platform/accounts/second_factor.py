"""TOTP (RFC 6238): six digits from a phone, a step of 30 seconds, one step of clock drift either way."""

import hmac
from datetime import datetime

import pyotp

STEP_SECONDS = 30
DRIFT_STEPS = 1


def new_secret() -> str:
    return pyotp.random_base32()


def matching_step(secret: str, code: str, *, at: datetime, after_step: int | None = None) -> int | None:
    """The 30 s step that the code belongs to, or None. Steps up to `after_step` were used and serve no second time."""
    plain = "".join(code.split())
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    now = int(at.timestamp()) // STEP_SECONDS
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        is_fresh = after_step is None or step > after_step
        if is_fresh and hmac.compare_digest(totp.at(step * STEP_SECONDS).encode(), plain.encode()):
            return step
    return None


def enrolment_address(secret: str, *, account: str, site: str) -> str:
    """What the QR of an authenticator app holds."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=account, issuer_name=site)
