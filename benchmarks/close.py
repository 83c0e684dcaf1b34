"""The close of a day: every grade, figure and check, published, beside one scan of the book."""

from benchmarks.bench import Bench
from benchmarks.row import Row, ratio
from benchmarks.scan import scan

BOUND = 4.0
AIM = 2.5


def measure(bench: Bench) -> list[Row]:
    """Close each book some times, each close right after a scan."""
    return [row for loans in bench.sizes for row in _of(bench, loans)]


def _of(bench: Bench, loans: int) -> list[Row]:
    book = bench.loaded(loans)
    pairs = [(scan(book.delivery), bench.close(book, book.home)) for _ in range(bench.repeat)]
    scans = [each.seconds for each, _ in pairs]
    whole = [done.seconds for _, done in pairs]
    inside = [done.inside for _, done in pairs]
    used = [done.processor for _, done in pairs]
    scanned = [each.processor for each, _ in pairs]
    return [
        ratio("close, the operation inside", loans, inside, scans, bound=BOUND, aim=AIM),
        ratio("close, whole process", loans, whole, scans),
        ratio("close, whole process, in processor seconds", loans, used, scanned),
    ]
