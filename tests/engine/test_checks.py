from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import ibis
import ibis.expr.types as ir
import pytest

from recobro.engine.backends.duck import Duck
from recobro.engine.checks import BREAKS, CHECKS, Bridge, Ground, Severity
from recobro.engine.checks.bridge_balances import bridge_balances
from recobro.engine.steps.bridge import bridge, bridge_rows
from recobro.engine.steps.figures import figures
from recobro.engine.tables import LEDGER, LOANS
from tests.engine.shelf import (
    opened,
    portions_of,
    published,
    rows_of,
    table,
    tree_of,
)
from tests.engine.workbench import tables_of
from tests.oracle.book import Institution
from tests.oracle.rules import Rules
from tests.oracle.written import written

FIRST, LAST = date(2025, 12, 31), date(2026, 6, 30)
RULES = Rules(old_before=date(2026, 1, 1))
TREE = (Institution("head"), Institution("bank", "head"))

BOOK = """
    2025-01-01 A lends 100.00
    2025-06-01 A owes 60.00 and interest 6.00 and fees 1.00
    2027-06-01 A owes 40.00
    2026-02-01 A pays 10.00 by court
    2026-03-01 A pays 5.00 as wrong
    2026-03-02 A reverses wrong
    2026-08-01 A pays 7.00

    2026-01-01 B lends 1000 JPY
    2026-12-31 B owes 1000

    2025-03-01 C lends 30.00
    2025-04-01 C owes 30.00
    2026-04-01 C written off

    2026-07-01 D lends 5.00
    2026-06-01 D pays 1.00
    """
BANK = replace(written(BOOK), institutions=TREE)


@pytest.fixture(scope="module")
def duck() -> Iterator[Duck]:
    with opened() as duck:
        yield duck


@pytest.fixture(scope="module")
def sound(duck: Duck) -> Ground:
    """Return the ground of a close that nothing is wrong with."""
    above, facts = tree_of(duck, BANK), tables_of(BANK, duck)
    now = published(duck, BANK, LAST, RULES)
    return Ground(
        on=LAST,
        loans=facts["loans"],
        **paid(facts["payments"]),
        ledger=table(duck, [], LEDGER),
        standings=now,
        figures=duck.keep("figures", [figures(now, above)]),
        above=above,
    )


def paid(payments: ir.Table) -> dict[str, ir.Table]:
    """Return what a ground has of the payments."""
    return {"payments": payments, "reversals": payments.filter(payments.reverses.notnull())}


@pytest.fixture(scope="module")
def over(duck: Duck, sound: Ground) -> Bridge:
    """Return a bridge to that close that nothing is wrong with."""
    was = published(duck, BANK, FIRST, RULES)
    portions = portions_of(duck, BANK, RULES)
    moved = bridge_rows(
        was, was, sound.standings, portions, first=FIRST, last=LAST, above=sound.above
    )
    cells = duck.keep("bridge", [bridge(moved)])
    return Bridge(cells=cells, begun=was, figures=sound.figures, above=sound.above)


def broken(duck: Duck, ground: Ground) -> dict[str, list[tuple[object, ...]]]:
    """Return what each check finds, of those that find anything."""
    found = {
        check.name: [tuple(row.values()) for row in rows_of(duck, check.find(ground))]
        for check in CHECKS
    }
    return {name: sorted(rows, key=str) for name, rows in found.items() if rows}


def found_by(duck: Duck, name: str, ground: Ground) -> list[tuple[object, ...]]:
    """Return the breaks that one check finds."""
    (check,) = (one for one in CHECKS if one.name == name)
    return breaks(duck, check.find(ground))


def breaks(duck: Duck, rows: ir.Table) -> list[tuple[object, ...]]:
    assert rows.schema() == BREAKS
    return sorted((tuple(row.values()) for row in rows_of(duck, rows)), key=str)


def with_loan(ground: Ground, loan_id: str, **columns: ir.Value) -> Ground:
    """Return the ground with some columns of a loan's standing changed."""
    loans = ground.standings
    changed = {
        name: ibis.ifelse(loans.loan_id == loan_id, value, loans[name])
        for name, value in columns.items()
    }
    return replace(ground, standings=loans.mutate(**changed))


def number(amount: int) -> ir.IntegerScalar:
    return ibis.literal(amount, "int64")


def test_nothing_is_wrong(duck: Duck, sound: Ground, over: Bridge) -> None:
    assert broken(duck, sound) == {}
    assert breaks(duck, bridge_balances(over)) == []


