from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from recobro.engine.backends.duck import Duck
from recobro.engine.months import MONTH_END, stood
from tests.engine.shelf import opened, published, rows_of, shelves
from tests.engine.workbench import facts_of, policy_of
from tests.oracle.book import Book
from tests.oracle.rules import Rules
from tests.oracle.strategies import policies
from tests.oracle.written import written


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[Duck]:
    with Duck(tmp_path) as opened_duck:
        yield opened_duck


@settings(
    max_examples=3,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
@given(shelf=shelves(at_most=6), rules=policies())
def test_a_month_end_is_what_a_close_would_publish(shelf: tuple[Book, date], rules: Rules) -> None:
    book, on = shelf
    policy = policy_of(rules)
    with opened() as duck:
        found = stood(facts_of(book, policy, duck), on=duck.day(on), policy=policy)
        expected = published(duck, book, on, rules).select(*MONTH_END.names)
        assert rows_of(duck, found.order_by("loan_no")) == rows_of(
            duck, expected.order_by("loan_no")
        )


def test_days_and_balance_without_a_grade(duck: Duck) -> None:
    """
    2026-01-01 A lends 3.00
    2026-02-10 A owes 1.00
    2026-12-31 A owes 2.00
    2026-04-01 B lends 9.00
    """
    facts = facts_of(
        written(test_days_and_balance_without_a_grade.__doc__), policy_of(Rules()), duck
    )
    found = stood(facts, on=duck.day(date(2026, 3, 31)), policy=policy_of(Rules()))
    assert [
        (row["as_of"], row["outstanding_principal"], row["days_past_due"])
        for row in rows_of(duck, found)
    ] == [(date(2026, 3, 31), 3_00, 49)]
