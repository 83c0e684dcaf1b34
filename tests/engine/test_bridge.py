from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recobro.engine.backends.duck import Duck
from recobro.engine.steps.bridge import ITEMS, bridge, bridge_rows
from tests.engine.shelf import (
    as_published,
    opened,
    portions_of,
    published,
    rows_of,
    shelves,
    table,
    tree_of,
)
from tests.oracle import bridge as oracle
from tests.oracle.book import Book, Institution
from tests.oracle.rules import Rules
from tests.oracle.standing import Standing, standings
from tests.oracle.strategies import TREE, days, policies
from tests.oracle.written import written

CN = Rules()
FIRST, LAST = date(2025, 12, 31), date(2026, 6, 30)

Cells = dict[tuple[str, str], Counter[str]]


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[Duck]:
    with Duck(tmp_path) as opened_duck:
        yield opened_duck


def rows_between(
    duck: Duck,
    book: Book,
    was: Iterable[Standing],
    *,
    first: date = FIRST,
    last: date = LAST,
    rules: Rules = CN,
    old: Book | None = None,
) -> ir.Table:
    rows = bridge_rows(
        as_published(duck, old or book, was, rules),
        published(duck, book, first, rules),
        published(duck, book, last, rules),
        portions_of(duck, book, rules),
        first=first,
        last=last,
        above=tree_of(duck, book),
    )
    return duck.keep(ibis.util.gen_name("bridge"), [rows])


def cells_of(duck: Duck, rows: ir.Table) -> Cells:
    """Return the cells as the oracle has them: nothing signed."""
    cells: Cells = {}
    for row in rows_of(duck, bridge(rows)):
        item, amount = row["item"].replace("cash:unspecified", "cash:"), row["amount"]
        adds = item in (*oracle.ADDS, "closing")
        cell = cells.setdefault((row["institution_id"], row["currency"]), Counter())
        cell[item] = amount if adds else -amount
    return cells


def without_nothing(cells: Cells) -> Cells:
    kept = {
        key: Counter({item: amount for item, amount in cell.items() if amount})
        for key, cell in cells.items()
    }
    return {key: cell for key, cell in kept.items() if cell}


def one_source_a_day(book: Book) -> Book:
    """Return the book with the money of one day and loan from one source.

    Whose money of a day came first, nobody has written down.
    """
    first: dict[tuple[str, date], str | None] = {}
    payments = tuple(
        replace(one, source=first.setdefault((one.loan_id, one.paid_on), one.source))
        for one in book.payments
    )
    return replace(book, payments=payments)


@st.composite
def earlier_knowledge(draw: st.DrawFn, book: Book) -> Book:
    """Draw what was known at the opening: money and judgements came later, loans moved.

    Some were at a branch that has been merged since, and some in another currency by mistake.
    """
    late = st.sampled_from([True, True, True, False])
    places = st.sampled_from([None, None, None, *(one.institution_id for one in TREE), "merged"])
    currencies = st.sampled_from([None, None, None, "USD"])
    return replace(
        book,
        payments=tuple(one for one in book.payments if one.reverses or draw(late)),
        judgements=tuple(one for one in book.judgements if draw(late)),
        loans=tuple(
            replace(
                one,
                institution_id=draw(places) or one.institution_id,
                currency=draw(currencies) or one.currency,
            )
            for one in book.loans
        ),
    )


@st.composite
def stories(draw: st.DrawFn) -> tuple[Book, Book, date, date]:
    """Draw a book, what was known of it at the opening, and the two days of a bridge."""
    shelf, day = draw(shelves(at_most=10))
    book = one_source_a_day(shelf)
    first, last = sorted([day, draw(days(book))])
    return book, draw(earlier_knowledge(book)), first, last


