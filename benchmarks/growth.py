"""Whether time grows as the book does: the close of the largest book beside the smallest."""

from typing import Final

from benchmarks.bench import CLOSE, Bench
from benchmarks.row import Row, ratio

_OVER_LINEAR: Final = 1.1  # five times the loans may take 5.5 times as long


def measure(bench: Bench) -> list[Row]:
    """Compare the closes measured so far, closing what has not been closed; one size: nothing."""
    small, large = min(bench.sizes), max(bench.sizes)
    if small == large:
        bench.tell("Growth needs books of two sizes: --loans 1000000,5000000")
        return []
    times = {}
    for loans in (small, large):
        while len(bench.runs[loans, CLOSE]) < bench.repeat:
            book = bench.loaded(loans)
            bench.close(book, book.home)
        times[loans] = [run.seconds for run in bench.runs[loans, CLOSE]]
    return [
        ratio(
            f"close of {large:,} beside {small:,} loans",
            large,
            times[large],
            times[small],
            bound=round(_OVER_LINEAR * large / small, 2),
            names=("large", "small"),
        )
    ]
