import re
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recobro.book.models import (
    Borrower,
    Close,
    Figure,
    Institution,
    Loan,
    Staff,
    Standing,
)
from recobro.policy import parse
from recobro.runs.closes import CloseGone, published
from tests.oracle.book import Book
from tests.runs.bank import AT, Bank
from tests.runs.delivered import Row, rows_of
from tests.runs.many import BORROWERS, LATE, LOANS, many
from tests.runs.shown import TREE, delivered, everything, rows, show, shown_of, told_of

pytestmark = pytest.mark.django_db

Counts = Callable[[int], AbstractContextManager[object]]


def days(*, shown: bool = True) -> list[str]:
    closes = Close.objects.filter(shown_at__isnull=not shown).order_by("as_of", "id")
    return [str(close.as_of) for close in closes]


def shown_loans() -> list[str]:
    standings = Standing.objects.order_by("loan__loan_id")
    return list(standings.values_list("loan__loan_id", flat=True))


def test_the_rows_are_what_the_files_of_the_close_say(bank: Bank) -> None:
    """
    2026-01-01 A lends 300.00 CNY to company Acme against mortgage
    2026-01-05 A owes 100.00 and interest 7.00 and fees 1.00
    2026-02-05 A owes 100.00
    2026-12-05 A owes 100.00
    2026-02-20 A pays 40.00
    2026-01-01 B lends 50000 JPY
    2026-01-05 B owes 10000
    2026-12-05 B owes 40000
    2026-03-01 C owes 80.00
    2026-03-02 C judged grade doubtful
    """
    book = delivered(test_the_rows_are_what_the_files_of_the_close_say.__doc__)
    book["staff"] += [
        {"staff_id": "s1", "name": "陶然", "institution_id": "hill", "active": False},
    ]
    for loan in book["loans"]:
        loan["staff_id"] = "s1" if loan["loan_id"] == "A" else None
    book["borrowers"][0] |= {"national_id": "370-1", "phone": "0133", "village": "Mill Ford"}
    book["borrowers"][1] |= {"household_id": "the Bs"}
    bank.load(book)
    close = bank.close("2026-03-31")
    assert show(bank) == ["2026-03-31"]
    close.refresh_from_db()
    assert close.shown_at == AT
    assert shown_of(close) == told_of(bank, close)
    assert [len(found) for found in shown_of(close)] == [3, 38]
    assert Figure.objects.filter(close=close, by="all").count() == 3 + 3 + 1
    assert rows(Institution) == [
        node | {"path": path}
        for node, path in zip(
            TREE, ["0001", "00010001", "000100010001", "000100010002", "00010002"], strict=True
        )
    ]
    assert rows(Staff) == [
        {"staff_id": "risk", "name": "Risk", "institution_id": "bank", "active": True},
        {"staff_id": "s1", "name": "陶然", "institution_id": "hill", "active": False},
    ]
    person = {"kind": "person", "national_id": "", "phone": "", "address": "", "village": ""}
    acme = person | {"kind": "company", "national_id": "370-1", "phone": "0133"}
    assert rows(Borrower) == [
        acme
        | {"borrower_id": "Acme", "household_id": "Acme", "name": "Acme"}
        | {"village": "Mill Ford"},
        person | {"borrower_id": "B", "household_id": "the Bs", "name": "B"},
        person | {"borrower_id": "C", "household_id": "C", "name": "C"},
    ]
    plain: Row = {"staff_id": "", "product": "farm", "guarantee": "credit"}
    plain |= {"closed_on": None, "closed_as": ""}
    assert rows(Loan) == [
        plain
        | {"loan_no": 1, "loan_id": "A", "borrower_id": "Acme", "institution_id": "hill"}
        | {"staff_id": "s1", "currency": "CNY", "principal": 300_00, "guarantee": "mortgage"}
        | {"disbursed_on": date(2026, 1, 1), "matures_on": date(2026, 12, 5)},
        plain
        | {"loan_no": 2, "loan_id": "B", "borrower_id": "B", "institution_id": "mill"}
        | {"currency": "JPY", "principal": 50_000}
        | {"disbursed_on": date(2026, 1, 1), "matures_on": date(2026, 12, 5)},
        plain
        | {"loan_no": 3, "loan_id": "C", "borrower_id": "C", "institution_id": "west"}
        | {"currency": "CNY", "principal": 80_00}
        | {"disbursed_on": date(2026, 3, 1), "matures_on": date(2026, 3, 1)},
    ]