@settings(
    max_examples=3,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
@given(story=stories(), rules=policies())
def test_the_bridge_is_what_the_rules_say(
    story: tuple[Book, Book, date, date], rules: Rules
) -> None:
    book, old, first, last = story
    was = standings(old, first, rules)
    with opened() as duck:
        rows = rows_between(duck, book, was, first=first, last=last, rules=rules)
        cells = cells_of(duck, rows)
    assert cells == without_nothing(oracle.bridge(book, was, first, last, rules))
    assert [cell for cell in cells.values() if not oracle.ties(cell)] == []
    assert [item for cell in cells.values() for item in cell if item not in (*ITEMS, "cash:")] == []


def test_each_cell_opens_its_loans(duck: Duck) -> None:
    """
    2025-01-01 stays owes 100.00

    2025-01-01 pays owes 60.00
    2027-06-01 pays owes 40.00
    2026-02-01 pays pays 10.00 by court
    2026-03-01 pays pays 5.00 by waiver

    2025-01-01 returns owes 60.00
    2027-06-01 returns owes 40.00
    2026-06-30 returns pays 60.00

    2025-01-01 off owes 100.00
    2026-02-01 off written off
    2026-03-01 off pays 5.00 by court

    2025-01-01 closed owes 100.00
    2026-02-01 closed closed as replaced

    2025-01-01 over owes 100.00 and interest 20.00
    2026-02-01 over pays 80.00 by court
    2026-03-01 over pays 60.00 by guarantor

    2025-12-01 fresh owes 100.00

    2025-01-01 late owes 100.00
    2025-12-01 late pays 25.00

    2025-01-01 vanished owes 100.00
    """
    known = written(test_each_cell_opens_its_loans.__doc__)
    was = standings(replace(known, payments=known.payments[:-1]), FIRST, CN)
    book = replace(known, loans=known.loans[:-1])  # but the vanished one
    rows = rows_of(duck, rows_between(duck, book, was, old=known))
    assert {(row["currency"], row["institution_id"]) for row in rows} == {("CNY", "bank")}
    by_loan: dict[str, dict[str, int]] = {}
    for row in rows:
        by_loan.setdefault(row["loan_id"], {})[row["item"]] = row["amount"] // 100
    assert by_loan == {
        "stays": {"opening": 100, "closing": 100},
        "pays": {"opening": 100, "cash:court": -10, "waived": -5, "closing": 85},
        "returns": {"opening": 100, "cash:borrower": -60, "returned": -40},
        "off": {"opening": 100, "cash:court": -5, "written_off": -95},
        "closed": {"opening": 100, "closed_otherwise": -100},
        "over": {"opening": 100, "cash:court": -60, "cash:guarantor": -40},
        "fresh": {"new": 100, "closing": 100},
        "late": {"opening": 100, "restated": -25, "closing": 75},
        "vanished": {"opening": 100, "restated": -100},
    }


def test_a_merged_branch_is_where_its_loans_are_now(duck: Duck) -> None:
    """
    2025-01-01 moved owes 100.00

    2025-01-01 vanished owes 30.00
    """
    book = written(test_a_merged_branch_is_where_its_loans_are_now.__doc__)
    head, north = Institution("bank"), Institution("north", "bank")
    moved, vanished = (replace(one, institution_id="merged") for one in book.loans)
    old = replace(book, loans=(moved, vanished))
    now = replace(book, institutions=(head, north), loans=(replace(moved, institution_id="north"),))
    cells = cells_of(duck, rows_between(duck, now, standings(old, FIRST, CN), old=old))
    assert cells == {
        ("north", "CNY"): Counter(opening=100_00, closing=100_00),
        ("bank", "CNY"): Counter(opening=130_00, restated=-30_00, closing=100_00),
    }


def test_a_currency_that_was_corrected_makes_two_bridges(duck: Duck) -> None:
    """
    2025-01-01 bad owes 100.00
    2026-02-01 bad pays 30.00 by court

    2025-01-01 moved owes 50.00

    2025-12-01 fresh owes 20.00

    All three were in yuan and are in dollars; moved was at a branch that is merged, and is in the
    north now.
    """
    book = written(test_a_currency_that_was_corrected_makes_two_bridges.__doc__)
    places = {"moved": "north"}
    now = replace(
        book,
        institutions=(Institution("bank"), Institution("north", "bank")),
        loans=tuple(
            replace(one, currency="USD", institution_id=places.get(one.loan_id, "bank"))
            for one in book.loans
        ),
    )
    merged = (replace(one, institution_id="merged") for one in book.loans)
    old = replace(book, loans=tuple(merged))
    cells = cells_of(duck, rows_between(duck, now, standings(old, FIRST, CN), old=old))
    assert cells == {
        ("north", "CNY"): Counter(opening=50_00, restated=-50_00),
        ("bank", "CNY"): Counter(opening=150_00, restated=-150_00),
        ("north", "USD"): Counter(restated=50_00, closing=50_00),
        ("bank", "USD"): Counter(
            {"restated": 150_00, "cash:court": 30_00, "new": 20_00, "closing": 140_00}
        ),
    }


def test_cells_add_up_their_loans(duck: Duck) -> None:
    row = {"loan_no": 1, "loan_id": "A", "currency": "CNY", "institution_id": "bank"}
    schema = ibis.schema(
        dict.fromkeys(row, "string") | {"loan_no": "int64", "item": "string", "amount": "int64"}
    )
    rows = [
        row | {"item": item, "amount": amount}
        for item, amount in (("new", 1), ("new", 2), ("sold", 0))
    ]
    assert rows_of(duck, bridge(table(duck, rows, schema))) == [
        {"currency": "CNY", "institution_id": "bank", "item": "new", "loans": 2, "amount": 3}
    ]
