from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import ibis.expr.types as ir
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recobro.engine import close
from recobro.engine.backends.duck import Duck
from recobro.engine.steps.look_ahead import HORIZONS, as_known_on, kept_by, look_ahead
from tests.engine.shelf import opened, published, rows_of, shelves
from tests.engine.workbench import facts_of, policy_of
from tests.oracle.book import Book
from tests.oracle.rules import Rules
from tests.oracle.standing import Standing, standings
from tests.oracle.strategies import policies
from tests.oracle.written import written

CN = Rules()
ON = date(2026, 6, 30)


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[Duck]:
    with Duck(tmp_path) as opened_duck:
        yield opened_duck


def seen_from(duck: Duck, facts: close.Facts, on: date, days: int, rules: Rules) -> ir.Table:
    """Return where the loans stand some days after a day if nothing is paid after it."""
    policy = policy_of(rules)
    known = as_known_on(facts.portions, facts.loans, on=on, policy=policy)
    unpaid = replace(facts, portions=duck.keep("known", [known]))
    return close.standings(unpaid, on=on + timedelta(days=days), policy=policy, desk=duck)


def unpaid_after(book: Book, on: date) -> Book:
    """Return the book without the money that came after a day."""
    kept = tuple(one for one in book.payments if one.paid_on <= on or one.reverses)
    return replace(book, payments=kept)


@settings(
    max_examples=3,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
@given(shelf=shelves(at_most=6), rules=policies(), days=st.sampled_from(HORIZONS))
def test_looking_ahead_is_a_later_close_without_payments(
    shelf: tuple[Book, date], rules: Rules, days: int
) -> None:
    book, on = shelf
    with opened() as duck:
        facts = facts_of(book, policy_of(rules), duck)
        found = seen_from(duck, facts, on, days, rules).select(*Standing.__annotations__)
        rows = rows_of(duck, found.order_by("loan_id"))
    then = on + timedelta(days=days)
    expected = [
        one | {"grade_reasons": list(one["grade_reasons"])}
        for one in standings(unpaid_after(book, on), then, rules)
    ]
    assert rows == expected


def test_loans_that_fall(duck: Duck) -> None:
    """
    2025-01-01 A owes 1.00
    2025-01-01 A judged grade doubtful

    2026-04-05 B owes 2.00
    2026-12-31 B owes 3.00

    2026-01-01 C lends 5.00
    2026-07-06 C owes 4.00 and interest 0.50
    2026-12-31 C owes 1.00

    2026-01-01 D lends 6.00
    2026-07-08 D owes 6.00

    2026-01-01 E lends 7.00
    2026-07-02 E owes 7.00
    2026-07-03 E closed as sold

    2026-01-01 F lends 8.00
    2026-07-01 F owes 8.00
    2026-07-01 F judged evasion

    2026-07-02 G lends 8.00
    2026-07-03 G owes 8.00
    """
    book = written(test_loans_that_fall.__doc__)
    now, later = (published(duck, book, on, CN) for on in (ON, ON + timedelta(days=7)))
    falling = look_ahead(now, later)
    rows = rows_of(duck, falling.order_by("loan_id"))
    names = (
        "loan_id",
        "falls_to",
        "grade",
        "grade_then",
        "days_past_due_then",
        "outstanding_principal",
        "overdue_amount",
        "overdue_amount_then",
    )
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("B", "nonperforming", "special_mention", "substandard", 93, 5_00, 2_00, 2_00),
        ("C", "special_mention", "normal", "special_mention", 1, 5_00, 0, 4_50),
        ("F", "nonperforming", "normal", "doubtful", 6, 8_00, 0, 8_00),
    ]
    assert {row["as_of"] for row in rows} == {date(2026, 7, 7)}


