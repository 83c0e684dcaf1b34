"""What two other loan systems say of the same schedules and payments."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recobro.engine.backends.duck import Duck
from tests.engine.workbench import standings_of
from tests.oracle.book import Book, Borrower, Instalment, Institution, Loan, Payment
from tests.oracle.rules import Rules
from tests.shared import shared

ON = date(2026, 6, 30)
"""The one day to which every point is moved: arrears count days, not dates."""

CONVENTIONS = {"due_today_is_0": False, "due_today_is_1": True}
Point = tuple[str, dict[str, Any], dict[str, Any]]


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[Duck]:
    with Duck(tmp_path) as opened:
        yield opened


def points(convention: str) -> list[Point]:
    """Return the name, case and point of every point of a convention."""
    cases = json.loads(shared("cases", "arrears.json").read_text("utf-8"), parse_float=Decimal)
    return [
        (f"{case['id']} {number} {point['on']}", case, point)
        for case in cases
        if case["day_convention"] == convention
        for number, point in enumerate(case["as_of"])
    ]


def minor(amount: Decimal | int) -> int:
    return int(amount * 100)


def loan_of(name: str, case: dict[str, Any], point: dict[str, Any]) -> Book:
    """Return a point as a loan of its own, moved so that it is looked at on the common day."""
    moved = ON - date.fromisoformat(point["on"])

    def day(text: str) -> date:
        return date.fromisoformat(text) + moved

    schedule = tuple(
        Instalment(name, one["n"], day(one["due_on"]), minor(one["due"]))
        for one in case["schedule"]
    )
    paid = tuple(
        Payment(f"{name} {number}", name, day(one["paid_on"]), minor(one["amount"]))
        for number, one in enumerate(point["payments"])
    )
    first, last = schedule[0].due_on, schedule[-1].due_on
    lent_on = day(case["disbursed_on"]) if case["disbursed_on"] else first - timedelta(days=1)
    loan = Loan(name, name, "bank", minor(case["principal"]), lent_on, last)
    return Book((), (Borrower(name),), (loan,), schedule, paid)


def side_by_side(books: list[Book]) -> Book:
    parts = ("borrowers", "loans", "instalments", "payments")
    whole = Book((Institution("bank", None, "head_office"),))
    return replace(
        whole,
        **{part: tuple(row for book in books for row in getattr(book, part)) for part in parts},
    )


@pytest.mark.parametrize(("convention", "number"), [("due_today_is_0", 35), ("due_today_is_1", 14)])
def test_arrears_are_what_other_systems_say(convention: str, number: int, duck: Duck) -> None:
    asked = points(convention)
    assert len(asked) == number
    shelf = side_by_side([loan_of(*point) for point in asked])
    rules = Rules(count_due_day=CONVENTIONS[convention])
    found = {row["loan_id"]: row for row in standings_of(shelf, ON, rules, duck)}
    expected = {name: point["expected"] for name, _, point in asked}
    told = {
        name: {"days_past_due": found[name]["days_past_due"]}
        | (
            {"overdue_amount": Decimal(found[name]["overdue_amount"]) / 100}
            if "overdue_amount" in asked_for
            else {}
        )
        for name, asked_for in expected.items()
    }
    assert told == expected
