"""What holds entries and seals fast: digests that each contain the one before, and a signature."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

Content = Mapping[str, Any]
"""What JSON can hold."""

Heads = Mapping[str, tuple[int, str]]
"""Position and digest of the last entry, by chain."""


def entry_digest(previous: str, content: Content) -> str:
    """Return the digest of an entry after that of the one before it; before the first it is empty.

    SHA-256 over canonical JSON: keys sorted, no spaces, UTF-8.
    """
    return hashlib.sha256(f"{previous}\n{canonical(content)}".encode()).hexdigest()


def seal_digest(previous: str, *, number: int, at: str, heads: Heads) -> str:
    """Return the digest of a seal after that of the one before it."""
    return entry_digest(previous, {"number": number, "at": at, "heads": heads})


def signature(digest: str, key: bytes) -> str:
    """Sign a digest: HMAC with SHA-256, which nobody can make who has the database alone."""
    return hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()


def canonical(content: Content) -> str:
    """Return the one way to write a content as text."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
