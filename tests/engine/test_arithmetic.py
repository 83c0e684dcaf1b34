from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recobro.engine.arithmetic import product, ratio
from recobro.engine.backends.duck import Duck
from tests.engine.shelf import opened, rows_of, table
from tests.oracle import figures as oracle

PAIRS = ibis.schema({"part": "int64", "whole": "int64"})
MOST = 2**63 - 1


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[Duck]:
    with Duck(tmp_path) as opened_duck:
        yield opened_duck


def test_a_ratio_of_the_largest_amounts(duck: Duck) -> None:
    pairs = [
        (1, 3),
        (2, 3),
        (0, 5),
        (1, 2_000_000),
        (1, 2_000_001),
        (-1, 2_000_000),
        (-2, 3),
        (MOST, MOST),
        (MOST - 1, MOST),
        (MOST // 2, MOST),
        (9_000_000_000_000_000_000 // 7, MOST),
    ]
    found = rows_of(duck, _ratios(duck, pairs).order_by("row"))
    sixes = ["0.333333", "0.666667", "0.000000", "0.000001", "0.000000", "-0.000001", "-0.666667"]
    expected = [*sixes, "1.000000", "1.000000", "0.500000", "0.139397"]
    assert [str(row["ratio"]) for row in found] == expected


def test_a_ratio_to_nothing_or_less_is_empty(duck: Duck) -> None:
    found = rows_of(duck, _ratios(duck, [(1, 0), (0, 0), (1, -5), (None, 5), (5, None)]))
    assert [row["ratio"] for row in found] == [None] * 5


def test_a_ratio_of_many_wholes_is_told_below_a_million(duck: Duck) -> None:
    pairs = [(7, 2), (999_999, 1), (1_000_000, 1), (MOST, MOST // 999_999), (MOST, 1)]
    found = rows_of(duck, _ratios(duck, pairs).order_by("row"))
    assert [row["ratio"] and str(row["ratio"]) for row in found] == [
        "3.500000",
        "999999.000000",
        None,
        "999999.000000",
        None,
    ]


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(
    pairs=st.lists(
        st.tuples(st.integers(0, MOST), st.integers(1, MOST)).map(sorted)
        | st.tuples(st.integers(0, MOST), st.integers(MOST // 900_000, MOST))
        | st.tuples(st.integers(0, 999), st.integers(1_000, 9_999)),
        min_size=50,
        max_size=200,
    )
)
def test_a_ratio_is_exact(pairs: list[tuple[int, int]]) -> None:
    with opened() as duck:
        found = rows_of(duck, _ratios(duck, pairs).order_by("row"))
    assert [row["ratio"] for row in found] == [oracle.ratio(part, whole) for part, whole in pairs]


def test_a_product_of_the_largest_amounts(duck: Duck) -> None:
    pair = table(duck, [{"part": MOST, "whole": MOST}], PAIRS)
    found = rows_of(duck, pair.select(product=product(pair.part, pair.whole)))
    assert found == [{"product": Decimal(MOST**2)}]


def _ratios(duck: Duck, pairs: Sequence[tuple[int | None, int | None]]) -> ir.Table:
    schema = ibis.schema({"row": "int64"} | dict(PAIRS.items()))
    rows = [{"row": n, "part": part, "whole": whole} for n, (part, whole) in enumerate(pairs)]
    found = table(duck, rows, schema)
    return found.select("row", ratio=ratio(found.part, found.whole))
