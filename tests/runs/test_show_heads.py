"""Institutions, staff, borrowers and loans as the pages show them, from facts to facts."""

from typing import Any

import pytest

from recobro.book.models import Borrower, Institution, Loan, Standing
from tests.runs.bank import Bank
from tests.runs.shown import TREE, delivered, show, shown_of, told_of

pytestmark = pytest.mark.django_db


def names(model: type[Any], column: str) -> dict[Any, str]:
    return dict(model.objects.order_by("pk").values_list("pk", column))


def paths() -> dict[str, str]:
    return names(Institution, "path")


def test_a_delta_changes_the_heads_that_it_names(bank: Bank) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 B owes 100.00
    """
    book = delivered(test_a_delta_changes_the_heads_that_it_names.__doc__)
    bank.load(book)
    bank.close("2026-01-31")
    show(bank)
    (_, second) = book["loans"]
    new = delivered("2026-02-05 D owes 100.00")
    change = {
        "borrowers": [book["borrowers"][0] | {"name": "Renamed"}, *new["borrowers"]],
        "loans": [second | {"institution_id": "hill"}, *new["loans"]],
        "instalments": new["instalments"],
    }
    bank.load(change, kind="delta")
    close = bank.close("2026-02-28")
    show(bank)
    assert names(Borrower, "name") == {"A": "Renamed", "B": "B", "D": "D"}
    loans = Loan.objects.values_list("loan_no", "loan_id", "institution_id")
    assert list(loans) == [(1, "A", "hill"), (2, "B", "hill"), (3, "D", "west")]
    standings = Standing.objects.filter(loan=2).order_by("close__as_of")
    assert list(standings.values_list("institution_id", flat=True)) == ["mill", "hill"]
    assert shown_of(close) == told_of(bank, close)


def test_loans_that_a_full_delivery_drops_stay_for_the_closes_that_name_them(bank: Bank) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 B owes 100.00
    2026-01-05 C owes 100.00

    The first close is shown before B and its borrower go; the second after all three loads.
    """
    text = test_loans_that_a_full_delivery_drops_stay_for_the_closes_that_name_them.__doc__
    book = delivered(text)
    bank.load(book)
    first = bank.close("2026-01-31")
    show(bank)
    more = delivered("2026-02-05 D owes 100.00")
    bank.load({name: more[name] for name in ("borrowers", "loans", "instalments")}, kind="delta")
    second = bank.close("2026-02-28")
    left = {
        name: [row for row in found if "B" not in (row.get("loan_id"), row.get("borrower_id"))]
        for name, found in book.items()
    }
    bank.load(left, accept_drop=2)
    third = bank.close("2026-03-31")
    assert show(bank) == ["2026-02-28", "2026-03-31"]
    assert list(names(Loan, "loan_id").values()) == ["A", "B", "C", "D"]
    for close in (first, second, third):
        assert shown_of(close) == told_of(bank, close)
    loans = [len(shown_of(close)[0]) for close in (first, second, third)]
    assert loans == [3, 4, 2]


def test_an_older_day_on_older_facts_adds_heads_and_changes_none(bank: Bank) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 B owes 100.00

    Only facts without B are shown; then a day before is closed on those with it.
    """
    book = delivered(test_an_older_day_on_older_facts_adds_heads_and_changes_none.__doc__)
    bank.load(book)
    after = {name: found[:1] for name, found in book.items()} | {
        "institutions": [TREE[0], TREE[1], TREE[2] | {"name": "Hilltop"}, *TREE[4:]]
    }
    after["borrowers"] = [after["borrowers"][0] | {"name": "Renamed"}]
    bank.load(after, accept_drop=1)
    newest = bank.close("2026-02-28")
    show(bank)
    assert (names(Borrower, "name"), "mill" in paths()) == ({"A": "Renamed"}, False)
    older = bank.close("2026-01-31", facts_version=1)
    show(bank)
    assert names(Borrower, "name") == {"A": "Renamed", "B": "B"}
    assert names(Institution, "name") == {
        "bank": "The bank",
        "east": "East",
        "hill": "Hilltop",
        "mill": "Mill",
        "west": "West",
    }
    for close in (older, newest):
        assert shown_of(close) == told_of(bank, close)
    again = bank.close("2026-01-31", facts_version=1)
    show(bank)
    assert shown_of(again) == told_of(bank, again)


def test_an_older_day_on_newer_facts(bank: Bank) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 B owes 100.00
    """
    book = delivered(test_an_older_day_on_newer_facts.__doc__)
    bank.load(book)
    newest = bank.close("2026-03-31")
    show(bank)
    off = book["loans"][0] | {"written_off_on": "2026-02-10", "closed_on": "2026-03-20"}
    bank.load({"loans": [off | {"closed_as": "sold", "product": "shop"}]}, kind="delta")
    older = bank.close("2026-02-28")
    show(bank)
    assert names(Loan, "product") == {1: "shop", 2: "farm"}
    assert shown_of(older) == told_of(bank, older)
    assert shown_of(newest) == told_of(bank, newest)
    standings = Standing.objects.order_by("close__as_of", "loan")
    assert list(standings.values_list("loan__loan_id", "on_balance", "product")) == [
        ("A", False, "shop"),
        ("B", True, "farm"),
        ("A", True, "farm"),
        ("B", True, "farm"),
    ]


@pytest.fixture
def grown(bank: Bank) -> Bank:
    """Return a bank whose three places are shown with a late loan each.

    2026-01-05 A owes 100.00
    2026-01-05 B owes 100.00
    2026-01-05 C owes 100.00
    """
    bank.load(delivered(grown.__doc__))
    bank.close("2026-01-31")
    show(bank)
    return bank


def test_a_branch_that_moves_takes_its_place_with_it(grown: Bank) -> None:
    moved = TREE[3] | {"parent_id": "west"}
    new = {"institution_id": "north", "parent_id": "bank", "name": "North", "kind": "branch"}
    grown.load({"institutions": [moved, new]}, kind="delta")
    grown.close("2026-02-28")
    show(grown)
    assert paths() == {
        "bank": "0001",
        "east": "00010001",
        "hill": "000100010001",
        "mill": "000100030001",
        "north": "00010002",
        "west": "00010003",
    }


def test_a_branch_that_is_merged_away_keeps_a_place_of_its_own(grown: Bank) -> None:
    """Whoever may see it must not come to see the next one, which else would get its path."""
    book = delivered(grown_text(), A="mill")
    book["institutions"] = [node for node in TREE if node["institution_id"] != "hill"]
    grown.load(book, accept_drop=1)
    grown.close("2026-02-28")
    show(grown)
    assert paths() == {
        "bank": "0001",
        "east": "00010001",
        "hill": "000100010001",
        "mill": "000100010002",
        "west": "00010002",
    }
    standings = Standing.objects.filter(loan=1).order_by("close__as_of")
    assert list(standings.values_list("institution__path", flat=True)) == [
        "000100010001",
        "000100010002",
    ]


def test_a_new_head_office_stands_above_the_old_one(grown: Bank) -> None:
    top = {"institution_id": "union", "parent_id": None, "name": "Union", "kind": "head_office"}
    grown.load({"institutions": [TREE[0] | {"parent_id": "union"}, top]}, kind="delta")
    grown.close("2026-02-28")
    show(grown)
    assert paths() == {
        "bank": "00010001",
        "east": "000100010001",
        "hill": "0001000100010001",
        "mill": "0001000100010002",
        "union": "0001",
        "west": "000100010002",
    }


def grown_text() -> str:
    return str(getattr(grown, "__doc__", ""))
