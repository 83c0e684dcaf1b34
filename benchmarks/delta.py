"""A day's payments: loaded, settled, closed and published; and with them loans and schedules."""

import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.bench import Bench, Book, copied
from benchmarks.process import Run
from benchmarks.row import Row, ratio
from benchmarks.scan import Scan, scan

BOUND = 6.0
AIM = 3.0


def measure(bench: Bench) -> list[Row]:
    """Take each book some days further, each day right after a scan."""
    rows = []
    for loans in bench.sizes:
        book = bench.loaded(loans)
        paid = days(bench, book, bench.repeat, bench.payments_of)
        rows += _rows("a day's payments", loans, paid, bound=BOUND, aim=AIM)
        whole = days(bench, book, bench.repeat, bench.day_of)
        rows += _rows("a day with new loans and schedules", loans, whole)
    return rows


def days(
    bench: Bench, book: Book, number: int, delivery_of: Callable[[Book, int], Path]
) -> list[tuple[Scan, Run, Run]]:
    """Load and close so many days, one on top of the other, on a copy of the bank."""
    home = copied(book.home, book.path / "home-of-days")
    found = []
    for day in range(1, number + 1):
        delivery = delivery_of(book, day)
        found.append(
            (
                scan(book.delivery),
                bench.load(book, delivery, home, kind="delta"),
                bench.close(book, home, day=day),
            )
        )
    shutil.rmtree(home)
    return found


def _rows(
    what: str,
    loans: int,
    found: list[tuple[Scan, Run, Run]],
    *,
    bound: float | None = None,
    aim: float | None = None,
) -> list[Row]:
    scans = [each.seconds for each, _, _ in found]
    whole = [load.seconds + close.seconds for _, load, close in found]
    inside = [load.inside + close.inside for _, load, close in found]
    used = [load.processor + close.processor for _, load, close in found]
    scanned = [each.processor for each, _, _ in found]
    return [
        ratio(f"{what}, the operations inside", loans, inside, scans, bound=bound, aim=aim),
        ratio(f"{what}, whole processes", loans, whole, scans),
        ratio(f"{what}, whole processes, in processor seconds", loans, used, scanned),
    ]
