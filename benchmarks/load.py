"""A full delivery: beside DuckDB's own read of the same files and the settlement alone."""

import shutil
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.bench import FULL_LOADS, Bench, Book
from benchmarks.process import Run
from benchmarks.row import Row, ratio
from benchmarks.scan import Scan, scan

BOUND: Final = 3.0
_SETTLES: Final = "Settling payments"
"""The line that a load tells when it begins to settle; it is the last thing that it does."""


def measure(bench: Bench) -> list[Row]:
    """Load each book some times into an empty bank, from Parquet and from CSV."""
    rows = []
    for loans in bench.sizes:
        book = bench.delivered(loans)
        for delivery in (book.delivery, bench.csv_of(book)):
            rows += _of(bench, book, delivery)
    return rows


def once(bench: Bench, book: Book, delivery: Path) -> Run:
    """Load a full delivery into an empty bank, which is then thrown away."""
    home = book.path / "home-of-load"
    shutil.rmtree(home, ignore_errors=True)
    done = bench.load(book, delivery, home)
    shutil.rmtree(home)
    return done


def _of(bench: Bench, book: Book, delivery: Path) -> list[Row]:
    tables = [file.stem for file in sorted(delivery.iterdir())]
    pairs = [(scan(delivery, tables), once(bench, book, delivery)) for _ in range(bench.repeat)]
    whole = [done.seconds for _, done in pairs]
    least = [_least(each, done) for each, done in pairs]
    rows = pairs[0][0].rows
    return [
        ratio(
            f"{FULL_LOADS[delivery.name]}, whole process",
            book.loans,
            whole,
            least,
            bound=BOUND,
            names=("ours", "read and settlement"),
        ),
        Row(
            what=f"{FULL_LOADS[delivery.name]}, speed",
            loans=book.loans,
            measured=f"{rows:,} rows of {len(tables)} tables in {median(whole):.2f} s",
            value=rows / median(whole),
            unit="rows/s",
            samples={"ours": whole},
        ),
    ]


def _least(read: Scan, done: Run) -> float:
    """Return the seconds of the read, and of the load from its settlement on."""
    lines = list(done.steps)
    return read.seconds + sum(done.steps[line] for line in lines[lines.index(_SETTLES) :])
