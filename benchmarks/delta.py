"""A day's payments, new loans and changed schedules: loaded, settled, closed and published."""

import shutil

from benchmarks.bench import Bench, Book, copied
from benchmarks.process import Run
from benchmarks.row import Row, ratio
from benchmarks.scan import Scan, scan

BOUND = 6.0
AIM = 3.0


def measure(bench: Bench) -> list[Row]:
    """Take each book some days further, each day right after a scan."""
    return [row for loans in bench.sizes for row in _of(bench, loans)]


def days(bench: Bench, book: Book, number: int) -> list[tuple[Scan, Run, Run]]:
    """Load and close so many days, one on top of the other, on a copy of the bank."""
    home = copied(book.home, book.path / "home-of-days")
    found = []
    for day in range(1, number + 1):
        delivery = bench.day_of(book, day)
        found.append(
            (
                scan(book.delivery),
                bench.load(book, delivery, home, kind="delta"),
                bench.close(book, home, day=day),
            )
        )
    shutil.rmtree(home)
    return found


def _of(bench: Bench, loans: int) -> list[Row]:
    found = days(bench, bench.loaded(loans), bench.repeat)
    scans = [each.seconds for each, _, _ in found]
    whole = [load.seconds + close.seconds for _, load, close in found]
    inside = [load.inside + close.inside for _, load, close in found]
    used = [load.processor + close.processor for _, load, close in found]
    scanned = [each.processor for each, _, _ in found]
    return [
        ratio("a day, whole processes", loans, whole, scans, bound=BOUND, aim=AIM),
        ratio("a day, the operations inside", loans, inside, scans, bound=BOUND, aim=AIM),
        ratio("a day, whole processes, in processor seconds", loans, used, scanned),
    ]
