import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from recobro.config.database import DatabaseAddressWrong, database

HOME = Path("bank")


def test_sqlite_lies_in_the_home() -> None:
    for url in (None, ""):
        found = database(url, home=HOME)
        assert (found["ENGINE"], found["NAME"]) == (
            "django.db.backends.sqlite3",
            HOME / "recobro.sqlite3",
        )


@pytest.mark.parametrize("url", ["", "postgresql:///bank"])
def test_a_connection_is_kept_from_one_page_to_the_next(url: str) -> None:
    """A thread that opens one for each page has read nothing of the book yet."""
    found = database(url, home=HOME)
    assert (found["CONN_MAX_AGE"], found["CONN_HEALTH_CHECKS"]) == (300, True)


def test_the_log_of_sqlite_has_a_limit_though_somebody_keeps_the_file_open(tmp_path: Path) -> None:
    file = tmp_path / "recobro.sqlite3"

    def opened() -> "closing[sqlite3.Connection]":
        connection = sqlite3.connect(file)
        connection.executescript(database("", home=tmp_path)["OPTIONS"]["init_command"])
        return closing(connection)

    with opened() as pages:
        pages.execute("create table big (bytes blob)")
        with opened() as load:
            load.execute("insert into big values (zeroblob(30000000))")
            load.commit()
        log = file.with_name("recobro.sqlite3-wal")
        assert log.stat().st_size > 30_000_000
        for _ in range(2):
            pages.execute("insert into big values (zeroblob(1))")
            pages.commit()
        assert log.stat().st_size <= 8_388_608


def test_an_address_of_postgresql() -> None:
    assert database("postgres://us:p%23a%2Fs%40s@db:5433/the%20bank", home=HOME) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "the bank",
        "USER": "us",
        "PASSWORD": "p#a/s@s",
        "HOST": "db",
        "PORT": "5433",
        "OPTIONS": {"connect_timeout": 15},
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
    }
    least = database("postgresql:///bank", home=HOME)
    assert [least[part] for part in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "bank",
        *[""] * 4,
    ]


def test_how_the_server_is_spoken_to() -> None:
    """That the connection is encrypted and the server is the bank's own is not dropped."""
    url = (
        "postgres://us:x@db/bank?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem&connect_timeout=3"
    )
    assert database(url, home=HOME)["OPTIONS"] == {
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ca.pem",
        "connect_timeout": "3",
    }


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://us:secret@db/bank", "begins with 'mysql'"),
        ("sqlite:///secret.db", "begins with 'sqlite'"),
        ("us:secret@db/bank", "is no address"),
        ("secret", "is no address"),
        ("us:secret://db/bank", "is no address"),
        ("postgres://us:secret@db", "names no database"),
        ("postgres://us:secret@db/", "names no database"),
        ("postgres://us:#secret@db/bank", "has an @ behind the host"),
        ("postgres://us:secret#1@db/bank", "has a host or port that cannot be read"),
        ("postgres://us:1@db:secret/bank", "has a host or port that cannot be read"),
        ("postgres://us:1/secret@db/bank", "has an @ behind the host"),
        ("postgres://us:1?secret@db/bank", "has an @ behind the host"),
        ("postgres://us:1/secret#2@db/bank", "has an @ behind the host"),
        ("postgres://us:1@db/bank?x=secret@db/bank", "has an @ behind the host"),
        ("postgres://us:1@db/bank?sslmod=secret", "has the option 'sslmod', which it cannot have"),
        ("postgres://us:1@db/bank?host=secret", "has the option 'host', which it cannot have"),
        ("postgres://us:1@[secret/bank", "has a host or port that cannot be read"),
    ],
)
def test_a_wrong_address_is_named_and_not_repeated(url: str, reason: str) -> None:
    with pytest.raises(DatabaseAddressWrong) as refused:
        database(url, home=HOME)
    told = str(refused.value)
    assert told.startswith(f"DATABASE_URL {reason}; expected postgres://user:password@host:port/")
    assert "secret" not in told
