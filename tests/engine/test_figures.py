from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import ibis.expr.types as ir
import pytest
from hypothesis import HealthCheck, given, settings

from recobro.engine.backends.duck import Duck
from recobro.engine.steps.comparison import comparison
from recobro.engine.steps.figures import EXPORTED, FIGURES, figures
from recobro.engine.steps.indicators import INDICATORS, indicators
from recobro.engine.steps.written_off import written_off
from recobro.engine.tables import LEDGER
from recobro.policy import preset
from tests.engine.shelf import opened, published, rows_of, shelves, table, tree_of
from tests.oracle import figures as oracle
from tests.oracle.book import Book, Institution
from tests.oracle.rules import Rules
from tests.oracle.standing import standings
from tests.oracle.strategies import policies
from tests.oracle.written import written

CN = Rules()
FIRST, LAST = date(2025, 12, 31), date(2026, 6, 30)
TREE = (
    Institution("bank"),
    Institution("north", "bank"),
    Institution("south", "bank"),
    Institution("hill", "north"),
)
PROVISION = preset("cn").provision


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[Duck]:
    with Duck(tmp_path) as opened_duck:
        yield opened_duck


def at(book: Book, **institutions: str) -> Book:
    """Return the book with some loans at other institutions of the tree."""
    loans = (
        replace(one, institution_id=institutions.get(one.loan_id, one.institution_id))
        for one in book.loans
    )
    return replace(book, institutions=TREE, loans=tuple(loans))


def figures_of(duck: Duck, book: Book, on: date, rules: Rules = CN) -> ir.Table:
    return duck.keep(
        f"figures-{on}-{len(book.payments)}",
        [figures(published(duck, book, on, rules), tree_of(duck, book))],
    )


