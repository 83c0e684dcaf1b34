"""The database that the settings name: SQLite in the home, or PostgreSQL by its address."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from recobro.terms.refusal import Refusal

_SQLITE_START = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA busy_timeout=20000;"
    "PRAGMA temp_store=MEMORY;PRAGMA mmap_size=134217728;PRAGMA cache_size=-20000;"
    "PRAGMA journal_size_limit=8388608;"
)
"""FULL, not NORMAL: a bank's record must not lose its last commits with the power. The log of what
is written has a limit, since the pages never let the file go, which would take the log away."""

_ANSWERS_WITHIN = 15
"""Seconds that a server may take to take a connection."""

_KEPT: dict[str, Any] = {"CONN_MAX_AGE": 300, "CONN_HEALTH_CHECKS": True}
"""A thread of the pages keeps its connection, and with it what it has read. One that is so many
seconds old is opened anew at the next page, and then plans by the newest statistics."""

_OPTIONS = (
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "ssl_min_protocol_version"),
    *("channel_binding", "require_auth", "gssencmode", "krbsrvname", "passfile"),
    *("connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval"),
    *("keepalives_count", "tcp_user_timeout", "target_session_attrs", "application_name"),
    "options",
)
"""What may stand in the query of an address: how libpq speaks to the server, not which one."""


class DatabaseAddressWrong(Refusal):
    """DATABASE_URL is not the address of a PostgreSQL database; it is never repeated: a secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"DATABASE_URL {reason}; expected postgres://user:password@host:port/name, in which "
            "signs such as # / @ of a password are written %23 %2F %40. Nothing was opened. "
            "Correct it, or unset it to use SQLite in the bank's folder."
        )


class DriverMissing(Refusal):
    """DATABASE_URL names PostgreSQL, and what speaks to it is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "DATABASE_URL names a PostgreSQL database, and its driver is not installed. "
            "Nothing was opened. Install it: pip install 'recobro[postgres]'. "
            "Or unset DATABASE_URL to use SQLite in the bank's folder."
        )


def database(url: str | None, *, home: Path) -> dict[str, Any]:
    """Return Django's settings of the database at a URL, or of the SQLite file in the home.

    Raises DatabaseAddressWrong, DriverMissing.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home / "recobro.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",  # DEFERRED fails when two write at once
                "timeout": 20,
                "init_command": _SQLITE_START,
            },
            **_KEPT,
        }
    found = _address(url)
    if find_spec("psycopg") is None:
        raise DriverMissing
    return {
        "ENGINE": "django.db.backends.postgresql",
        **found,
        "OPTIONS": {"connect_timeout": _ANSWERS_WITHIN, **_options(url)},
        **_KEPT,
    }


def _address(url: str) -> dict[str, str]:
    reason = _wrong(url)
    if reason:
        raise DatabaseAddressWrong(reason)
    address = urlsplit(url)
    return {
        "NAME": unquote(address.path.lstrip("/")),
        "USER": unquote(address.username or ""),
        "PASSWORD": unquote(address.password or ""),
        "HOST": address.hostname or "",
        "PORT": str(address.port or ""),
    }


def _options(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def _wrong(url: str) -> str | None:
    """Return what is wrong with an address, without repeating more than how it begins."""
    scheme, sign, _ = url.partition("://")
    if not sign or ":" in scheme:
        return "is no address"
    if scheme not in {"postgres", "postgresql"}:
        return f"begins with {scheme!r}"
    try:
        address = urlsplit(url)
        _ = address.port
    except ValueError:
        return "has a host or port that cannot be read"
    return _wrong_behind_the_host(address)


def _wrong_behind_the_host(address: SplitResult) -> str | None:
    if "@" in address.path + address.query + address.fragment:
        return "has an @ behind the host"  # a sign in the password ended it too early
    if not address.path.strip("/"):
        return "names no database"
    unknown = [name for name, _ in parse_qsl(address.query, keep_blank_values=True)]
    unknown = [name for name in unknown if name not in _OPTIONS]
    return f"has the option {unknown[0]!r}, which it cannot have" if unknown else None
