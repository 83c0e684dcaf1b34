"""What a command reads before it does anything: a bank starts one some hundred times a day."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.oracle.written import written
from tests.runs.delivered import rows_of, write

READ = """
import sys
from recobro.cli.main import app
try:
    app(sys.argv[1:])
except SystemExit as end:
    print("" if end.code else "read:", *sys.modules)
"""
BOOK = """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00
"""


def read_by(*words: object) -> set[str]:
    """Run a command in a process of its own, and return the modules that it read."""
    told = [sys.executable, "-c", READ, *map(str, words)]
    ran = subprocess.run(told, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    return set(ran.stdout.partition("read:")[2].split())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bank")
    delivery = write(folder / "delivery", rows_of(written(BOOK)))
    read = read_by("load", delivery, "--home", folder / "home")
    assert "duckdb" in read
    assert "pandas" not in read
    return folder / "home"


def test_a_list_needs_no_engine_no_writer_of_reports_and_no_keys(home: Path) -> None:
    read = read_by("loads", "--home", home)
    assert "recobro.runs.models" in read
    assert not read & {"duckdb", "fpdf", "ibis", "jwt", "pandas", "xlsxwriter"}
    assert not read & {"recobro.reports.catalogue", "recobro.runs.migrations.0001_initial"}


def test_a_close_needs_no_pandas(home: Path) -> None:
    read = read_by("close", "--as-of", "2026-03-31", "--home", home)
    assert "duckdb" in read
    assert not read & {"fpdf", "jwt", "pandas", "xlsxwriter"}
