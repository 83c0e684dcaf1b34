from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recobro.terms.dates import add_months, month_end, previous_month_end, previous_year_end

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-10", 6, "2026-07-10"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-05-05", 0, "2026-05-05"),
    ],
)
def test_add_months_clips_to_the_months_end(day: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@given(DAYS, st.integers(-600, 600))
def test_add_months_moves_by_whole_months(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == min(day.day, month_end(moved).day)


@given(DAYS)
def test_the_day_after_a_months_end_is_a_first(day: date) -> None:
    assert (month_end(day) + timedelta(days=1)).day == 1
    assert (month_end(day).year, month_end(day).month) == (day.year, day.month)
    assert previous_month_end(day) == month_end(add_months(day, -1))


def test_ends_before() -> None:
    assert month_end(date(2024, 2, 1)) == date(2024, 2, 29)
    assert previous_month_end(date(2026, 1, 31)) == date(2025, 12, 31)
    assert previous_year_end(date(2026, 1, 1)) == date(2025, 12, 31)
    assert previous_year_end(date(2026, 12, 31)) == date(2025, 12, 31)
