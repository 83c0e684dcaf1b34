from decimal import Decimal

import pytest

from recobro.reports.ratios import double_reduction, ratio


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(1, 3, Decimal("0.333333")), (2, 3, Decimal("0.666667")), (0, 5, Decimal(0)), (5, 0, None)],
)
def test_a_ratio_has_six_digits(part: int, whole: int, expected: Decimal | None) -> None:
    assert ratio(part, whole) == expected


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        ((118, 4_000), (120, 4_000), (True, True)),
        ((118, 3_900), (120, 4_000), (True, False)),
        ((121, 5_000), (120, 4_000), (False, True)),
        ((120, 4_000), (120, 4_000), (False, False)),
        ((0, 0), (120, 4_000), (True, True)),
        ((0, 0), (0, 0), (False, False)),
    ],
)
def test_balance_and_ratio_are_compared_each(
    now: tuple[int, int], then: tuple[int, int], expected: tuple[bool, bool]
) -> None:
    assert double_reduction(now, then) == expected
