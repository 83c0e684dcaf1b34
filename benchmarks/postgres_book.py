"""The same rows in SQL on PostgreSQL, and how many times as fast we are."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks import equality
from benchmarks.bench import Bench, Book
from benchmarks.postgres_close import Closed
from benchmarks.postgres_server import server
from benchmarks.process import run
from benchmarks.row import Row, faster

BOUND: Final = 20.0


def measure(bench: Bench) -> list[Row]:
    """Close the compared book on a server, then as we do; nothing where there is no server."""
    with server() as address:
        if address is None:
            bench.tell("There is no PostgreSQL here; DATABASE_URL_POSTGRES may name a server")
            return []
        book = bench.loaded(bench.compared)
        theirs = _postgres(bench, book, address)
    ours = [bench.close(book, book.home) for _ in range(bench.repeat)]
    return [
        faster(
            "close beside PostgreSQL that settles and closes, to equal rows",
            book.loans,
            [each.seconds for each in ours],
            [theirs.settle + seconds for seconds in theirs.close],
            name=f"PostgreSQL {theirs.version}",
            bound=BOUND,
        ),
        faster(
            "close beside PostgreSQL that has settled, the operations inside",
            book.loans,
            [each.inside for each in ours],
            theirs.close,
            name=f"PostgreSQL {theirs.version}",
        ),
    ]


def _postgres(bench: Bench, book: Book, address: str) -> Closed:
    delivery = bench.csv_of(book)
    with TemporaryDirectory(dir=book.path) as scratch:
        bench.tell(f"Closing {book.loans:,} loans on PostgreSQL")
        words = [address, str(delivery), str(book.on()), scratch, "--repeat", str(bench.repeat)]
        done = run([sys.executable, "-m", "benchmarks.postgres_close", *words])
        equality.check("PostgreSQL", bench.exported(book), Path(scratch))
    return Closed(**json.loads(done.output))
