"""What an address of a hook may be, and how what is sent is signed."""

import hashlib
import hmac
import ipaddress
import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from recobro.terms.refusal import Phrase, Refusal

LONGEST_NAME: Final = 60
LONGEST_URL: Final = 500
_PREFIX: Final = "whsec_"
"""With what a secret begins: so that a search for secrets left in files finds it."""
_BYTES: Final = 32


class WebhookAddressUnusable(Refusal):
    """Nothing is sent to such an address."""

    says = (
        "The address {reason}; nothing was changed. Name one such as "
        "https://programs.bank.example/recobro."
    )

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


def usable(url: str) -> str:
    """Return an address if something may be sent there, as far as it can be told by looking at it.

    Raises WebhookAddressUnusable.
    """
    if reason := _wrong(url):
        raise WebhookAddressUnusable(reason)
    return url


def _wrong(url: str) -> Phrase | None:
    if not re.fullmatch(rf"[!-~]{{1,{LONGEST_URL}}}", url):
        says = "is no address of at most {longest} signs without spaces"
        return Phrase(says, longest=LONGEST_URL)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return Phrase("has a host or port that cannot be read")
    if port == 0 or not parts.hostname:
        return Phrase("names no host")
    if parts.username is not None or parts.fragment:
        return Phrase("has a user name, a password or a mark (#) in it")
    return _wrong_scheme(parts)


def _wrong_scheme(parts: SplitResult) -> Phrase | None:
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        return None
    return Phrase("does not begin with https:// (http:// is for this machine alone)")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def new_secret() -> str:
    """Return what signs for a hook: 256 random bits."""
    return _PREFIX + secrets.token_hex(_BYTES)


def body(number: int, event: str, at: datetime, about: Mapping[str, Any]) -> bytes:
    """Return what is sent; it is the same each time that it is tried."""
    told = {"delivery": number, "event": event, "at": at.isoformat(), "about": about}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def signature(secret: str, sent: int, content: bytes) -> str:
    """Return what proves who sent a content and when, in seconds since 1970: HMAC with SHA-256."""
    message = str(sent).encode() + b"." + content
    told = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return f"t={sent},v1={told}"
