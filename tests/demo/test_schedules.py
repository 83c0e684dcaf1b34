from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recobro.demo.records import Instalment
from recobro.demo.schedules import (
    Repayment,
    at_maturity,
    equal_principal,
    equal_principal_by_quarter,
    interest_by_quarter,
    level,
)

SIX_PER_CENT = Decimal("0.06")


def test_at_maturity_asks_for_everything_on_the_last_day() -> None:
    assert at_maturity(10_000_00, SIX_PER_CENT, date(2025, 3, 5), 9) == [
        Instalment(1, date(2025, 12, 5), 10_000_00, 458_33)
    ]


def test_interest_by_quarter_falls_due_on_the_twentieth() -> None:
    assert interest_by_quarter(36_000_00, SIX_PER_CENT, date(2025, 8, 31), 6) == [
        Instalment(1, date(2025, 9, 20), 0, 120_00),
        Instalment(2, date(2025, 12, 20), 0, 546_00),
        Instalment(3, date(2026, 2, 28), 36_000_00, 420_00),
    ]


def test_equal_principal_leaves_the_odd_fen_to_the_last() -> None:
    assert equal_principal(1_000_00, SIX_PER_CENT, date(2025, 1, 31), 3) == [
        Instalment(1, date(2025, 2, 28), 333_33, 5_00),
        Instalment(2, date(2025, 3, 28), 333_33, 3_33),
        Instalment(3, date(2025, 4, 28), 333_34, 1_67),
    ]


def test_level_asks_for_the_same_sum_but_for_the_last_fen() -> None:
    assert level(1_000_00, SIX_PER_CENT, date(2025, 11, 15), 3) == [
        Instalment(1, date(2025, 12, 15), 331_67, 5_00),
        Instalment(2, date(2026, 1, 15), 333_33, 3_34),
        Instalment(3, date(2026, 2, 15), 335_00, 1_68),
    ]


@pytest.mark.parametrize(
    "repayment",
    [at_maturity, interest_by_quarter, equal_principal, equal_principal_by_quarter, level],
)
@given(
    yuan=st.integers(10_000, 5_000_000),
    points=st.integers(300, 800),
    on=st.dates(date(2021, 1, 1), date(2026, 6, 30)),
    years=st.integers(1, 10),
)
def test_every_schedule_adds_up_and_runs_forward(
    repayment: Repayment, yuan: int, points: int, on: date, years: int
) -> None:
    parts = repayment(yuan * 100, Decimal(points) / 10_000, on, 12 * years)
    days = [on, *(part.due_on for part in parts)]
    assert sum(part.principal_due for part in parts) == yuan * 100
    assert [part.n for part in parts] == list(range(1, len(parts) + 1))
    assert days == sorted(set(days))
    assert all(part.principal_due >= 0 and part.interest_due > 0 for part in parts)