def test_problem_loans_alone_are_rows(bank: Bank, book: Book) -> None:
    """
    2026-01-05 Paid owes 100.00
    2026-01-05 Paid pays 100.00
    2026-06-05 Normal owes 100.00
    2026-03-30 Late owes 100.00
    2026-06-05 Judged owes 100.00
    2026-03-01 Judged judged grade doubtful
    2026-01-05 Off owes 100.00
    2026-02-01 Off written off
    2026-01-05 OffPaid owes 100.00
    2026-02-01 OffPaid written off
    2026-02-05 OffPaid pays 100.00
    2026-01-05 OffSold owes 100.00
    2026-02-01 OffSold written off
    2026-03-01 OffSold closed as sold
    2026-01-05 OffSoldLater owes 100.00
    2026-02-01 OffSoldLater written off
    2026-04-01 OffSoldLater closed as sold
    2026-01-05 Closed owes 100.00
    2026-03-01 Closed closed as sold
    2026-01-05 ThreeSix owes 10.00
    2026-01-15 ThreeSix pays 10.00
    2026-01-16 ThreeSix owes 10.00
    2026-01-26 ThreeSix pays 10.00
    2026-01-27 ThreeSix owes 10.00
    2026-02-26 ThreeSix pays 10.00
    2026-02-27 ThreeSix owes 10.00
    2026-03-07 ThreeSix pays 10.00
    2026-03-08 ThreeSix owes 10.00
    2026-03-12 ThreeSix pays 10.00
    2026-03-13 ThreeSix owes 10.00
    2026-03-14 ThreeSix pays 10.00
    2026-09-14 ThreeSix owes 10.00
    """
    bank.load(rows_of(book))
    close = bank.close("2026-03-31")
    show(bank)
    assert shown_loans() == ["Judged", "Late", "Off", "OffSoldLater", "ThreeSix"]
    assert shown_of(close) == told_of(bank, close)
    assert list(Standing.objects.filter(three_six=True).values_list("overdue_amount")) == [(0,)]


def test_the_newest_day_and_the_month_ends_are_shown(bank: Bank) -> None:
    """
    2026-01-05 A owes 100.00
    """
    bank.load(delivered(test_the_newest_day_and_the_month_ends_are_shown.__doc__))
    for day in ("2026-01-31", "2026-02-27", "2026-02-28", "2026-03-30"):
        bank.close(day)
    assert show(bank) == ["2026-01-31", "2026-02-28", "2026-03-30"]
    assert days(shown=False) == ["2026-02-27"]
    bank.close("2026-03-29")
    assert show(bank) == []
    newest = bank.close("2026-04-01")
    assert show(bank) == ["2026-04-01"]
    assert days() == ["2026-01-31", "2026-02-28", "2026-04-01"]
    for model in (Standing, Figure):
        shown = model.objects.order_by("close__as_of").values_list("close__as_of", flat=True)
        assert [str(day) for day in shown.distinct()] == days()
    assert shown_of(newest) == told_of(bank, newest)


