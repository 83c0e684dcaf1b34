"""A disk that is full, a folder that is not ours, and two at work at once."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from tests.oracle.written import written
from tests.runs.apart import Apart, DiskFull, Waits
from tests.runs.delivered import rows_of, write

BOOK = """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00 as p1
"""
"""It is loaded, and a delta says that A paid 70.00."""
ADVICE = (
    "Nothing was changed. Name another folder with --home, give this user the right to write "
    "there, or free space on its disk."
)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Apart:
    folder = tmp_path_factory.mktemp("apart")
    rows = rows_of(written(BOOK))
    bank = Apart(folder / "home", write(folder / "whole", rows), "full", date(2026, 3, 31))
    bank.home.mkdir()
    assert bank.run("load").code == 0
    delta = write(folder / "delta", {"payments": [rows["payments"][0] | {"amount": "70.00"}]})
    return replace(bank, delivery=delta, kind="delta")


@pytest.fixture
def bank(loaded: Apart, tmp_path: Path) -> Apart:
    """Return a copy of a bank that has loaded its book."""
    return replace(loaded, home=shutil.copytree(loaded.home, tmp_path / "home"))


def refused(bank: Apart, what: str, fate: DiskFull | None = None) -> str:
    """Return why a run is refused, after which all that was in force still is."""
    before = bank.in_force()
    ended = bank.run(what, fate)
    assert (ended.code, bank.in_force()) == (2, before)
    return ended.refused


FULL = {
    "load": [
        DiskFull("institutions"),
        DiskFull("write"),
        DiskFull("write", "Lake.commit"),
        DiskFull("settle"),
        DiskFull("settle", "Lake.commit"),
        DiskFull("settle", "Model.save"),
    ],
    "close": [
        *(DiskFull(step) for step in ("settle", "standings", "figures", "checks")),
        DiskFull("publish", "Model.save"),
    ],
}


@pytest.mark.parametrize("what", FULL)
def test_a_disk_that_is_full_at_any_step(bank: Apart, what: str) -> None:
    """While the delivery is staged, the lake written, the loans settled, a row recorded."""
    for fate in FULL[what]:
        why = refused(bank, what, fate)
        assert why.startswith(f"{bank.home} cannot be used: ")
        assert why.endswith(ADVICE)
    assert bank.run(what).code == 0
    assert bank.strays() == set()


@pytest.mark.parametrize("bytes_at_most", [0, 300_000])
def test_a_small_disk_at_the_command_line(bank: Apart, bytes_at_most: int) -> None:
    """No file can grow at all, so neither can the database; or the delivery does not fit."""
    payments = "payment_id,loan_id,paid_on,amount,payer\n" + "".join(
        f"q{n},A,2026-03-01,0.01,{sha256(bytes([n % 256, n // 256])).hexdigest()}\n"
        for n in range(9_000)
    )
    (bank.delivery.parent / "many").mkdir(exist_ok=True)
    (bank.delivery.parent / "many" / "payments.csv").write_text(payments, encoding="utf-8")
    before = bank.in_force()
    limit = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes_at_most}, {bytes_at_most}))"
    program = f"import resource; {limit}; from recobro.cli.main import app; app()"
    words = ("load", str(bank.delivery.parent / "many"), "--kind", "delta")
    told = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, *words],
        env={**os.environ, "DATABASE_URL": "", "RECOBRO_HOME": str(bank.home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 2
    why = told.stderr.splitlines()[-1]
    assert why.startswith(f"Refused: {bank.home} cannot be used: ")
    assert why.endswith(ADVICE)
    assert bank.in_force() == before
    assert bank.strays() == set()


def test_a_place_for_the_closes_that_is_no_folder(bank: Apart) -> None:
    """A file where a folder must be made stops everybody, root too."""
    (bank.home / "closes").touch()
    assert refused(bank, "close") == f"{bank.home} cannot be used: Not a directory. {ADVICE}"
    (bank.home / "closes").unlink()
    assert (bank.run("close").code, bank.strays()) == (0, set())


@pytest.mark.parametrize(
    ("first", "step", "second"),
    [
        ("load", "payments", "load"),
        ("load", "settle", "close"),
        ("close", "standings", "load"),
        ("close", "publish", "close"),
    ],
)
def test_two_at_work_at_once(bank: Apart, first: str, step: str, second: str) -> None:
    """The second hears who is at work, and may try again."""
    running = bank.start(first, Waits(step))
    running.wait_until_it_stands()
    number = running.process.ident
    assert refused(bank, second) == (
        f"a {first} (process {number}) is at work in {bank.home}; nothing was changed. "
        "Wait until it has ended, then try again."
    )
    running.go_on()
    assert (running.end().code, bank.run(second).code, bank.strays()) == (0, 0, set())