def test_nothing_is_wrong_with_nothing(duck: Duck, sound: Ground, over: Bridge) -> None:
    empty = {
        name: getattr(sound, name).limit(0)
        for name in (
            *("loans", "payments", "reversals", "ledger", "standings", "figures", "above"),
        )
    }
    assert broken(duck, replace(sound, **empty)) == {}
    none = {name: getattr(over, name).limit(0) for name in ("cells", "begun", "figures", "above")}
    assert breaks(duck, bridge_balances(Bridge(**none))) == []


def test_the_sentences_are_plain() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert [one.name for one in CHECKS if not one.sentence.endswith(".")] == []
    severities = [check.severity for check in CHECKS]
    assert severities == sorted(severities, key=list(Severity).index)


def test_a_standing_too_few_too_many_or_of_no_loan(duck: Duck, sound: Ground) -> None:
    loans = sound.standings
    twice = replace(
        sound,
        standings=loans.filter(loans.loan_id != "A").union(loans.filter(loans.loan_id == "B")),
    )
    assert found_by(duck, "one-standing-each", twice) == [
        ("A", "CNY", "standings", 1, 0),
        ("B", "JPY", "standings", 1, 2),
    ]
    unknown = replace(sound, loans=sound.loans.filter(sound.loans.loan_id != "C"))
    assert found_by(duck, "one-standing-each", unknown) == [("C", "CNY", "standings", 0, 1)]


def test_money_that_was_lost(duck: Duck, sound: Ground) -> None:
    found = found_by(duck, "money-accounted", with_loan(sound, "A", paid_total=number(15_00)))
    assert found == [("A", "CNY", "paid_total", 10_00, 15_00)]


def test_money_of_a_loan_never_paid(duck: Duck, sound: Ground) -> None:
    found = found_by(duck, "money-accounted", with_loan(sound, "B", paid_total=number(1)))
    assert found == [("B", "JPY", "paid_total", 0, 1)]


def test_money_of_which_nothing_is_said(duck: Duck, sound: Ground) -> None:
    """Of B nothing was ever paid, so that an empty sum would be taken for a nought."""
    said = ibis.null("int64")
    found = found_by(duck, "money-accounted", with_loan(sound, "B", paid_total=said))
    assert found == [("B", "JPY", "paid_total", 0, None)]