def test_a_day_that_is_closed_again_takes_the_place_of_what_was_shown(bank: Bank) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 B owes 100.00
    """
    book = delivered(test_a_day_that_is_closed_again_takes_the_place_of_what_was_shown.__doc__)
    bank.load(book)
    first = bank.close("2026-03-31")
    show(bank)
    payment = {"payment_id": "p", "loan_id": "A", "paid_on": "2026-01-05", "amount": "100.00"}
    bank.load({"payments": [payment]}, kind="delta")
    second = bank.close("2026-03-31")
    assert shown_loans() == ["A", "B"]
    assert show(bank) == ["2026-03-31"]
    assert (shown_of(first), shown_loans()) == (([], []), ["B"])
    assert shown_of(second) == told_of(bank, second)
    first.refresh_from_db()
    assert (first.shown_at, days()) == (None, ["2026-03-31"])


def test_what_is_shown_is_not_shown_again(bank: Bank, django_assert_num_queries: Counts) -> None:
    """
    2026-01-05 A owes 100.00
    """
    bank.load(delivered(test_what_is_shown_is_not_shown_again.__doc__))
    bank.close("2026-03-31")
    show(bank)
    before = everything()
    with django_assert_num_queries(2):
        assert show(bank) == []
    assert everything() == before
    assert list(bank.home.path.glob(".reading-*")) == []


def test_nothing_is_shown_where_nothing_was_closed(bank: Bank) -> None:
    assert show(bank) == []


def test_files_that_are_lost_are_told_and_nothing_is_shown_by_half(bank: Bank) -> None:
    """
    2026-01-05 A owes 100.00
    """
    bank.load(delivered(test_files_that_are_lost_are_told_and_nothing_is_shown_by_half.__doc__))
    closes = [bank.close(day) for day in ("2026-01-31", "2026-02-28", "2026-03-31")]
    kept = published(bank.home, closes[1], "figures")
    gone = [file.rename(file.with_suffix(".gone")) for file in kept]
    with pytest.raises(CloseGone, match=r"^The figures of the close of 2026-02-28 are no longer"):
        show(bank)
    assert days() == ["2026-01-31"]
    assert shown_of(closes[0]) == told_of(bank, closes[0])
    assert [shown_of(close) for close in closes[1:]] == 2 * [([], [])]
    for file in gone:
        file.rename(file.with_suffix(".parquet"))
    assert show(bank) == ["2026-02-28", "2026-03-31"]
    for close in closes:
        assert shown_of(close) == told_of(bank, close)


def test_texts_as_long_as_a_bank_may_deliver_them(bank: Bank) -> None:
    """
    2026-01-05 A owes 100.00
    """
    book = delivered(test_texts_as_long_as_a_bank_may_deliver_them.__doc__)
    long = "山" * 1_200
    named = dict.fromkeys(("name", "national_id", "phone", "address", "village"), long)
    book["borrowers"][0] |= named
    book["loans"][0]["product"] = long
    book["institutions"] = [node | {"name": long} for node in TREE]
    bank.load(book)
    close = bank.close("2026-03-31")
    show(bank)
    assert shown_of(close) == told_of(bank, close)
    (borrower,) = rows(Borrower)
    assert {name: borrower[name] for name in named} == named


def written_to(queries: CaptureQueriesContext) -> Counter[str]:
    """Return how many statements wrote to each table of the book."""
    found = (WRITES.search(query["sql"]) for query in queries)
    return Counter(one["table"] for one in found if one)


WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "book_(?P<table>[a-z]+)"')
ONCE = dict.fromkeys(("institution", "staff", "borrower", "loan"), 1)
TWICE = dict.fromkeys(("standing", "figure"), 2) | {"findable": 1, "close": 3}
"""Rows of a close are written, those of the close before it go; each close is marked so, twice: it
is shown, and it is the one by which loans are found."""


def test_a_big_close_takes_as_few_statements_as_a_small_one(bank: Bank) -> None:
    bank.load(many())
    close = bank.close("2026-04-01")
    with CaptureQueriesContext(connection) as queries:
        show(bank)
    expected = Counter(ONCE | TWICE)
    if connection.vendor == "postgresql":  # rows stream into a table that has none
        expected -= Counter(expected.keys() - {"close"})
    assert written_to(queries) == expected
    assert shown_of(close) == told_of(bank, close)
    counts = [model.objects.count() for model in (Institution, Borrower, Loan, Standing)]
    assert counts == [5, BORROWERS, LOANS, LATE]
    bank.load({"borrowers": [many()["borrowers"][0] | {"name": "Renamed"}]}, kind="delta")
    bank.close("2026-04-02")
    with CaptureQueriesContext(connection) as queries:
        assert show(bank) == ["2026-04-02"]
    assert written_to(queries) <= Counter(ONCE | TWICE)
    assert Standing.objects.count() == LATE


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"hill": 10}, {"hill": 10}),
        ({"hill": 10, "mill": 20}, {"hill": 10, "mill": 20, "east": 30}),
        ({"east": 50, "west": 5}, {"bank": 55, "east": 50, "west": 5}),
        ({"bank": 80}, {"bank": 80}),
    ],
)
def test_an_allowance_is_shown_where_the_ledger_tells_all_of_it(
    told: dict[str, int], expected: dict[str, int], bank: Bank
) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 B owes 100.00
    2026-01-05 C owes 100.00
    """
    book = delivered(test_an_allowance_is_shown_where_the_ledger_tells_all_of_it.__doc__)
    entry = {"on": "2026-06-30", "currency": "CNY", "item": "allowance"}
    ledger = [entry | {"institution_id": at, "amount": f"{told[at]}.00"} for at in told]
    of_loans = entry | {"institution_id": "bank", "item": "loans", "amount": "300.00"}
    bank.load(book | {"ledger": [*ledger, of_loans]})
    bank.close("2026-06-30")
    show(bank)
    figures = Figure.objects.filter(allowance__isnull=False)
    assert {figure.by for figure in figures} == {"all"}
    shown = {figure.institution_id: figure.allowance for figure in figures}
    assert shown == {at: amount * 100 for at, amount in expected.items()}


def test_old_and_new_loans_are_kept_apart(bank: Bank) -> None:
    """
    2025-12-31 A lends 100.00
    2026-01-05 A owes 100.00
    2026-01-01 B lends 100.00
    2026-01-05 B owes 100.00
    """
    bank.load(delivered(test_old_and_new_loans_are_kept_apart.__doc__))
    policy = parse('extends = "cn"\n[segments]\nold_before = 2026-01-01\n', name="ours")
    for on, parted in (("2026-02-28", None), ("2026-03-31", policy)):
        bank.close(on, policy=parted)
    show(bank)
    found = Standing.objects.order_by("close__as_of", "loan__loan_id")
    told = [("2026-02-28", "A", ""), ("2026-02-28", "B", "")]
    told += [("2026-03-31", "A", "old"), ("2026-03-31", "B", "new")]
    assert [
        (str(as_of), *own)
        for as_of, *own in found.values_list("close__as_of", "loan__loan_id", "segment")
    ] == told
