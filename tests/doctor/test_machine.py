from importlib.metadata import version
from pathlib import Path

import pytest

from recobro.doctor import machine
from recobro.doctor.diagnosis import Verdict
from tests.doctor.installed import only


@pytest.mark.parametrize(
    ("installed", "bounds", "expected"),
    [
        ("1.5.0", "<2,>=1.5", True),
        ("1.10", "<2,>=1.5", True),
        ("1.4.9", "<2,>=1.5", False),
        ("2.0.0", "<2,>=1.5", False),
        ("2.0.0rc1", "<2,>=1.5", False),
        ("29.0", "<29", False),
        ("28.10.1", "<29", True),
        ("7", "", True),
    ],
)
def test_bounds(installed: str, bounds: str, *, expected: bool) -> None:
    assert machine.within(installed, bounds) is expected


def test_the_bounds_are_those_of_the_package() -> None:
    asked = machine.asked()
    assert (asked["duckdb"], asked["sqlglot"]) == ("<2,>=1.5", "<29")
    assert asked["ibis-framework"] == "<13,>=12"
    assert not {"psycopg", "pyspark"} & set(asked)
    assert machine.asked("postgres") == {"psycopg": "<4,>=3.2"}


def test_this_machine_can_work() -> None:
    (packages,) = machine.packages()
    assert (machine.python().verdict, packages.verdict) == (Verdict.WELL, Verdict.WELL)
    assert packages.says.startswith(f"recobro {version('recobro')}, duckdb {version('duckdb')}, ")


def test_a_package_out_of_bounds_is_named_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks = ("duckdb<2,>=1.5", "no-such-package>=1", "pyspark<5,>=4; extra == 'spark'")
    only(monkeypatch, tmp_path, asks=asks, duckdb="2.0.0")
    assert [(one.verdict, one.says, one.remedy) for one in machine.packages()] == [
        (
            Verdict.BROKEN,
            "duckdb is 2.0.0; Recobro needs <2,>=1.5.",
            "pip install 'duckdb<2,>=1.5'",
        ),
        (
            Verdict.BROKEN,
            "no-such-package is not installed.",
            "pip install 'no-such-package>=1'",
        ),
    ]


def test_a_driver_is_asked_for_by_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert list(machine.postgresql()) == []
    monkeypatch.setenv("DATABASE_URL", "postgres://ana@db/book")
    (found,) = machine.postgresql()
    assert (found.verdict, found.says) == (
        Verdict.BROKEN,
        "DATABASE_URL names a PostgreSQL database, and its driver psycopg is not installed.",
    )


def test_a_driver_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, tmp_path, psycopg="3.2.1")
    monkeypatch.setenv("DATABASE_URL", "postgres://ana@db/book")
    (found,) = machine.postgresql()
    assert (found.verdict, found.says) == (Verdict.WELL, "psycopg 3.2.1")
