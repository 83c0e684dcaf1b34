"""What a token looks like, and what is kept of it."""

import hashlib
import secrets
from typing import Final

_BYTES: Final = 32
PREFIX: Final = "recobro_"
"""With what a token begins: so that a search for secrets left in files finds it."""

LONGEST_NAME: Final = 60
"""Signs of a token's name."""

LONGEST: Final = 200
"""Signs of what is looked at as a token."""


def new_secret() -> str:
    """Return a token that nobody can guess: 256 random bits."""
    return PREFIX + secrets.token_urlsafe(_BYTES)


def digest(secret: str) -> str:
    """Return what is kept of a token: SHA-256.

    A slow hash guards what people choose; of 256 random bits nobody tries all.
    """
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
