"""The oracle's figures, migration and bridge against the book's contract."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.oracle.book import Book, Institution
from tests.oracle.bridge import bridge, ties
from tests.oracle.figures import Figure, Moved, deviation, figures, migration, overdue_ratio
from tests.oracle.rules import Rules
from tests.oracle.standing import Standing, standings
from tests.oracle.written import written

CN = Rules()
FIRST, LAST = date(2025, 12, 31), date(2026, 6, 30)
TREE = (Institution("bank"), Institution("north", "bank"), Institution("south", "bank"))


def at(book: Book, **institutions: str) -> Book:
    """Return the book with some loans at other institutions of the tree."""
    loans = (
        replace(one, institution_id=institutions.get(one.loan_id, one.institution_id))
        for one in book.loans
    )
    return replace(book, institutions=TREE, loans=tuple(loans))


def figure(node: str, by: str, value: str | None, *sums: int, ratio: str) -> Figure:
    loans, outstanding, bad, overdue, provision = sums
    return Figure(
        as_of=LAST,
        currency="CNY",
        institution_id=node,
        by=by,
        value=value,
        loans=loans,
        outstanding_principal=outstanding,
        nonperforming_principal=bad,
        nonperforming_ratio=Decimal(ratio),
        overdue_amount=overdue,
        provision=provision,
    )


def test_a_node_stands_for_its_subtree(book: Book) -> None:
    """
    2026-01-01 A lends 2.00
    2026-02-01 A owes 2.00
    2025-01-01 B lends 1.00
    2025-01-01 C lends 5.00
    2026-06-30 C written off
    """
    rules = Rules(old_before=date(2026, 1, 1))
    seen = figures(standings(book, LAST, CN), at(book), rules)
    late = (1, 200, 200, 200, 50)
    good = (1, 100, 0, 0, 0)
    both = (2, 300, 200, 200, 50)
    assert seen == [
        figure("bank", "all", None, *both, ratio="0.666667"),
        figure("bank", "bucket", "M0", *good, ratio="0.000000"),
        figure("bank", "bucket", "M5", *late, ratio="1.000000"),
        figure("bank", "grade", "normal", *good, ratio="0.000000"),
        figure("bank", "grade", "substandard", *late, ratio="1.000000"),
        figure("bank", "guarantee", "credit", *both, ratio="0.666667"),
        figure("bank", "product", "farm", *both, ratio="0.666667"),
        figure("bank", "segment", "new", *late, ratio="1.000000"),
        figure("bank", "segment", "old", *good, ratio="0.000000"),
    ]
    parted = at(book, A="north", B="south")
    whole = [one for one in figures(standings(parted, LAST, CN), parted, CN) if one["by"] == "all"]
    assert whole == [
        figure("bank", "all", None, *both, ratio="0.666667"),
        figure("north", "all", None, *late, ratio="1.000000"),
        figure("south", "all", None, *good, ratio="0.000000"),
    ]


def test_currencies_are_never_summed(book: Book) -> None:
    """
    2026-01-01 A lends 2.00 CNY
    2026-01-01 B lends 2 JPY
    """
    whole = [one for one in figures(standings(book, LAST, CN), book, CN) if one["by"] == "all"]
    assert [(one["currency"], one["outstanding_principal"]) for one in whole] == [
        ("CNY", 200),
        ("JPY", 2),
    ]


def test_ratios_of_lateness(book: Book) -> None:
    """
    2026-01-01 A lends 1.00
    2026-03-31 A owes 1.00
    2026-01-01 B lends 1.00
    2026-05-31 B owes 1.00
    2026-01-01 C lends 1.00
    2026-06-29 C owes 1.00
    2026-01-01 D lends 1.00
    2026-01-01 D judged grade doubtful
    """
    seen = standings(book, LAST, CN)
    assert deviation(seen) == Decimal("0.500000")
    assert overdue_ratio(seen, 1) == Decimal("0.750000")
    assert overdue_ratio(seen, 30) == Decimal("0.500000")


def test_migration(book: Book) -> None:
    """
    2025-01-01 A lends 3.00
    2026-05-31 A owes 2.00
    2026-02-01 A pays 1.00
    2026-12-31 A owes 1.00
    2026-01-01 B lends 5.00
    2025-01-01 C lends 7.00
    2026-03-01 C closed as sold
    """
    before, after = standings(book, FIRST, CN), standings(book, LAST, CN)
    assert migration(before, after, "grade") == {
        ("CNY", "normal", "special_mention"): Moved(1, 300, 200),
        ("CNY", None, "normal"): Moved(1, 0, 500),
        ("CNY", "normal", None): Moved(1, 700, 0),
    }
    assert migration(before, after, "bucket") == {
        ("CNY", "M0", "M1"): Moved(1, 300, 200),
        ("CNY", None, "M0"): Moved(1, 0, 500),
        ("CNY", "M0", None): Moved(1, 700, 0),
    }


BAD = """
    2025-01-01 A lends 100.00
    2025-06-01 A owes 60.00
    2027-06-01 A owes 40.00
    """


@pytest.mark.parametrize(
    ("later", "items"),
    [
        ("", {"closing": 100_00}),
        (
            "2026-02-01 A pays 10.00 by court\n2026-03-01 A pays 5.00 by waiver",
            {"cash:court": 10_00, "waived": 5_00, "closing": 85_00},
        ),
        ("2026-02-01 A pays 7.00 by asset_in_kind", {"assets_in_kind": 7_00, "closing": 93_00}),
        ("2026-02-01 A pays 7.00 by sale", {"sold": 7_00, "closing": 93_00}),
        ("2026-06-30 A pays 60.00", {"cash:borrower": 60_00, "returned": 40_00}),
        ("2026-02-01 A pays 120.00", {"cash:borrower": 100_00}),
        (
            "2026-02-01 A written off\n2026-03-01 A pays 5.00 by court",
            {"cash:court": 5_00, "written_off": 95_00},
        ),
        ("2026-02-01 A written off\n2026-02-01 A closed as sold", {"written_off": 100_00}),
        ("2026-06-30 A closed as repossessed", {"assets_in_kind": 100_00}),
        ("2026-02-01 A closed as sold", {"sold": 100_00}),
        ("2026-02-01 A closed as waived", {"waived": 100_00}),
        ("2026-02-01 A closed as replaced", {"closed_otherwise": 100_00}),
    ],
)
def test_the_bridge_of_a_bad_loan(later: str, items: dict[str, int]) -> None:
    book = written(BAD + later)
    published = standings(book, FIRST, CN)
    cells = bridge(book, published, FIRST, LAST, CN)
    assert cells == {("bank", "CNY"): Counter(items | {"opening": 100_00})}
    assert ties(cells["bank", "CNY"])


def test_new_is_what_was_performing_before(book: Book) -> None:
    """
    2025-01-01 A lends 100.00
    2026-01-01 A owes 100.00
    2026-02-01 A pays 10.00
    2026-01-01 B lends 50.00
    2026-01-01 B judged evasion
    """
    cells = bridge(book, standings(book, FIRST, CN), FIRST, LAST, CN)
    assert cells == {("bank", "CNY"): Counter(new=140_00, closing=140_00)}


def test_later_facts_about_earlier_days_are_restated() -> None:
    published = standings(written(BAD), FIRST, CN)
    book = written(BAD + "2025-12-01 A pays 25.00")
    cells = bridge(book, published, FIRST, LAST, CN)
    assert cells == {("bank", "CNY"): Counter(opening=100_00, restated=-25_00, closing=75_00)}


def test_a_published_loan_that_vanished_is_restated() -> None:
    published = standings(written(BAD), FIRST, CN)
    cells = bridge(Book(institutions=written(BAD).institutions), published, FIRST, LAST, CN)
    assert cells == {("bank", "CNY"): Counter(opening=100_00, restated=-100_00)}


def test_a_loan_moves_between_branches_and_stays_in_the_bank() -> None:
    published: list[Standing] = standings(at(written(BAD), A="north"), FIRST, CN)
    book = at(written(BAD + "2026-02-01 A pays 10.00"), A="south")
    cells = bridge(book, published, FIRST, LAST, CN)
    assert cells == {
        ("bank", "CNY"): Counter({"opening": 100_00, "cash:borrower": 10_00, "closing": 90_00}),
        ("north", "CNY"): Counter(opening=100_00, moved_out=100_00),
        ("south", "CNY"): Counter({"moved_in": 100_00, "cash:borrower": 10_00, "closing": 90_00}),
    }
    assert [ties(cell) for cell in cells.values()] == [True, True, True]
