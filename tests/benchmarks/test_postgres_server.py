import psycopg
import pytest

from benchmarks.postgres_server import ADDRESS, available, server


def test_a_named_server_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS, "postgresql://somewhere/else")
    with server() as address:
        assert address == "postgresql://somewhere/else"


def test_a_server_of_our_own_is_there_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ADDRESS, raising=False)
    if not available():
        pytest.skip("no PostgreSQL is installed")
    with server() as address:
        assert address is not None
        with psycopg.connect(address) as connection:
            assert connection.execute("SELECT 1").fetchall() == [(1,)]
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(address)
