"""The most memory that the process tree of a close, of a day and of a full load held."""

from collections.abc import Callable
from typing import Final

from benchmarks.bench import CLOSE, DAY_CLOSED, DAY_LOADED, FULL_LOADS, Bench, Book
from benchmarks.delta import days
from benchmarks.load import once
from benchmarks.row import Row

BOUND: Final = 1.5  # GB, at any size
_GB: Final = 1e9


def measure(bench: Bench) -> list[Row]:
    """Look at every run so far; run once what no other measure has run."""
    rows = []
    for loans in bench.sizes:
        book = bench.loaded(loans)
        for what, operate in _OPERATIONS.items():
            if not bench.runs[loans, what]:
                operate(bench, book)
            peaks = [run.peak / _GB for run in bench.runs[loans, what]]
            rows.append(_row(what, loans, peaks))
    return rows


def _row(what: str, loans: int, peaks: list[float]) -> Row:
    return Row(
        what=what,
        loans=loans,
        measured=f"runs: {len(peaks)}, the highest",
        value=max(peaks),
        unit="GB",
        bound=BOUND,
        samples={"GB": peaks},
    )


def _load(bench: Bench, book: Book) -> None:
    once(bench, book, book.delivery)


def _load_csv(bench: Bench, book: Book) -> None:
    once(bench, book, bench.csv_of(book))


def _close(bench: Bench, book: Book) -> None:
    bench.close(book, book.home)


def _day(bench: Bench, book: Book) -> None:
    days(bench, book, 1, bench.day_of)


_OPERATIONS: Final[dict[str, Callable[[Bench, Book], None]]] = {
    FULL_LOADS["parquet"]: _load,
    FULL_LOADS["csv"]: _load_csv,
    CLOSE: _close,
    DAY_LOADED: _day,
    DAY_CLOSED: _day,
}
