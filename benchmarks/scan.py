"""The scan: DuckDB reads every value of every column of delivered tables, and adds them up.

What all else is compared with. Sums, because least, largest and count are answered from the
statistics of a Parquet file without reading it.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from benchmarks.process import run

BOOK: Final = ("loans", "instalments", "payments")
"""The tables that a close rests on."""


@dataclass(frozen=True, kw_only=True)
class Scan:
    """One warm scan: its seconds of wall and of processor, and how many rows it read."""

    seconds: float
    processor: float
    rows: int


def scan(folder: Path, tables: Iterable[str] = BOOK) -> Scan:
    """Scan tables of a delivery once to warm up and once for the clock, in a process of its own."""
    done = run([sys.executable, "-m", "benchmarks.scan", str(folder), *tables])
    return Scan(**json.loads(done.output))


def timed(files: Sequence[Path]) -> Scan:
    """Scan files twice and time the second one, with as many threads as a close has."""
    with duckdb.connect(config={"threads": os.cpu_count() or 1}) as connection:
        queries = [_every_value(connection, file) for file in files]
        for query in queries:
            connection.execute(query).fetchall()
        began, used = time.perf_counter(), time.process_time()
        sums = [connection.execute(query).fetchall()[0] for query in queries]
        return Scan(
            seconds=time.perf_counter() - began,
            processor=time.process_time() - used,
            rows=sum(row[0] for row in sums),
        )


def _every_value(connection: duckdb.DuckDBPyConnection, file: Path) -> str:
    source = f"read_csv('{file}')" if file.suffix == ".csv" else f"read_parquet('{file}')"
    columns = connection.sql(f"FROM {source}")
    sums = [
        f"sum({_number(name, str(dtype))})"
        for name, dtype in zip(columns.columns, columns.types, strict=True)
    ]
    return f"SELECT count(*), {', '.join(sums)} FROM {source}"  # noqa: S608 - our own files


def _number(name: str, dtype: str) -> str:
    """Return a number that needs the whole value: days of dates, bytes of text."""
    if dtype == "DATE":
        return f"\"{name}\" - DATE '1970-01-01'"
    if dtype == "VARCHAR":
        return f'strlen("{name}")'
    return f'"{name}"::INTEGER' if dtype == "BOOLEAN" else f'"{name}"'


def main() -> None:
    """Print the scan of a folder's tables as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scan", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("tables", nargs="+")
    options = parser.parse_args()
    files = [next(options.folder.glob(f"{table}.*")) for table in options.tables]
    print(json.dumps(vars(timed(files))))


if __name__ == "__main__":
    main()
