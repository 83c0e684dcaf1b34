from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from recobro.engine.backends.duck import Duck
from recobro.engine.steps.evergreening import signs
from recobro.engine.tables import PAYMENTS
from tests.engine.shelf import numbers, portions_of, published, rows_of, table
from tests.oracle.book import Book
from tests.oracle.rules import Rules
from tests.oracle.written import written

ON = date(2026, 6, 30)


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[Duck]:
    with Duck(tmp_path) as opened_duck:
        yield opened_duck


def signs_of(duck: Duck, book: Book, payers: dict[str, str] | None = None) -> list[tuple[Any, ...]]:
    """Return code, loan, evidence, day and amount of every sign that the book shows."""
    number = numbers(book)
    payments = [
        vars(one) | {"loan_no": number[one.loan_id], "payer": (payers or {}).get(one.payment_id)}
        for one in book.payments
    ]
    portions = portions_of(duck, book, Rules())
    found = signs(published(duck, book, ON, Rules()), table(duck, payments, PAYMENTS), portions)
    names = ("code", "loan_id", "evidence", "happened_on", "amount")
    return sorted(tuple(row[name] for name in names) for row in rows_of(duck, found))


def test_a_renewal_that_is_no_smaller(duck: Duck) -> None:
    """
    2025-01-01 old lends 100.00
    2026-01-01 same lends 100.00 instead of old
    2026-01-01 less lends 99.99 instead of old
    2026-01-01 yen lends 10000 JPY instead of old
    2025-01-01 gone lends 100.00 instead of old
    2025-02-01 gone closed as sold
    """
    assert signs_of(duck, written(test_a_renewal_that_is_no_smaller.__doc__)) == [
        ("renewed-without-reduction", "same", "old", date(2026, 1, 1), 100_00)
    ]


def test_a_loan_near_the_payoff_of_another(duck: Duck) -> None:
    """
    2025-01-01 old lends 100.00 to person Li
    2025-06-01 old owes 50.00
    2026-03-10 old owes 50.00
    2025-06-01 old pays 50.00
    2026-03-10 old pays 50.00 by new_loan
    2026-03-03 before lends 40.00 to person Li
    2026-03-17 after lends 200.00 to person Li
    2026-03-18 later lends 200.00 to person Li
    2026-03-10 small lends 39.99 to person Li
    2026-03-10 declared lends 99.00 to person Li instead of old
    2026-03-10 stranger lends 100.00 to person Wu
    2026-03-10 yen lends 10000 JPY to person Li
    """
    assert signs_of(duck, written(test_a_loan_near_the_payoff_of_another.__doc__)) == [
        ("lent-near-payoff", "after", "old", date(2026, 3, 10), 50_00),
        ("lent-near-payoff", "before", "old", date(2026, 3, 10), 50_00),
    ]


def test_one_payer_for_many(duck: Duck) -> None:
    """
    2026-01-01 A lends 100.00
    2026-02-01 A pays 1.00 by third_party as a1
    2026-03-01 A pays 2.00 by third_party as a2
    2026-01-01 B lends 100.00
    2026-02-01 B pays 3.00 by third_party as b1
    2026-01-01 C lends 100.00
    2026-02-01 C pays 4.00 by third_party as c1
    2026-02-01 C pays 4.00 by borrower as c2
    2026-07-01 D lends 100.00
    2026-02-01 D pays 4.00 by third_party as d1
    """
    book = written(test_one_payer_for_many.__doc__)
    same = dict.fromkeys(["a1", "a2", "b1", "c1", "d1"], "Zhou")
    assert signs_of(duck, book, same | {"c2": "Chen"}) == [
        ("one-payer-for-many", "A", "Zhou", date(2026, 3, 1), 3_00),
        ("one-payer-for-many", "B", "Zhou", date(2026, 2, 1), 3_00),
        ("one-payer-for-many", "C", "Zhou", date(2026, 2, 1), 4_00),
    ]
    assert signs_of(duck, book, dict.fromkeys(["a1", "b1", "d1"], "Zhou")) == []
    assert signs_of(duck, book, {"a1": "Zhou", "b1": "Zhou", "c2": "Zhou"}) == []


def test_money_of_staff(duck: Duck) -> None:
    """
    2026-01-01 A lends 100.00
    2026-02-01 A pays 1.00 by staff as a1
    2026-03-01 A pays 2.00 by staff as a2
    2026-03-02 A reverses a2
    2026-07-01 A pays 5.00 by staff as a3
    """
    book = written(test_money_of_staff.__doc__)
    assert signs_of(duck, book) == [("paid-by-staff", "A", "a1", date(2026, 2, 1), 1_00)]
    assert signs_of(duck, replace(book, payments=())) == []
