"""What a second factor is made of: codes by time (RFC 6238), and codes that are written down."""

import hashlib
import secrets
from datetime import datetime
from typing import Final

import pyotp

ISSUER: Final = "Recobro"
RECOVERY_CODES: Final = 10
FAILURES: Final = 5
"""After so many wrong codes in a row nobody is heard for a while."""

WAIT: Final = 15 * 60
"""Seconds for which nobody is heard."""

_STEP: Final = 30
"""Seconds for which a code is shown."""

_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike; sixteen of them are more than 79 bits."""


def new_secret() -> str:
    """Return a secret that a telephone and the bank share: 160 bits in base32."""
    return pyotp.random_base32()


def address_of(secret: str, username: str) -> str:
    """Return the address by which a telephone takes a secret in."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def step_of(secret: str, code: str, *, at: datetime) -> int | None:
    """Return the step of time at which a code is shown: now, the one before or after; else None.

    Clocks differ, and people type slowly.
    """
    now = int(at.timestamp()) // _STEP
    totp = pyotp.TOTP(secret)
    for step in (now, now - 1, now + 1):
        if secrets.compare_digest(totp.at(step * _STEP).encode(), code.encode()):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Return codes to be written down, each good for one sign-in."""
    return [_recovery_code() for _ in range(RECOVERY_CODES)]


def plain_code(typed: str) -> str:
    """Return a code as it was meant: without spaces and dashes, in small letters."""
    return "".join(sign for sign in typed.lower() if sign.isalnum())


def digest_of(code: str) -> str:
    """Return what is kept of a recovery code: nobody finds the code by it, so long as it is."""
    return hashlib.sha256(plain_code(code).encode()).hexdigest()


def _recovery_code() -> str:
    signs = [secrets.choice(_ALPHABET) for _ in range(16)]
    return "-".join("".join(signs[start : start + 4]) for start in range(0, 16, 4))
