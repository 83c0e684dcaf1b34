"""The database that the settings name: SQLite in the home, or PostgreSQL by its address."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

_SQLITE_START = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA busy_timeout=20000;"
    "PRAGMA temp_store=MEMORY;PRAGMA mmap_size=134217728;PRAGMA cache_size=-20000;"
)
"""FULL, not NORMAL: a bank's record must not lose its last commits with the power."""


class DatabaseAddressWrong(ValueError):
    """DATABASE_URL is not the address of a PostgreSQL database."""

    def __init__(self, scheme: str) -> None:
        super().__init__(
            f"DATABASE_URL begins with {scheme!r}; "
            "expected postgres://user:password@host:port/name. "
            "Nothing was opened. Correct it, or unset it to use SQLite in the bank's folder."
        )


def database(url: str | None, *, home: Path) -> dict[str, Any]:
    """Return Django's settings of the database at a URL, or of the SQLite file in the home."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home / "recobro.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",  # DEFERRED fails when two write at once
                "timeout": 20,
                "init_command": _SQLITE_START,
            },
        }
    address = urlsplit(url)
    if address.scheme not in {"postgres", "postgresql"}:
        raise DatabaseAddressWrong(address.scheme)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.path.lstrip("/"),
        "USER": unquote(address.username or ""),
        "PASSWORD": unquote(address.password or ""),
        "HOST": address.hostname or "",
        "PORT": str(address.port or ""),
    }
