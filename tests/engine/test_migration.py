from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

import ibis
import ibis.expr.types as ir
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recobro.engine.backends.duck import Duck
from recobro.engine.steps.migration import LEFT, MIGRATION, migration
from recobro.engine.steps.rates import flow_rates, migration_ratios, roll_rates
from recobro.engine.steps.relapse import relapse
from recobro.engine.steps.vintage import vintage
from recobro.terms.dates import add_months, month_end
from tests.engine.shelf import opened, published, rows_of, shelves, table, tree_of
from tests.oracle import figures as oracle
from tests.oracle.book import Book
from tests.oracle.rules import Rules
from tests.oracle.standing import standings
from tests.oracle.strategies import days
from tests.oracle.written import written

CN = Rules()
FIRST, LAST = date(2025, 12, 31), date(2026, 6, 30)
OFF = ("new", *LEFT)


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[Duck]:
    with Duck(tmp_path) as opened_duck:
        yield opened_duck


@st.composite
def two_days(draw: st.DrawFn) -> tuple[Book, date, date]:
    """Draw a shelf and the two days of a migration."""
    shelf, day = draw(shelves(at_most=6))
    first, last = sorted([day, draw(days(shelf))])
    return shelf, first, last


@settings(
    max_examples=5,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
@given(drawn=two_days(), by=st.sampled_from(["grade", "bucket"]))
def test_the_matrix_is_what_the_rules_say(
    drawn: tuple[Book, date, date], by: Literal["grade", "bucket"]
) -> None:
    book, first, last = drawn
    with opened() as duck:
        before, after = (published(duck, book, on, CN) for on in (first, last))
        rows = rows_of(duck, migration(before, after, tree_of(duck, book), by=by))
    cells: dict[tuple[str, str | None, str | None], oracle.Moved] = {}
    for row in rows:
        if row["institution_id"] == "head":
            places = (None if row[end] in OFF else row[end] for end in ("origin", "destination"))
            cell = cells.setdefault((row["currency"], *places), oracle.Moved())
            cell.loans += row["loans"]
            cell.opening += row["opening_principal"]
            cell.closing += row["closing_principal"]
    assert cells == oracle.migration(standings(book, first, CN), standings(book, last, CN), by)


def test_how_loans_come_and_leave(duck: Duck) -> None:
    """
    2025-01-01 A lends 1.00
    2026-03-01 A closed as sold
    2025-01-01 B lends 2.00
    2026-03-01 B written off
    2026-04-01 B closed as waived
    2025-01-01 C lends 3.00
    2026-03-01 C closed as replaced
    2026-01-01 D lends 4.00
    2025-01-01 E lends 5.00
    2025-06-01 E written off
    2026-03-01 F lends 6.00
    2026-03-02 F written off
    """
    book = written(test_how_loans_come_and_leave.__doc__)
    before, after = (published(duck, book, on, CN) for on in (FIRST, LAST))
    vanished = after.filter(after.loan_id != "C")
    assert _cells(duck, before, after, book) == {
        ("normal", "sold"): (1, 1_00, 0),
        ("normal", "written_off"): (1, 2_00, 0),
        ("normal", "closed"): (1, 3_00, 0),
        ("new", "normal"): (1, 0, 4_00),
    }
    assert _cells(duck, before, vanished, book)["normal", "gone"] == (1, 3_00, 0)


def test_a_loan_whose_currency_was_corrected_is_never_one_of_both(duck: Duck) -> None:
    """A lent 3.00 yuan, as was published in December; in June they are 300 yen."""
    yuan, yen = written("2025-01-01 A lends 3.00"), written("2025-01-01 A lends 300 JPY")
    before, after = published(duck, yuan, FIRST, CN), published(duck, yen, LAST, CN)
    rows = rows_of(duck, migration(before, after, tree_of(duck, yen), by="grade"))
    assert {(row["currency"], row["origin"], row["destination"]) for row in rows} == {
        ("CNY", "normal", "gone"),
        ("JPY", "new", "normal"),
    }


def _cells(
    duck: Duck, before: ir.Table, after: ir.Table, book: Book
) -> dict[tuple[str, str], tuple[int, ...]]:
    rows = rows_of(duck, migration(before, after, tree_of(duck, book), by="grade"))
    amounts = ("loans", "opening_principal", "closing_principal")
    return {
        (row["origin"], row["destination"]): tuple(row[name] for name in amounts) for row in rows
    }


def matrix(duck: Duck, by: str, *cells: tuple[str, str, int, int, int]) -> ir.Table:
    names = ("origin", "destination", "loans", "opening_principal", "closing_principal")
    node = {"currency": "CNY", "institution_id": "bank", "by": by}
    return table(duck, [node | dict(zip(names, cell, strict=True)) for cell in cells], MIGRATION)


def test_roll_rates(duck: Duck) -> None:
    cells = matrix(
        duck,
        "bucket",
        ("M0", "M0", 9, 900, 800),
        ("M0", "M1", 1, 100, 90),
        ("M1", "M2", 1, 40, 40),
        ("M1", "M0", 1, 60, 50),
        ("M2", "M7", 1, 50, 50),
        ("M2", "written_off", 1, 50, 0),
        ("new", "M1", 1, 0, 70),
    )
    rows = rows_of(duck, roll_rates(cells).order_by("bucket"))
    assert [(row["bucket"], row["opening_principal"], row["roll_rate"]) for row in rows] == [
        ("M0", 1000, Decimal("0.090000")),
        ("M1", 100, Decimal("0.400000")),
        ("M2", 100, Decimal("0.000000")),
    ]


def test_the_regulators_migration_ratios(duck: Duck) -> None:
    cells = matrix(
        duck,
        "grade",
        ("normal", "normal", 7, 700, 500),
        ("normal", "paid", 1, 100, 0),
        ("normal", "substandard", 1, 100, 90),
        ("special_mention", "loss", 1, 30, 10),
        ("special_mention", "normal", 1, 30, 30),
        ("substandard", "doubtful", 1, 50, 50),
        ("substandard", "written_off", 1, 50, 0),
        ("doubtful", "sold", 1, 10, 0),
        ("new", "loss", 1, 0, 5),
    )
    rows = rows_of(duck, migration_ratios(cells))
    assert {
        row["name"]: (row["migrated_principal"], row["remaining_principal"], row["ratio"])
        for row in rows
    } == {
        "normal": (100, 630, Decimal("0.158730")),
        "special_mention": (10, 40, Decimal("0.250000")),
        "substandard": (50, 50, Decimal("1.000000")),
        "doubtful": (0, 0, None),
    }


def test_cure_and_formation(duck: Duck) -> None:
    cells = matrix(
        duck,
        "grade",
        ("normal", "normal", 7, 700, 500),
        ("normal", "substandard", 1, 100, 90),
        ("special_mention", "loss", 1, 200, 110),
        ("new", "doubtful", 2, 0, 50),
        ("written_off", "loss", 1, 0, 7),
        ("substandard", "special_mention", 1, 30, 20),
        ("substandard", "loss", 1, 70, 70),
    )
    (row,) = rows_of(duck, flow_rates(cells))
    assert row == {
        "currency": "CNY",
        "institution_id": "bank",
        "opening_nonperforming": 100,
        "opening_performing": 1000,
        "cured_loans": 1,
        "cured_principal": 30,
        "formed_loans": 5,
        "formed_principal": 257,
        "cure_rate": Decimal("0.300000"),
        "formation_rate": Decimal("0.257000"),
    }


def test_relapse(duck: Duck) -> None:
    """
    2025-01-01 A lends 9.00
    2025-10-01 A owes 1.00
    2026-01-20 A pays 1.00
    2026-02-01 A owes 2.00
    2026-12-31 A owes 6.00

    2025-01-02 B lends 5.00
    2025-10-01 B owes 1.00
    2026-01-20 B pays 1.00
    2026-12-31 B owes 4.00

    2025-01-03 C lends 7.00
    2025-10-01 C owes 7.00
    2026-01-20 C pays 7.00

    2025-01-04 D lends 3.00
    2025-10-01 D owes 3.00
    2026-01-20 D written off

    2025-01-05 E lends 2.00
    2025-10-01 E owes 2.00
    """
    book = written(test_relapse.__doc__)
    days = [date(2025, 12, 31), date(2026, 1, 31), date(2026, 4, 30), date(2026, 5, 31)]
    seen = [published(duck, book, on, CN) for on in days]
    cured = {
        "currency": "CNY",
        "institution_id": "bank",
        "cured_by": date(2026, 1, 31),
        "cured_loans": 2,
        "cured_principal": 12_00,
    }
    (row,) = rows_of(duck, relapse(ibis.union(*seen), tree_of(duck, book)))
    assert row == cured | {"relapsed_loans": 1, "relapsed_principal": 8_00}
    (row,) = rows_of(duck, relapse(ibis.union(*seen[:3]), tree_of(duck, book)))
    assert row == cured | {"relapsed_loans": 0, "relapsed_principal": 0}


def test_a_cured_loan_is_watched_for_twelve_month_ends(duck: Duck) -> None:
    """
    2024-01-01 A lends 3.00
    2024-01-15 A owes 1.00
    2024-05-31 A pays 1.00
    2025-02-28 A owes 1.00
    2024-01-01 B lends 3.00
    2024-01-15 B owes 1.00
    2024-05-31 B pays 1.00
    2025-03-31 B owes 1.00
    """
    book = written(test_a_cured_loan_is_watched_for_twelve_month_ends.__doc__)
    days = [month_end(add_months(date(2024, 4, 30), months)) for months in range(16)]
    seen = ibis.union(*(published(duck, book, on, CN) for on in days))
    (row,) = rows_of(duck, relapse(seen, tree_of(duck, book)))
    assert (row["cured_by"], row["cured_loans"], row["relapsed_principal"]) == (
        date(2024, 5, 31),
        2,
        2_00,
    )


def test_a_cohort_as_it_grows_older(duck: Duck) -> None:
    """
    2026-01-05 A lends 6.00
    2026-02-10 A owes 1.00
    2026-12-31 A owes 5.00
    2026-01-20 B lends 4.00
    2026-12-31 B owes 4.00
    2026-03-10 B written off
    2026-01-31 C lends 10.00
    2026-03-01 C closed as paid
    """
    book = written(test_a_cohort_as_it_grows_older.__doc__)
    closes = (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 5, 31))
    seen = ibis.union(*(published(duck, book, on, CN) for on in closes))
    rows = rows_of(duck, vintage(seen, tree_of(duck, book)).order_by("months_on_book"))
    names = ("months_on_book", "loans", "disbursed_principal", "over_30_ratio", "over_90_ratio")
    assert [tuple(row[name] for name in names) for row in rows] == [
        (0, 3, 20_00, Decimal("0.000000"), Decimal("0.000000")),
        (1, 3, 20_00, Decimal("0.000000"), Decimal("0.000000")),
        (2, 3, 20_00, Decimal("0.500000"), Decimal("0.200000")),
        (4, 3, 20_00, Decimal("0.500000"), Decimal("0.500000")),
    ]
    assert {row["disbursed_in"] for row in rows} == {date(2026, 1, 1)}