def test_money_of_one_loan_told_of_another(duck: Duck, sound: Ground) -> None:
    """A was paid 10.00 and B nothing: told the other way round, the sum of both is right."""
    swapped = with_loan(with_loan(sound, "A", paid_total=number(0)), "B", paid_total=number(10_00))
    assert found_by(duck, "money-accounted", swapped) == [
        ("A", "CNY", "paid_total", 10_00, 0),
        ("B", "JPY", "paid_total", 0, 10_00),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": number(8_00)},
        {"loan_no": number(2)},
        {"paid_on": ibis.literal(date(2026, 12, 1))},
        {"reverses": ibis.literal("another")},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_reversed_payment_of_another_amount_never_came(
    duck: Duck, sound: Ground, changed: dict[str, ir.Value]
) -> None:
    """A paid 10.00, and 5.00 that was reversed; the 5.00 is 8.00, or B's, or later now."""
    payments = sound.payments
    wrong = payments.payment_id == "wrong"
    columns = {name: ibis.ifelse(wrong, to, payments[name]) for name, to in changed.items()}
    ground = replace(sound, **paid(payments.mutate(**columns)))
    assert found_by(duck, "money-accounted", ground) == []
    lost = with_loan(ground, "A", paid_total=number(15_00))
    assert found_by(duck, "money-accounted", lost) == [("A", "CNY", "paid_total", 10_00, 15_00)]


def test_parts_that_do_not_add_up(duck: Duck, sound: Ground) -> None:
    found = found_by(duck, "parts-add-up", with_loan(sound, "A", overdue_fees=number(1_00)))
    assert found == [("A", "CNY", "overdue_amount", 58_00, 57_00)]
    empty = {"overdue_fees": ibis.null("int64"), "overdue_amount": ibis.null("int64")}
    found = found_by(duck, "parts-add-up", with_loan(sound, "A", **empty))
    assert found == [("A", "CNY", "overdue_amount", 0, None)]


@pytest.mark.parametrize(("amount", "nearest"), [(-1, 0), (100_01, 100_00), (None, 0)])
def test_principal_out_of_bounds(
    duck: Duck, sound: Ground, amount: int | None, nearest: int
) -> None:
    value = ibis.null("int64") if amount is None else number(amount)
    ground = with_loan(sound, "A", outstanding_principal=value)
    found = found_by(duck, "outstanding-in-bounds", ground)
    assert found == [("A", "CNY", "outstanding_principal", nearest, amount)]


def test_a_grade_that_its_reasons_deny(duck: Duck, sound: Ground) -> None:
    """A is substandard for its days, B is normal."""
    none = with_loan(sound, "A", grade_reasons=ibis.literal([], "array<string>"))
    one = with_loan(sound, "B", grade_reasons=ibis.literal(["renewal"], "array<string>"))
    better = with_loan(sound, "A", nonperforming=ibis.literal(False))  # noqa: FBT003 - ibis takes the value by position
    provided = with_loan(sound, "C", provision=number(1))
    assert [found_by(duck, "grade-agrees", ground) for ground in (none, one, better, provided)] == [
        [("A", "CNY", "reasons", 1, 0)],
        [("B", "JPY", "reasons", 0, 1)],
        [("A", "CNY", "nonperforming", 1, 0)],
        [("C", "CNY", "provision", 0, 1)],
    ]


def test_figures_of_other_standings(duck: Duck, sound: Ground) -> None:
    found = found_by(duck, "figures-add-up", with_loan(sound, "B", provision=number(3)))
    groups = ("all", "bucket", "grade", "guarantee", "product", "segment")
    assert found == [
        (node, "JPY", f"{by}: provision", 3, 0) for node in ("bank", "head") for by in groups
    ]


def test_a_figure_that_is_missing_or_too_many(duck: Duck, sound: Ground) -> None:
    shown = sound.figures
    hidden = (shown.institution_id == "head") & (shown.by == "grade") & (shown.currency == "JPY")
    found = found_by(duck, "figures-add-up", replace(sound, figures=shown.filter(~hidden)))
    assert found == [
        ("head", "JPY", "grade: loans", 1, 0),
        ("head", "JPY", "grade: outstanding_principal", 1000, 0),
    ]
    double = shown.union(shown.filter(hidden))
    found = found_by(duck, "figures-add-up", replace(sound, figures=double))
    assert found == [
        ("head", "JPY", "grade: loans", 1, 2),
        ("head", "JPY", "grade: outstanding_principal", 1000, 2000),
    ]


def test_a_bridge_that_does_not_arrive(duck: Duck, over: Bridge) -> None:
    whole = over.cells
    cash = (whole.item == "cash:court") & (whole.institution_id == "bank")
    closing = (whole.item == "closing") & (whole.institution_id == "bank")
    lost = replace(over, cells=whole.filter(~cash))
    found = breaks(duck, bridge_balances(lost))
    assert found == [("bank", "CNY", "changes", 100_00, 97_00)]
    other = whole.mutate(amount=whole.amount + ibis.ifelse(closing, 1, 0))
    late = replace(over, cells=other)
    assert breaks(duck, bridge_balances(late)) == [
        ("bank", "CNY", "changes", 97_00, 97_01),
        ("bank", "CNY", "figures", 97_00, 97_01),
    ]


def test_a_bridge_that_begins_elsewhere(duck: Duck, over: Bridge) -> None:
    """Of 130.00 published, the bridge lacks the opening of 30.00 and what became of it."""
    cells = over.cells
    written_off = (cells.item == "opening").ifelse(cells.amount - 30_00, cells.amount)
    less = cells.filter(cells.item != "written_off").mutate(amount=written_off)
    found = breaks(duck, bridge_balances(replace(over, cells=less)))
    assert found == [("head", "CNY", "opening", 130_00, 100_00)]


def test_core_banking_says_otherwise(duck: Duck, sound: Ground) -> None:
    told = {"A": (97_01, LAST), "B": (1000, LAST), "C": (1, FIRST), "D": (1, LAST)}
    rows = [
        row
        | dict(zip(("outstanding_principal", "delivered_on"), told[row["loan_id"]], strict=True))
        for row in rows_of(duck, sound.loans)
    ]
    ground = replace(sound, loans=table(duck, rows, LOANS))
    assert found_by(duck, "balance-differs-from-core", ground) == [
        ("A", "CNY", "outstanding_principal", 97_01, 97_00)
    ]


def test_the_ledger_says_otherwise(duck: Duck, sound: Ground) -> None:
    told = [
        ("head", LAST, "loans", 97_00),
        ("bank", LAST, "loans", 97_01),
        ("bank", LAST, "nonperforming", 1),
        ("head", FIRST, "loans", 1),
        ("bank", LAST, "allowance", 1),
    ]
    names = ("institution_id", "on", "item", "amount")
    rows = [dict(zip(names, one, strict=True)) | {"currency": "CNY"} for one in told]
    rows.append(rows[0] | {"currency": "EUR", "amount": 5})
    ground = replace(sound, ledger=table(duck, rows, LEDGER))
    assert found_by(duck, "ledger-differs", ground) == [
        ("bank", "CNY", "loans", 97_01, 97_00),
        ("bank", "CNY", "nonperforming", 1, 97_00),
        ("head", "EUR", "loans", 5, 0),
    ]
