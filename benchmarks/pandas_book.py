"""The same rows in pandas, vectorised, and how many times as fast we are."""

import json
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks import equality
from benchmarks.bench import FULL_LOADS, Bench, Book
from benchmarks.load import once
from benchmarks.process import Run, run
from benchmarks.row import Row, faster

BOUND: Final = 10.0


def measure(bench: Bench) -> list[Row]:
    """Close the compared book in turns with pandas, from the same delivery to equal rows."""
    book = bench.loaded(bench.compared)
    pairs = [(bench.close(book, book.home), _pandas(bench, book)) for _ in range(bench.repeat)]
    ours = [each for each, _ in pairs]
    whole = [each.seconds for _, each in pairs]
    closing = [json.loads(each.output)["close"] for _, each in pairs]
    loads = bench.runs[book.loans, FULL_LOADS["parquet"]] or [once(bench, book, book.delivery)]
    return [
        faster(
            "close beside pandas, from files to equal rows, whole processes",
            book.loans,
            [each.seconds for each in ours],
            whole,
            name="pandas",
            bound=BOUND,
        ),
        faster(
            "close beside pandas that has read and settled, the operations inside",
            book.loans,
            [each.inside for each in ours],
            closing,
            name="pandas",
        ),
        faster(
            "load and close beside pandas, from files to equal rows, whole processes",
            book.loans,
            [median(each.seconds for each in loads) + each.seconds for each in ours],
            whole,
            name="pandas",
        ),
        _memory(book, [each.peak / 1e9 for _, each in pairs]),
    ]


def _pandas(bench: Bench, book: Book) -> Run:
    with TemporaryDirectory(dir=book.path) as scratch:
        words = [str(book.delivery), str(book.on()), scratch]
        done = run([sys.executable, "-m", "benchmarks.pandas_close", *words])
        equality.check("pandas", bench.exported(book), Path(scratch))
    bench.tell(f"pandas, {book.loans:,} loans: {done.seconds:.2f} s, {done.peak / 1e9:.2f} GB")
    return done


def _memory(book: Book, peaks: list[float]) -> Row:
    return Row(
        what="memory of pandas",
        loans=book.loans,
        measured=f"runs: {len(peaks)}, the highest",
        value=max(peaks),
        unit="GB",
        samples={"GB": peaks},
    )
