from pathlib import Path

import pytest

from benchmarks.bench import CLOSE, Bench
from benchmarks.growth import measure
from benchmarks.process import Run


def _took(seconds: float) -> Run:
    return Run(
        command="recobro close",
        seconds=seconds,
        inside=seconds,
        processor=seconds,
        processor_inside=seconds,
        peak=1,
        steps={},
        output="",
    )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(folder=tmp_path, sizes=(5_000, 1_000), compared=1_000, repeat=3)


def test_the_largest_book_is_compared_with_the_smallest(bench: Bench) -> None:
    """
    1,000 loans: 2, 3, 1 s; 5,000 loans: 9, 12, 11 s; so 11 / 2, and 5.5 are allowed
    """
    bench.runs[1_000, CLOSE] = [_took(2), _took(3), _took(1)]
    bench.runs[5_000, CLOSE] = [_took(9), _took(12), _took(11)]
    (row,) = measure(bench)
    assert (row.value, row.bound, row.verdict) == (5.5, 5.5, "bound kept")


def test_one_size_does_not_grow(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.sizes = (1_000,)
    assert measure(bench) == []
    assert "books of two sizes" in capsys.readouterr().out
