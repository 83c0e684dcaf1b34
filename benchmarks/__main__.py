"""Speed and memory, each as a ratio of two things measured in one run.

`python -m benchmarks` measures everything and writes docs/performance.md and the JSON beside it. A
value beyond its bound is told, and is no failure: benchmarks are no tests.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks import (
    close,
    delta,
    growth,
    load,
    memory,
    page,
    pages,
    pandas_book,
    postgres_book,
    showing,
)
from benchmarks.bench import Bench
from benchmarks.machine import machine, versions
from benchmarks.process import ROOT
from benchmarks.row import Row

MEASURES: Final[dict[str, Callable[[Bench], list[Row]]]] = {
    "close": close.measure,
    "growth": growth.measure,
    "delta": delta.measure,
    "load": load.measure,
    "memory": memory.measure,
    "show": showing.measure,
    "pages": pages.measure,
    "pandas": pandas_book.measure,
    "postgres": postgres_book.measure,
}
"""The table of contents; what looks at runs of others comes after them."""


def main(arguments: Sequence[str]) -> None:
    """Measure what is asked for, and write it down after each measure."""
    options = _options(arguments)
    command = " ".join(["python -m benchmarks", *_without_folders(arguments)])
    with TemporaryDirectory(prefix="recobro-bench-") as scratch:
        bench = Bench(
            folder=options.keep or Path(scratch),
            sizes=options.loans,
            compared=options.compared,
            repeat=options.repeat,
        )
        for name in options.only:
            bench.tell(f"\n== {name}")
            rows = MEASURES[name](bench)
            for row in rows:
                bench.tell(_told(row))
            if rows:
                page.keep(
                    options.to,
                    name,
                    rows,
                    command=command,
                    on=str(datetime.now(tz=UTC).date()),
                    repeat=options.repeat,
                    machine=machine(),
                    versions=versions(),
                )


def _told(row: Row) -> str:
    value = page.shown(row.value, row.unit)
    return f"{row.what}, {row.loans:,} loans: {value} ({row.measured}) {row.verdict}".rstrip()


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--only", type=_names, default=tuple(MEASURES), help="measures, parted by commas"
    )
    parser.add_argument(
        "--loans", type=_numbers, default=(1_000_000, 5_000_000), help="sizes of the books"
    )
    parser.add_argument(
        "--compared", type=int, default=100_000, help="loans given to pandas and PostgreSQL too"
    )
    parser.add_argument("--repeat", type=int, default=5, help="how often each thing is measured")
    parser.add_argument("--keep", type=Path, help="a folder whose books are made once and stay")
    parser.add_argument(
        "--to", type=Path, default=ROOT / "docs", help="the folder of performance.md"
    )
    return parser.parse_args(arguments)


def _names(text: str) -> tuple[str, ...]:
    names = text.split(",")
    if unknown := [name for name in names if name not in MEASURES]:
        known = ", ".join(MEASURES)
        message = f"{', '.join(unknown)} is not measured; there are {known}"
        raise argparse.ArgumentTypeError(message)
    return tuple(name for name in MEASURES if name in names)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


def _without_folders(arguments: Sequence[str]) -> list[str]:
    """Leave out where books were kept: it matters to nobody else."""
    words: list[str] = []
    given = iter(arguments)
    for word in given:
        if word in {"--keep", "--to"}:
            next(given, None)
        elif not word.startswith(("--keep=", "--to=")):
            words.append(word)
    return words


if __name__ == "__main__":
    main(sys.argv[1:])
