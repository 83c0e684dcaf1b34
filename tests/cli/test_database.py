"""A database that cannot be used, at the command line: a sentence and exit code 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT_DRIVER = "import sys; sys.modules['psycopg'] = None; "


def told(home: Path, url: str, *, before: str = "") -> str:
    """Return why the program refuses to work with a database."""
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", f"{before}from recobro.cli.main import app; app()", "load", "."],
        env={**os.environ, "RECOBRO_HOME": str(home), "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    (line,) = run.stderr.splitlines()
    assert (run.returncode, run.stdout) == (2, "")
    return line


def test_an_address_that_is_none(tmp_path: Path) -> None:
    why = told(tmp_path, "oracle://us:secret@db/bank")
    assert why.startswith("Refused: DATABASE_URL begins with 'oracle'; expected postgres://")
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    why = told(tmp_path, "postgres://us:secret@127.0.0.1:1/bank")
    assert why.startswith("Refused: The database bank at 127.0.0.1:1 cannot be used: ")
    assert why.endswith("See that it runs and that DATABASE_URL names it, then try again.")
    assert "secret" not in why


def test_a_driver_that_is_not_installed(tmp_path: Path) -> None:
    """A module that is None in sys.modules cannot be imported."""
    why = told(tmp_path, "postgres://us:secret@db/bank", before=WITHOUT_DRIVER)
    assert why == (
        "Refused: DATABASE_URL names a PostgreSQL database, and its driver is not installed. "
        "Nothing was opened. Install it: pip install 'recobro[postgres]'. "
        "Or unset DATABASE_URL to use SQLite in the bank's folder."
    )


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "recobro.sqlite3").write_bytes(b"no database" * 1000)
    why = told(tmp_path, "")
    assert why.startswith(f"Refused: The database {tmp_path / 'recobro.sqlite3'} cannot be used: ")