@settings(
    max_examples=5,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
@given(shelf=shelves(at_most=6), rules=policies())
def test_figures_are_what_the_standings_add_up_to(shelf: tuple[Book, date], rules: Rules) -> None:
    book, on = shelf
    with opened() as duck:
        found = figures(published(duck, book, on, rules), tree_of(duck, book)).select(*EXPORTED)
        rows = rows_of(duck, found)
    in_order = sorted(
        rows,
        key=lambda row: (row["currency"], row["institution_id"], row["by"], row["value"] or ""),
    )
    assert in_order == oracle.figures(standings(book, on, rules), book, rules)


LATE = """
    2026-01-01 A lends 1.00
    2026-03-31 A owes 1.00
    2026-01-01 B lends 1.00
    2026-05-31 B owes 1.00
    2026-01-01 C lends 1.00
    2026-06-29 C owes 1.00
    2026-01-01 D lends 1.00
    2026-01-01 D judged grade doubtful
    2025-01-01 E lends 7.00
    2025-02-01 E owes 6.00 and interest 1.00 and fees 0.10
    2026-06-30 E written off
    """


def ledger(duck: Duck, *rows: tuple[str, str, int], on: date = LAST) -> ir.Table:
    told = [
        {"institution_id": node, "on": on, "currency": "CNY", "item": item, "amount": amount}
        for node, item, amount in rows
    ]
    return table(duck, told, LEDGER)


def test_indicators_without_a_ledger(duck: Duck) -> None:
    book = at(written(LATE), A="hill")
    seen = figures_of(duck, book, LAST)
    rows = rows_of(duck, indicators(seen, ledger(duck), tree_of(duck, book), PROVISION))
    found = {row["institution_id"]: row for row in rows}
    assert found["bank"] == dict.fromkeys(INDICATORS.names) | {
        "as_of": LAST,
        "currency": "CNY",
        "institution_id": "bank",
        "loans": 4,
        "outstanding_principal": 400,
        "nonperforming_principal": 200,
        "nonperforming_ratio": Decimal("0.500000"),
        "special_mention_ratio": Decimal("0.500000"),
        "deviation_90": Decimal("0.500000"),
        "overdue_1_ratio": Decimal("0.750000"),
        "overdue_30_ratio": Decimal("0.500000"),
        "specific_provision": 25 + 2 + 2 + 50,
        "general_provision": 4,
        "required_allowance": 300,
    }
    assert sorted(found) == ["bank", "hill", "north"]


def test_indicators_with_a_ledger(duck: Duck) -> None:
    """A node that the ledger does not name has the sum of the nearest that it names."""
    book = at(written(LATE), A="hill", B="north", C="south", D="south")
    told = ledger(
        duck,
        ("hill", "allowance", 40),
        ("north", "allowance", 90),
        ("south", "allowance", 60),
        ("bank", "net_capital", 1000),
    )
    seen = figures_of(duck, book, LAST)
    rows = rows_of(duck, indicators(seen, told, tree_of(duck, book), PROVISION))
    names = (
        "allowance",
        "required_allowance",
        "gap",
        "coverage",
        "allowance_to_loans",
        "net_capital",
    )
    assert {row["institution_id"]: tuple(row[name] for name in names) for row in rows} == {
        "hill": (40, 150, 110, Decimal("0.400000"), Decimal("0.400000"), None),
        "north": (90, 150, 60, Decimal("0.900000"), Decimal("0.450000"), None),
        "south": (60, 150, 90, Decimal("0.600000"), Decimal("0.300000"), None),
        "bank": (150, 300, 150, Decimal("0.750000"), Decimal("0.375000"), 1000),
    }
    (bank,) = (row for row in rows if row["institution_id"] == "bank")
    assert bank["nonperforming_to_net_capital"] == Decimal("0.200000")
    assert bank["uncovered_to_net_capital"] == Decimal("0.050000")


def test_the_required_allowance_is_the_higher_of_two_tests(duck: Duck) -> None:
    """
    2026-01-01 N lends 9500
    2026-01-01 S lends 300
    2026-01-01 S judged grade special_mention
    2026-01-01 B lends 100
    2026-01-01 B judged grade substandard
    2026-01-01 D lends 60
    2026-01-01 D judged grade doubtful
    2026-01-01 L lends 40
    2026-01-01 L judged grade loss
    """
    book = written(test_the_required_allowance_is_the_higher_of_two_tests.__doc__)
    told = ledger(duck, ("bank", "allowance", 350_00))
    (row,) = rows_of(
        duck, indicators(figures_of(duck, book, LAST), told, tree_of(duck, book), PROVISION)
    )
    names = ("specific_provision", "general_provision", "required_allowance", "gap")
    assert [row[name] for name in names] == [101_00, 100_00, 300_00, 0]


def test_a_ledger_of_another_day_says_nothing(duck: Duck) -> None:
    book = written(LATE)
    told = ledger(duck, ("bank", "allowance", 1), on=FIRST)
    (row,) = rows_of(
        duck, indicators(figures_of(duck, book, LAST), told, tree_of(duck, book), PROVISION)
    )
    assert row["allowance"] is None


def test_the_stock_of_written_off_loans(duck: Duck) -> None:
    book = at(written(LATE), E="hill")
    rows = rows_of(duck, written_off(published(duck, book, LAST, CN), tree_of(duck, book)))
    stock = {"loans": 1, "outstanding_principal": 700, "overdue_interest": 100, "overdue_fees": 10}
    assert sorted(rows, key=lambda row: str(row["institution_id"])) == [
        {"as_of": LAST, "currency": "CNY", "institution_id": node} | stock
        for node in ("bank", "hill", "north")
    ]


def test_a_comparison_shows_what_came_and_what_went(duck: Duck) -> None:
    """
    2025-01-01 A lends 1.00
    2025-06-01 A owes 1.00
    2026-01-01 B lends 3.00
    2026-02-01 A pays 0.40
    """
    book = written(test_a_comparison_shows_what_came_and_what_went.__doc__)
    rows = rows_of(duck, comparison(figures_of(duck, book, LAST), figures_of(duck, book, FIRST)))
    names = ("outstanding_principal", "then_outstanding_principal", "change_outstanding_principal")
    found = {
        (row["by"], row["value"]): (*(row[name] for name in names), row["double_reduction"])
        for row in rows
        if row["by"] in ("all", "grade")
    }
    assert found == {
        ("all", None): (360, 100, 260, True),
        ("grade", "normal"): (300, 0, 300, False),
        ("grade", "substandard"): (0, 100, -100, True),
        ("grade", "loss"): (60, 0, 60, False),
    }
    (whole,) = (row for row in rows if row["by"] == "all")
    assert whole["nonperforming_ratio"] == Decimal("0.166667")
    assert whole["then_nonperforming_ratio"] == Decimal("1.000000")


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        ((120, 4000), (118, 3900), False),  # the balance fell, the ratio rose
        ((120, 4000), (118, 4000), True),
        ((120, 4000), (120, 5000), False),
        ((120, 4000), (0, 0), True),
        ((0, 0), (0, 0), False),
        ((3 * 10**17, 9 * 10**17), (3 * 10**17 - 1, 9 * 10**17), True),
    ],
)
def test_double_reduction(
    duck: Duck, then: tuple[int, int], now: tuple[int, int], *, expected: bool
) -> None:
    def one(bad: int, loans: int) -> ir.Table:
        amounts = {name: 0 for name, kind in FIGURES.items() if kind.is_integer()}
        row = amounts | {
            "currency": "CNY",
            "institution_id": "bank",
            "by": "all",
            "nonperforming_principal": bad,
            "outstanding_principal": loans,
        }
        return table(duck, [row], FIGURES)

    (found,) = rows_of(duck, comparison(one(*now), one(*then)))
    quality = oracle.double_reduction(oracle.Quality(*then), oracle.Quality(*now))
    assert (found["double_reduction"], quality) == (expected, expected)
