"""A load that is ended from outside: by a signal, or by a disk that is full."""

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq

from tests.oracle.book import Book
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of
from tests.runs.program import PATIENCE, PROGRAM, environment, run

ON_A_SMALL_DISK = (
    sys.executable,
    "-c",
    f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300000, 300000)); {PROGRAM[-1]}",
)
"""The same where no file can grow beyond 300 kB."""


def kill_once(bank: Bank, reached: Callable[[Path], bool], *words: object) -> int:
    """Run a command and kill it as soon as the home shows how far it is; return how it ended."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [*PROGRAM, *map(str, words)], env=environment(bank), stderr=subprocess.DEVNULL
    ) as running:
        deadline = time.monotonic() + PATIENCE
        while running.poll() is None and not reached(bank.home.path):
            assert time.monotonic() < deadline
            time.sleep(0.002)
        running.kill()
    return running.returncode


def committed(table: str, version: int) -> Callable[[Path], bool]:
    log = Path("lake", table, "_delta_log", f"{version:020}.json")
    return lambda home: (home / log).exists()


def overdue(bank: Bank) -> dict[str, int]:
    (file,) = (bank.home.path / "closes" / "2026-03-31").rglob("standings/*.parquet")
    return {row["loan_id"]: row["overdue_amount"] for row in pq.read_table(file).to_pylist()}


SETTLEMENT = "settlement_0_0_fees_interest_principal"
MOMENTS = [
    lambda home: (home / "scratch" / "delivery").exists(),
    committed("payments", 1),
    lambda home: (home / "scratch" / "settle").exists(),
    committed(SETTLEMENT, 1),
]
"""How far a load has come: reading, writing the book, settling it, having settled it."""


def test_a_load_that_was_killed_leaves_nothing_behind(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00 as p1
    2026-01-05 B owes 100.00
    """
    rows = rows_of(book)
    assert run(bank, "load", bank.deliver(rows)).returncode == 0
    delta = bank.deliver({"payments": [rows["payments"][0] | {"amount": "70.00"}]})
    load = ("load", delta, "--kind", "delta")
    assert [kill_once(bank, moment, *load) for moment in MOMENTS] == [-signal.SIGKILL] * 4
    assert run(bank, *load).returncode == 0
    assert Counter(Path(file).parent.name for file in bank.lake_files()) == {
        "institutions": 1,
        "borrowers": 1,
        "loans": 1,
        "instalments": 1,
        "payments": 2,
        "payments_replaced": 1,
        SETTLEMENT: 2,
        f"{SETTLEMENT}_replaced": 1,
    }
    assert run(bank, "close", "--as-of", "2026-03-31").returncode == 0
    assert overdue(bank) == {"A": 3000, "B": 10000}


def test_a_disk_that_is_full_refuses_the_load_and_keeps_the_book(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 0.01 as p1
    """
    rows = rows_of(book)
    assert run(bank, "load", bank.deliver(rows)).returncode == 0
    before = bank.lake_files()
    many = [
        rows["payments"][0]
        | {"payment_id": f"p{n}", "payer": sha256(bytes([n % 256, n // 256])).hexdigest()}
        for n in range(9_000)
    ]
    told = run(
        bank, "load", bank.deliver({"payments": many}), "--kind", "delta", program=ON_A_SMALL_DISK
    )
    assert told.returncode == 2
    assert told.stderr.splitlines()[-1].startswith("Refused: ")
    assert bank.lake_files() == before
