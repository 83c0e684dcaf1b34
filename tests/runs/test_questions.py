"""What is asked of a board, on books in plain lines."""

from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recobro.runs import questions
from recobro.runs.board import Board, NoInstitution, opened
from recobro.runs.closes import published
from recobro.runs.operations.close import InvariantBroken
from tests.oracle.book import Book
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of

pytestmark = pytest.mark.django_db

ON = date(2026, 6, 30)
BANK = ["bank"]


def board(bank: Bank, *, since: date = ON) -> AbstractContextManager[Board]:
    return opened(bank.home, as_of=ON, since=since)


def told(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def test_a_lone_institution_gives_way_to_those_below_it(bank: Bank, book: Book) -> None:
    """
    2026-01-01 A owes 1.00
    """
    rows = rows_of(book)
    root = rows["institutions"][0]
    rows["institutions"] += [
        root | {"institution_id": one, "parent_id": parent, "kind": "branch"}
        for one, parent in (("region", "bank"), ("east", "region"), ("west", "region"))
    ]
    bank.load(rows)
    bank.close(str(ON))
    with board(bank) as opened_board:
        found = {
            one: told(opened_board.institutions(one), "institution_id")
            for one in (None, "region", "west")
        }
        with pytest.raises(NoInstitution):
            opened_board.institutions("north")
    assert found == {
        None: [("bank",), ("east",), ("west",)],
        "region": [("region",), ("east",), ("west",)],
        "west": [("west",)],
    }


def test_falling_loans_are_told_once_in_the_horizon_in_which_they_fall(
    bank: Bank, book: Book
) -> None:
    """
    2026-01-01 A lends 3.00
    2026-07-03 A owes 1.00
    2026-07-09 A owes 2.00
    2026-01-01 B lends 5.00
    2026-04-05 B owes 4.00
    2026-12-31 B owes 1.00
    2026-01-01 C lends 7.00
    2026-07-13 C owes 7.00
    2026-01-01 D lends 9.00
    2026-07-30 D owes 9.00
    """
    bank.load(rows_of(book))
    bank.close(str(ON))
    with board(bank) as opened_board:
        rows = questions.falling(opened_board, BANK)
    assert told(rows, "loan_id", "falls_to", "within", "falls_on", "to_pay") == [
        ("B", "nonperforming", 7, date(2026, 7, 5), 4_00),
        ("A", "special_mention", 7, date(2026, 7, 4), 1_00),
        ("C", "special_mention", 15, date(2026, 7, 14), 7_00),
    ]
    assert told(rows, "institution_id", "borrower", "grade_reasons")[0] == (
        "bank",
        "B",
        ["days-past-due"],
    )


def test_cohorts_are_made_from_closes_where_there_are_and_recomputed_elsewhere(
    bank: Bank, book: Book
) -> None:
    """
    2026-03-10 A lends 4.00
    2026-03-31 A owes 1.00
    2026-12-31 A owes 3.00
    2026-05-20 B lends 6.00
    2026-12-31 B owes 6.00
    2026-04-30 A pays 1.00 as p1
    """
    rows = rows_of(book)
    unpaid = rows | {"payments": []}
    bank.load(unpaid)
    bank.close("2026-05-31")
    bank.load({"payments": rows["payments"]}, kind="delta")
    bank.close(str(ON))
    with board(bank) as opened_board:
        found = questions.cohorts(opened_board, BANK)
        ends = questions.month_ends(opened_board, BANK)
    assert told(ends, "on", "recomputed") == [
        (date(2026, 3, 31), True),
        (date(2026, 4, 30), True),
        (date(2026, 5, 31), False),
        (ON, False),
    ]
    names = ("disbursed_in", "months_on_book", "disbursed_principal", "over_30_principal")
    assert sorted(told(found, *names)) == [
        (date(2026, 3, 1), 0, 4_00, 0),
        (date(2026, 3, 1), 1, 4_00, 0),
        (date(2026, 3, 1), 2, 4_00, 4_00),
        (date(2026, 3, 1), 3, 4_00, 0),
        (date(2026, 5, 1), 0, 6_00, 0),
        (date(2026, 5, 1), 1, 6_00, 0),
    ]


def test_a_book_without_loans_has_no_month_but_its_own(bank: Bank, book: Book) -> None:
    """
    2026-07-01 A owes 1.00
    """
    bank.load(rows_of(book) | {"loans": [], "instalments": []})
    bank.close(str(ON))
    with board(bank) as opened_board:
        ends = questions.month_ends(opened_board, BANK)
        assert ends == [{"on": ON, "recomputed": False}]
        assert questions.cohorts(opened_board, BANK) == []
        assert questions.relapses(opened_board, BANK) == []
        assert questions.falling(opened_board, BANK) == []


def test_a_relapse(bank: Bank, book: Book) -> None:
    """
    2025-06-01 A lends 9.00
    2025-07-10 A owes 1.00
    2025-12-10 A pays 1.00
    2026-02-10 A owes 2.00
    2026-12-31 A owes 6.00
    """
    bank.load(rows_of(book))
    bank.close(str(ON))
    names = ("cured_by", "cured_loans", "cured_principal", "relapsed_loans", "relapsed_principal")
    with board(bank) as opened_board:
        rows = questions.relapses(opened_board, BANK)
    assert told(rows, *names) == [(date(2025, 12, 31), 1, 8_00, 1, 8_00)]


def test_signs_have_the_balance_of_their_loan(bank: Bank, book: Book) -> None:
    """
    2026-01-01 A lends 9.00
    2026-12-31 A owes 9.00
    2026-02-01 A pays 1.00 by staff as a1
    2026-01-01 B lends 5.00
    2026-12-31 B owes 5.00
    2026-03-01 B pays 1.00 by staff as b1
    2026-04-01 B closed as sold
    """
    bank.load(rows_of(book))
    bank.close(str(ON))
    with board(bank) as opened_board:
        rows = questions.signs(opened_board, BANK)
    assert told(rows, "code", "loan_id", "evidence", "amount", "outstanding_principal") == [
        ("paid-by-staff", "B", "b1", 1_00, 0),
        ("paid-by-staff", "A", "a1", 1_00, 8_00),
    ]


def test_roll_rates_are_of_the_last_month_whatever_is_compared(bank: Bank, book: Book) -> None:
    """
    2026-01-01 A lends 3.00
    2026-05-20 A owes 1.00
    2026-12-31 A owes 2.00
    2026-01-01 B lends 5.00
    2026-05-20 B owes 1.00
    2026-06-10 B pays 1.00
    2026-12-31 B owes 4.00
    """
    bank.load(rows_of(book))
    bank.close(str(ON))
    with board(bank, since=date(2025, 12, 31)) as opened_board:
        rows = questions.roll_rates(opened_board, BANK)
        ratios = questions.migration_ratios(opened_board, BANK)
    assert told(rows, "bucket", "opening_principal", "rolled_principal", "roll_rate") == [
        ("M1", 8_00, 3_00, Decimal("0.375000"))
    ]
    assert ratios == []


def merged(bank: Bank, book: Book) -> None:
    """Close May with the loans of a branch, and June after it was merged into another."""
    rows = rows_of(book)
    root = rows["institutions"][0]
    east, west = (
        root | {"institution_id": one, "parent_id": "bank", "kind": "branch"}
        for one in ("east", "west")
    )
    loans = rows["loans"]
    rows["institutions"] = [root, east, west]
    bank.load(rows | {"loans": [one | {"institution_id": "west"} for one in loans]})
    bank.close("2026-05-31")
    bank.load({"loans": [one | {"institution_id": "east"} for one in loans]})
    bank.load({"institutions": [root, east]})
    bank.close(str(ON))


def test_a_bridge_over_a_merged_branch(bank: Bank, book: Book) -> None:
    """
    2025-01-01 A owes 100.00
    """
    merged(bank, book)
    with board(bank, since=date(2026, 5, 31)) as opened_board:
        rows = questions.bridge(opened_board, ["bank", "east"])
    assert sorted(told(rows, "institution_id", "item", "amount")) == [
        ("bank", "closing", 100_00),
        ("bank", "opening", 100_00),
        ("east", "closing", 100_00),
        ("east", "opening", 100_00),
    ]


def test_a_bridge_that_does_not_balance_is_not_shown(bank: Bank, book: Book) -> None:
    """
    2025-01-01 A owes 100.00
    """
    bank.load(rows_of(book))
    close = bank.close(str(ON))
    (file,) = published(bank.home, close, "figures")
    figures = pq.read_table(file)
    bad = figures.schema.get_field_index("nonperforming_principal")
    nothing = pa.array([0] * len(figures), figures.schema.field(bad).type)
    pq.write_table(figures.set_column(bad, figures.schema.field(bad), nothing), file)
    told = r"does not hold in 1 rows.*0 expected, 10000 found.*No bridge is shown"
    with board(bank) as opened_board, pytest.raises(InvariantBroken, match=told):
        questions.bridge(opened_board, BANK)