def test_what_nobody_chases_stays_settled(duck: Duck) -> None:
    """
    2026-07-05 A owes 0.40
    2026-07-05 A owes 0.60
    2026-07-05 A owes 5.00
    2026-06-15 A pays 0.10
    2026-07-05 A pays 5.90
    """
    book = written(test_what_nobody_chases_stays_settled.__doc__)
    facts = facts_of(book, policy_of(rules := Rules(tolerance=Decimal("1.00"))), duck)
    known = as_known_on(facts.portions, facts.loans, on=ON, policy=policy_of(rules))
    closing = rows_of(duck, known.filter(known.closes).order_by("position"))
    due_on = date(2026, 7, 5)
    assert [(row["paid_on"], row["settled_on"]) for row in closing] == [
        (None, due_on),
        (None, due_on),
        (None, None),
    ]
    paid = rows_of(duck, known.filter(known.paid_on.notnull()))
    assert [(row["paid_on"], row["principal"]) for row in paid] == [(date(2026, 6, 15), 10)]


def kept(duck: Duck, book: Book, days: int, rules: Rules) -> list[tuple[object, ...]]:
    """Return loan, to what it falls, when, and what keeps it from that."""
    policy = policy_of(rules)
    facts = facts_of(book, policy, duck)
    known = duck.keep("known-now", [as_known_on(facts.portions, facts.loans, on=ON, policy=policy)])
    now = published(duck, book, ON, rules)
    falling = look_ahead(now, seen_from(duck, facts, ON, days, rules))
    rows = rows_of(duck, kept_by(falling, known, on=ON, policy=policy).order_by("loan_id"))
    names = ("loan_id", "falls_to", "falls_on", "to_pay")
    return [tuple(row[name] for name in names) for row in rows]


FALLING = """
    2026-04-05 A owes 2.00 and interest 0.30
    2026-04-20 A owes 3.00
    2026-12-31 A owes 4.00
    2026-05-05 A pays 0.50

    2026-04-10 B owes 5.00

    2026-01-01 C lends 9.00
    2026-07-05 C owes 6.00
    2026-07-14 C owes 1.00
    2026-12-31 C owes 2.00

    2026-06-25 D owes 7.00
    2026-06-25 D judged technical_delay

    2026-01-01 E lends 8.00
    2026-07-01 E owes 8.00
    2026-07-01 E judged evasion
    """


def test_the_day_of_a_fall_and_what_prevents_it(duck: Duck) -> None:
    """A owes 2.30, of which 0.50 came; 91 days after 5 April are the 5th of July. The instalment
    of 20 April reaches them on the 20th, after the horizon. D has fallen already but for the
    judgement; E falls by another one, and its days alone would be for special mention.
    """
    book = written(FALLING)
    assert kept(duck, book, 15, CN) == [
        ("A", "nonperforming", date(2026, 7, 5), 1_80),
        ("B", "nonperforming", date(2026, 7, 10), 5_00),
        ("C", "special_mention", date(2026, 7, 6), 7_00),
        ("D", "special_mention", None, 7_00),
        ("E", "nonperforming", None, None),
    ]


def test_a_policy_that_counts_the_due_day_is_a_day_earlier(duck: Duck) -> None:
    falls = kept(duck, written(FALLING), 15, Rules(count_due_day=True))
    assert [fall[2] for fall in falls[:3]] == [
        date(2026, 7, 4),
        date(2026, 7, 9),
        date(2026, 7, 5),
    ]


def test_who_pays_it_does_not_fall(duck: Duck) -> None:
    """What keeps each loan of the table above from falling is paid on the first day; then, less a
    cent.
    """
    book = written(FALLING)
    falls = [fall for fall in kept(duck, book, 15, CN) if fall[3]]
    for less, expected in ((0, []), (1, ["A", "B", "C", "D"])):
        lines = [
            f"2026-07-01 {loan} pays {(int(str(amount)) - less) / 100:.2f}"
            for loan, _, _, amount in falls
        ]
        paid = written("\n".join([FALLING, *lines]))
        now = published(duck, book, ON, CN)
        later = published(duck, paid, ON + timedelta(days=15), CN)
        rows = rows_of(duck, look_ahead(now, later).order_by("loan_id"))
        assert [row["loan_id"] for row in rows if row["loan_id"] != "E"] == expected
