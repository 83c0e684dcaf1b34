"""What is settled beyond a place on a line, and put there, is what the whole line says."""

from collections.abc import Iterator, Mapping, Sequence
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
from recobro.engine.steps.taken_up import ROWS, asked, begun, beyond, places, received, taken_up
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
    book: Book, duck: Duck, policy: Policy, deliveries: Sequence[tuple[date, set[str]]]
) -> Iterator[tuple[list[Any], list[Any], dict[int, int]]]:
    """Settle a book whose payments come little by little: whole each time, and taken up.

    Each delivery has the day by which portions are over, and payments; the first has all else.
    Yield after each all portions, both ways, and where the loans were taken up.
    """
    tables = tables_of(book, duck)
    payments = tables["payments"]
    coming = {one for _, late in deliveries[1:] for one in late}
    known = {one.payment_id for one in book.payments} - coming
    at_rest: ir.Table | None = None
    for turn, (over_by, late) in enumerate(deliveries):
        known |= late
        facts = tables | {"payments": payments.filter(payments.payment_id.isin([*known, ""]))}
        whole = settlement(*(facts[name] for name in FACTS), load_no=turn, policy=policy)
        new = payments.filter(payments.payment_id.isin([*late, ""]))
        changed = new.group_by("loan_no").aggregate(day=new.paid_on.min())
        rows, taken = _next(at_rest, facts, new, changed, policy, duck, turn=turn)
        over = duck.day(over_by)
        rows = duck.keep(f"dated-{turn}", [dated(rows, policy.overdue, over_by=over)])
        rows = rows.union(brought_forward(rows, over_by=over))
        if at_rest is not None:
            rows = rows.union(_staying(at_rest, changed, taken))
        at_rest = duck.keep(f"at-rest-{turn}", [rows])
        named = (
            {row["loan_no"]: row["begins"] for row in duck.rows(taken)} if taken is not None else {}
        )
        yield _told(duck, one_by_one(at_rest)), _told(duck, whole), named


FACTS = ("loans", "instalments", "payments")


def _next(
    at_rest: ir.Table | None,
    facts: Mapping[str, ir.Table],
    new: ir.Table,
    changed: ir.Table,
    policy: Policy,
    duck: Duck,
    *,
    turn: int,
) -> tuple[ir.Table, ir.Table | None]:
    """Return the portions that a delivery settles, and where it takes lines up."""
    if at_rest is None:
        return settlement(*(facts[name] for name in FACTS), load_no=turn, policy=policy), None
    rows = at_rest.filter(at_rest.read_until == ibis.literal(ALWAYS)).select(*ROWS)
    begins = duck.keep(f"begins-{turn}", [begun(rows, changed)])
    left = duck.keep(f"left-{turn}", [beyond(rows, begins)])
    settled = settlement(
        begins, asked(left), _money(left, new, begins), load_no=turn, policy=policy
    )
    anew = changed.anti_join(begins, "loan_no")
    whole = (facts[name].semi_join(anew, "loan_no") for name in FACTS)
    both = settlement(*whole, load_no=turn, policy=policy).union(
        taken_up(settled, places(begins, left))
    )
    return duck.keep(f"settled-{turn}", [both]), begins


def _staying(at_rest: ir.Table, changed: ir.Table, begins: ir.Table | None) -> ir.Table:
    """Return the rows that a delivery does not take the place of."""
    assert begins is not None
    of_others = at_rest.anti_join(changed, "loan_no")
    own = at_rest.join(begins.select("loan_no", "begins"), "loan_no")
    return of_others.union(own.filter(own.line_end <= own.begins).select(*at_rest.columns))


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
    """Books as they come, in four deliveries; what takes back or is taken back is in the first."""
    book, on = data.draw(shelves())
    reversals = {one.reverses for one in book.payments if one.reverses}
    plain = [
        one.payment_id
        for one in book.payments
        if not one.reverses and one.payment_id not in reversals
    ]
    when = {one: data.draw(st.integers(0, 3)) for one in plain}
    days = [on + timedelta(days=data.draw(st.integers(-400, 30))) for _ in range(4)]
    deliveries = [
        (day, {one for one in plain if when[one] == turn}) for turn, day in enumerate(days)
    ]
    policy = policy_of(Rules(grace_days=data.draw(st.sampled_from([0, 0, 3, 30]))))
    with opened() as duck:
        for stepwise, whole, _ in both_ways(book, duck, policy, deliveries):
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
    over_by = date(2026, 2, 10)
    deliveries = [(over_by, set[str]()), (over_by, late)]
    *_, (stepwise, whole, begins) = both_ways(book, duck, policy_of(Rules()), deliveries)
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


def test_a_loan_that_was_taken_up_often_is_settled_whole(duck: Duck) -> None:
    """A loan of twelve months, paid month by month: where it is taken up at each delivery."""
    months = range(1, 13)
    lines = [f"2026-{month:02}-05 A owes 100.00" for month in months]
    lines += [f"2026-{month:02}-05 A pays 100.00 as m{month}" for month in months]
    deliveries = [(date(2026, month, 20), {f"m{month}"}) for month in months]
    found = list(both_ways(written("\n".join(lines)), duck, policy_of(Rules()), deliveries))
    assert all(stepwise == whole for stepwise, whole, _ in found)
    at = [begins.get(1) for _, _, begins in found]
    assert at == [
        None,
        0,
        *range(100_00, 700_00, 100_00)[:5],
        None,
        *range(700_00, 1100_00, 100_00),
    ]
