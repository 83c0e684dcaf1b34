"""The drawn books hold what the rules speak of, and the oracle's readings of a rule agree."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from tests.oracle.account import account
from tests.oracle.book import Book
from tests.oracle.bridge import bridge, ties
from tests.oracle.floors import REASONS, floors
from tests.oracle.rules import Rules
from tests.oracle.standing import standings
from tests.oracle.strategies import books, days, due_days, policies

FEW = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(st.data())
def test_amounts_and_days_settle_alike(data: st.DataObject) -> None:
    book, rules = data.draw(books()), data.draw(policies())
    on = data.draw(days(book))
    for loan in book.loans:
        mine = account(book, loan.loan_id, rules)
        by_day = [
            one
            for one in mine.claims
            if mine.is_due(one.due_on, on) and (one.settled_on is None or one.settled_on > on)
        ]
        assert mine.unsettled(on) == by_day


@FEW
@given(st.data())
def test_parts_add_up(data: st.DataObject) -> None:
    book, rules = data.draw(books()), data.draw(policies())
    for one in standings(book, data.draw(days(book)), rules):
        parts = one["overdue_principal"], one["overdue_interest"], one["overdue_fees"]
        assert sum(parts) == one["overdue_amount"]
        assert min(parts) >= 0
        assert 0 <= one["outstanding_principal"] <= one["principal"]
        assert (one["days_past_due"] > 0) is (one["unpaid_instalments"] > 0)
        assert (one["grade"] == "normal") is (one["grade_reasons"] == ())


@FEW
@given(st.data())
def test_bridges_tie(data: st.DataObject) -> None:
    book, rules = data.draw(books()), data.draw(policies())
    first, last = sorted((data.draw(days(book)), data.draw(days(book))))
    published = standings(book, first, rules)
    cells = bridge(book, published, first, last, rules)
    assert [key for key, cell in cells.items() if not ties(cell)] == []


@FEW
@given(st.data())
def test_what_comes_later_changes_no_earlier_day(data: st.DataObject) -> None:
    """Payments after a day touch neither its amounts nor its grade."""
    book, rules = data.draw(books()), data.draw(policies())
    on = data.draw(days(book))
    gone = {one.reverses for one in book.payments if one.reverses}
    kept = tuple(
        one
        for one in book.payments
        if one.paid_on <= on and not one.reverses and one.payment_id not in gone
    )
    then = Book(**(vars(book) | {"payments": kept}))
    assert standings(then, on, rules) == standings(book, on, rules)


LENT_ON = date(2024, 1, 29)
ODD_SCHEDULES: dict[str, Callable[[list[date]], bool]] = {
    "never": lambda dues: dues == [],
    "one day": lambda dues: dues == [LENT_ON + timedelta(days=1)],
    "leap day": lambda dues: date(2024, 2, 29) in dues,
    "runs backwards": lambda dues: dues != sorted(dues),
    "before lent": lambda dues: any(due_on < LENT_ON for due_on in dues),
}
ODD_BOOKS: dict[str, Callable[[Book], bool]] = {
    "asks nothing": lambda book: any(one.total_due == 0 for one in book.instalments),
    "reversed": lambda book: any(one.reverses for one in book.payments),
    "restructured twice": lambda book: any(
        len(book.restructurings_of(one.loan_id)) > 1 for one in book.loans
    ),
    "renewed": lambda book: any(one.replaces_loan_id for one in book.loans),
    "no minor digits": lambda book: any(one.currency == "JPY" for one in book.loans),
    "three minor digits": lambda book: any(one.currency == "KWD" for one in book.loans),
}
QUICK = settings(max_examples=2000, database=None, phases=[Phase.generate])


@pytest.mark.parametrize("oddity", ODD_SCHEDULES)
def test_every_odd_schedule_is_drawn(oddity: str) -> None:
    find(due_days(LENT_ON), ODD_SCHEDULES[oddity], settings=QUICK)


@pytest.mark.parametrize("oddity", ODD_BOOKS)
def test_every_odd_book_is_drawn(oddity: str) -> None:
    find(books(), ODD_BOOKS[oddity], settings=QUICK)


AGES = [timedelta(days=n) for n in (60, 200, 500, 900)]


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_drawn(reason: str) -> None:
    def seen(drawn: tuple[Book, Rules]) -> bool:
        book, rules = drawn
        return any(
            reason in floors(book, one.loan_id, one.disbursed_on + age, rules)
            for one in book.loans
            for age in AGES
        )

    find(st.tuples(books(), policies()), seen, settings=QUICK)
