"""How long it takes until the workplace shows a close: the first one, and that of a day."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.bench import Bench, Book, copied
from benchmarks.generate import CALM
from benchmarks.postgres_server import database_of_ours, server
from benchmarks.process import run
from benchmarks.row import Row

FIRST: Final = 30.0
"""Seconds."""
DAILY: Final = 5.0
_PASSWORD: Final = "as-good-as-any-1"  # noqa: S105 - of people of a bank that is taken away


@dataclass(frozen=True)
class Shown:
    """What showing a close took, and how much of it there is."""

    seconds: float
    processor: float
    problems: int
    cases: int


def measure(bench: Bench) -> list[Row]:
    """Show closes of each book in a database of each kind that is at hand."""
    rows = []
    for loans in bench.sizes:
        book = bench.loaded(loans, CALM)
        rows += _rows("SQLite", loans, _days(bench, book, None))
        with server() as address:
            if address is None:
                bench.tell("There is no PostgreSQL here; DATABASE_URL_POSTGRES may name a server")
                continue
            with database_of_ours(address) as database:
                rows += _rows("PostgreSQL", loans, _days(bench, book, database))
    return rows


def _days(bench: Bench, book: Book, database: str | None) -> list[Shown]:
    """Show the close of a day, that of the next, which opens the cases, and those of some days."""
    with _bank(book, database) as home:
        bench.close(book, home, day=-1, database=database)
        found = [_show(bench, home, database)]
        run([sys.executable, "-m", "benchmarks.people", str(home), _PASSWORD], database=database)
        bench.close(book, home, database=database)
        found.append(_show(bench, home, database))
        for day in range(1, bench.repeat + 1):
            delivery = bench.day_of(book, day)
            bench.load(book, delivery, home, kind="delta", database=database)
            bench.close(book, home, day=day, database=database)
            found.append(_show(bench, home, database))
    return found


@contextmanager
def _bank(book: Book, database: str | None) -> Iterator[Path]:
    """Copy a bank; what its own file knows of its load goes to another database."""
    home = copied(book.home, book.path / "home-of-showing")
    try:
        if database:
            told = home / "told.json"
            _django(home, None, "migrate")
            _django(home, None, "dumpdata", "runs", "--output", str(told))
            _django(home, database, "migrate")
            _django(home, database, "loaddata", str(told))
        yield home
    finally:
        shutil.rmtree(home)


def _django(home: Path, database: str | None, *words: str) -> None:
    run([sys.executable, "-m", "benchmarks.inside", str(home), *words], database=database)


def _show(bench: Bench, home: Path, database: str | None) -> Shown:
    done = run([sys.executable, "-m", "benchmarks.inside", str(home)], database=database)
    shown = Shown(**json.loads(done.output))
    bench.tell(f"shown in {shown.seconds:.2f} s, {shown.processor:.2f} s of our processor")
    return shown


def _rows(kind: str, loans: int, found: list[Shown]) -> list[Row]:
    first, opening, *days = found
    return [
        _row(f"the first close, shown on {kind}", loans, [first], FIRST),
        _row(f"the close that opens the cases, shown on {kind}", loans, [opening], None),
        _row(f"the close of a day, shown on {kind}", loans, days, DAILY),
    ]


def _row(what: str, loans: int, found: list[Shown], bound: float | None) -> Row:
    last = found[-1]
    return Row(
        what=what,
        loans=loans,
        measured=f"{last.problems:,} problem loans, {last.cases:,} open cases, "
        f"median of {len(found)}",
        value=median(each.seconds for each in found),
        unit="s",
        bound=bound,
        samples={
            "seconds": [each.seconds for each in found],
            "processor": [each.processor for each in found],
        },
    )
