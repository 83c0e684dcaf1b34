"""What is over is read as one row a loan, and every close finds the same in it."""

from collections.abc import Iterator
from datetime import date, timedelta
from operator import itemgetter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recobro.engine.backends.duck import Duck
from recobro.engine.steps.brought_forward import brought_forward, dated, one_by_one, read_on
from recobro.engine.steps.settlement import settlement
from recobro.policy import preset
from tests.engine.shelf import opened, shelves
from tests.engine.workbench import standings_of, tables_of
from tests.oracle.book import Book
from tests.oracle.rules import Rules
from tests.oracle.standing import standings
from tests.oracle.strategies import policies
from tests.oracle.written import written

ROW = ("paid_on", "n", "principal", "line_end", "closes")


@pytest.fixture
def duck() -> Iterator[Duck]:
    with opened() as made:
        yield made


def rows_of(duck: Duck, book: str, *, over_by: date) -> Any:
    """Settle a book, with no days of grace, and bring forward what is over by a day."""
    tables, policy = tables_of(written(book), duck), preset("cn")
    settled = settlement(
        tables["loans"], tables["instalments"], tables["payments"], load_no=1, policy=policy
    )
    rows = dated(settled, policy.overdue, over_by=duck.day(over_by))
    return duck.keep("at-rest", [rows, brought_forward(rows, over_by=duck.day(over_by))])


def told(duck: Duck, table: Any) -> list[tuple[Any, ...]]:
    rows = duck.rows(table.order_by("line_end", "paid_on"))
    return [tuple(row[name] for name in ROW) for row in rows]


PAID = """
2026-01-05 A owes 100.00
2026-01-05 A pays 100.00
2026-02-05 A owes 100.00
2026-02-03 A pays 60.00
2026-02-20 A pays 40.00
2026-03-05 A owes 100.00
2026-03-01 A pays 10.00
"""
FIRST = (date(2026, 1, 5), 1, 10000, 10000, True)
SECOND = [
    (date(2026, 2, 3), 2, 6000, 16000, False),
    (date(2026, 2, 20), 2, 4000, 20000, True),
]
THIRD = [(date(2026, 3, 1), 3, 1000, 21000, False), (None, 3, 9000, 30000, True)]


@pytest.mark.parametrize(
    ("over_by", "read"),
    [
        # nothing is over before the second instalment has been assessed
        (date(2026, 2, 5), [FIRST, *SECOND, *THIRD]),
        (date(2026, 2, 6), [(date(2026, 2, 3), None, 16000, 16000, False), SECOND[1], *THIRD]),
        # the second is not, until the third fell due, nor is what was paid for the third
        (date(2026, 3, 5), [(date(2026, 2, 3), None, 16000, 16000, False), SECOND[1], *THIRD]),
        (date(2026, 3, 6), [(date(2026, 3, 1), None, 21000, 21000, False), THIRD[1]]),
    ],
)
def test_what_is_over_is_one_row(duck: Duck, over_by: date, read: list[Any]) -> None:
    """PAID: each row read on a day has its last payment, instalment, principal and end of line."""
    rows = rows_of(duck, PAID, over_by=over_by)
    every, read = [FIRST, *SECOND, *THIRD], sorted(read, key=itemgetter(3))
    later = date(2027, 1, 1)
    assert told(duck, read_on(rows, later)) == read
    assert told(duck, read_on(rows, later, since=over_by)) == read
    assert told(duck, read_on(rows, later, since=over_by - timedelta(days=1))) == every
    assert told(duck, one_by_one(rows)) == every


@pytest.mark.parametrize(
    ("on", "read"),
    [
        (date(2026, 1, 4), []),
        (date(2026, 1, 5), [FIRST]),
        (date(2026, 2, 3), [FIRST, SECOND[0]]),  # paid before it fell due
        (date(2026, 2, 5), [FIRST, *SECOND]),  # paid after it fell due
        (date(2026, 3, 4), [FIRST, *SECOND, THIRD[0]]),
        (date(2026, 3, 5), [FIRST, *SECOND, *THIRD]),
    ],
)
def test_what_is_yet_to_come_is_not_asked_for(duck: Duck, on: date, read: list[Any]) -> None:
    """PAID."""
    rows = rows_of(duck, PAID, over_by=date(2026, 6, 1))
    assert told(duck, read_on(rows, on)) == read
    assert told(duck, one_by_one(rows)) == [FIRST, *SECOND, *THIRD]


@settings(
    max_examples=15,
    suppress_health_check=[
        HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example
    ],
)  # fmt: skip
@given(shelf=shelves(), rules=policies(), ahead=st.integers(-3, 1) | st.integers(-400, 60))
def test_a_close_says_the_same_of_what_was_brought_forward(
    shelf: tuple[Book, date], rules: Rules, ahead: int
) -> None:
    """Books and policies as they come; what is over by a day before the close, or after it."""
    book, on = shelf
    with opened() as duck:
        found = standings_of(book, on, rules, duck, over_by=on + timedelta(days=ahead))
    assert found == standings(book, on, rules)
