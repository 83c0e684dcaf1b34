"""What is settled beyond a place on a line, and put there, is what the whole line says."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from recobro.engine.backends.duck import Duck
from recobro.engine.steps.brought_forward import ALWAYS, brought_forward, dated, one_by_one
from recobro.engine.steps.settlement import settlement
from recobro.engine.steps.taken_up import ROWS, asked, begun, beyond, received, taken_up
from recobro.engine.tables import PORTIONS
from recobro.policy import Policy
from tests.engine.shelf import opened, shelves
from tests.engine.workbench import policy_of, tables_of
from tests.oracle.book import Book
from tests.oracle.rules import Rules
from tests.oracle.written import written

SAME = [name for name in PORTIONS.names if name != "load_no"]


@pytest.fixture
def duck() -> Iterator[Duck]:
    with opened() as made:
        yield made


def both_ways(
    book: Book, duck: Duck, policy: Policy, *, over_by: date, late: set[str]
) -> tuple[list[Any], list[Any], dict[int, int]]:
    """Settle a book to which some payments come late: whole, and taken up.

    Return the portions of the loans that are taken up, both ways, and where each is.
    """
    tables = tables_of(book, duck)
    loans, instalments, payments = (tables[n] for n in ("loans", "instalments", "payments"))
    comes_late = payments.payment_id.isin([*late, ""])
    whole = settlement(loans, instalments, payments, load_no=1, policy=policy)
    first = settlement(loans, instalments, payments.filter(~comes_late), load_no=1, policy=policy)
    rows = dated(duck.keep("first", [first]), policy.overdue, over_by=over_by)
    rows = duck.keep("at-rest", [rows, brought_forward(rows, over_by=over_by)])
    new = payments.filter(comes_late)
    changed = new.group_by("loan_no").aggregate(day=new.paid_on.min())
    at_rest = rows.filter(rows.read_until == ibis.literal(ALWAYS)).select(*ROWS)
    begins = duck.keep("begins", [begun(at_rest, changed)])
    left = duck.keep("left", [beyond(at_rest, begins)])
    settled = settlement(begins, asked(left), _money(left, new, begins), load_no=2, policy=policy)
    settled = duck.keep("settled", [taken_up(settled, begins, left)])
    stay = one_by_one(rows).join(begins.select("loan_no", "begins"), "loan_no")
    stay = stay.filter(stay.line_end <= stay.begins)
    named = {row["loan_no"]: row["begins"] for row in duck.rows(begins)}
    expected = whole.semi_join(begins, "loan_no")
    return (
        _told(duck, stay.select(*SAME).union(settled.select(*SAME))),
        _told(duck, expected),
        named,
    )


def _money(left: ir.Table, new: ir.Table, begins: ir.Table) -> ir.Table:
    nameless = {"payment_id": ibis.null("string"), "reverses": ibis.null("string")}
    known = received(left).mutate(**nameless)
    return known.union(new.semi_join(begins, "loan_no").select(*known.columns))


def _told(duck: Duck, portions: ir.Table) -> list[tuple[Any, ...]]:
    rows = duck.rows(portions.order_by("loan_no", "line_end"))
    return [tuple(row[name] for name in SAME) for row in rows]


@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to make a book smaller takes minutes
    suppress_health_check=[
        HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example
    ],
)  # fmt: skip
@given(data=st.data())
def test_taken_up_says_what_the_whole_says(data: st.DataObject) -> None:
    """Books as they come, any payments late but those that take back or are taken back."""
    book, on = data.draw(shelves())
    reversals = {one.reverses for one in book.payments if one.reverses}
    plain = [
        one.payment_id
        for one in book.payments
        if not one.reverses and one.payment_id not in reversals
    ]
    late = data.draw(st.sets(st.sampled_from(plain))) if plain else set()
    grace = data.draw(st.sampled_from([0, 0, 3, 30]))
    over_by = on + timedelta(days=data.draw(st.integers(-400, 30)))
    policy = policy_of(Rules(grace_days=grace))
    with opened() as duck:
        stepwise, whole, _ = both_ways(book, duck, policy, over_by=over_by, late=late)
    assert stepwise == whole


def test_where_lines_are_taken_up(duck: Duck) -> None:
    """
    2026-01-05 Regular owes 100.00
    2026-01-05 Regular pays 100.00
    2026-02-05 Regular owes 100.00
    2026-02-05 Regular pays 100.00 as late1
    2026-03-05 Regular owes 100.00
    2026-01-05 Parted owes 100.00 and interest 10.00
    2026-01-09 Parted pays 60.00
    2026-02-11 Parted pays 60.00 as late2
    2026-01-05 Backdated owes 100.00
    2026-01-05 Backdated pays 10.00
    2026-01-05 Backdated pays 20.00 as late3
    2026-01-05 Settled owes 100.00
    2026-01-05 Settled pays 100.00
    2026-01-06 Settled owes 0.00
    2026-02-05 Settled pays 5.00 as late4
    2026-01-05 Fresh owes 100.00
    2026-01-02 Fresh pays 5.00 as late5
    2026-01-01 Unplanned lends 100.00
    2026-01-05 Unplanned pays 40.00
    2026-02-05 Unplanned pays 30.00 as late6
    2026-01-05 Empty owes 0.00
    2026-01-05 Empty pays 7.00
    2026-02-05 Empty pays 3.00 as late7
    2026-01-05 Slow owes 100.00
    2026-01-25 Slow pays 100.00
    2026-02-05 Slow owes 100.00
    2026-02-05 Slow pays 100.00 as late8
    2026-03-05 Slow owes 100.00
    2026-01-05 Stopped owes 100.00
    2026-01-05 Stopped pays 100.00
    2026-02-05 Stopped owes 100.00
    2026-02-28 Stopped pays 10.00 as late9
    2026-03-05 Stopped owes 100.00
    2026-01-05 Untouched owes 100.00
    """
    book = written(test_where_lines_are_taken_up.__doc__ or "")
    late = {f"late{n}" for n in range(1, 10)}
    stepwise, whole, begins = both_ways(
        book, duck, policy_of(Rules()), over_by=date(2026, 2, 10), late=late
    )
    assert stepwise == whole
    names = sorted(loan.loan_id for loan in book.loans)
    assert {names[number - 1]: place for number, place in begins.items()} == {
        "Regular": 10000,
        "Parted": 6000,
        "Settled": 0,  # nothing follows that could tell that its last instalment is over
        "Fresh": 0,
        "Unplanned": 4000,
        "Empty": 0,
        "Slow": 10000,
        "Stopped": 10000,
    }
