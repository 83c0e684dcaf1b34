from dataclasses import replace
from datetime import date, timedelta

import pytest

from recobro.reports.document import Bars, Document, Section, Value
from recobro.reports.language import language
from recobro.reports.look_ahead import LOOK_AHEAD
from recobro.reports.material import Falling
from recobro.reports.report import compose
from recobro.terms.grades import Grade
from tests.reports.bank import Bank
from tests.reports.rows import AS_OF

SPACE = "\N{NO-BREAK SPACE}"


def falls(loan_id: str, falls_to: str, days: int, amount: int | None, node: str = "1") -> Falling:
    """Return a loan of 1,000.00 that falls so many days ahead."""
    return Falling(
        within=next(horizon for horizon in (7, 15, 30) if days <= horizon),
        falls_to=falls_to,
        falls_on=AS_OF + timedelta(days=days) if amount else None,
        to_pay=amount,
        loan_id=loan_id,
        borrower="Ann",
        institution_id=node,
        currency="CNY",
        grade="normal",
        grade_reasons=("days-past-due",) if amount else ("contagion",),
        outstanding_principal=1_000_00,
    )


FOUR = (
    falls("C", "nonperforming", 20, 30_00, node="2"),
    falls("A", "nonperforming", 3, 10_00),
    falls("D", "nonperforming", 7, None),
    falls("B", "special_mention", 9, 5_00),
)
"""A falls in 3 days, D within 7 through another loan, B in 9, C in 20."""


def composed(*loans: Falling) -> Document:
    return compose(LOOK_AHEAD, replace(Bank(), falls=loans), language("en"))


def rows(section: Section) -> list[tuple[Value, ...]]:
    assert section.table is not None
    return [row.cells for row in section.table.rows]


@pytest.mark.parametrize(
    ("loans", "sentence"),
    [
        (
            FOUR,
            (
                "If nothing is paid until 30 July 2026: to non-performing, 3 loans with 3,000; "
                "to special mention, 1 loan with 1,000. "
                "Paid in time, 40 keep the former performing."
            ),
        ),
        (
            (),
            (
                "If nothing is paid until 30 July 2026: to non-performing, no loan; "
                "to special mention, no loan."
            ),
        ),
    ],
)
def test_the_sentence(loans: tuple[Falling, ...], sentence: str) -> None:
    assert composed(*loans).sentences == (sentence,)


def test_a_later_horizon_has_the_loans_of_the_earlier() -> None:
    assert rows(composed(*FOUR).sections[0]) == [
        ("Non-performing", 7, date(2026, 7, 7), 2, 2_000_00, 10_00),
        ("Non-performing", 15, date(2026, 7, 15), 2, 2_000_00, 10_00),
        ("Non-performing", 30, date(2026, 7, 30), 3, 3_000_00, 40_00),
        ("Special mention", 7, date(2026, 7, 7), 0, 0, 0),
        ("Special mention", 15, date(2026, 7, 15), 1, 1_000_00, 5_00),
        ("Special mention", 30, date(2026, 7, 30), 1, 1_000_00, 5_00),
    ]


def test_each_institution_has_its_sums_and_the_most_at_stake_stands_first() -> None:
    first, second = composed(*FOUR).sections[:2]
    assert rows(second) == [
        ("Lakeside branch", 2_000_00, 2_000_00, 2_000_00, 0, 1_000_00, 1_000_00, 10_00),
        ("Sucursal de Valdeolivas del Monte", 0, 0, 1_000_00, 0, 0, 0, 30_00),
        ("Total", 2_000_00, 2_000_00, 3_000_00, 0, 1_000_00, 1_000_00, 40_00),
    ]
    (chart,) = first.charts
    assert isinstance(chart, Bars)
    assert [bar.size for bar in chart.bars] == [2_000_00, 1_000_00]


def test_the_first_to_fall_stands_first_and_who_falls_for_another_reason_last() -> None:
    listed = composed(*FOUR).sections[2]
    assert [row[0] for row in rows(listed)] == ["A", "C", "D", "Total"]
    assert rows(listed)[0][3:] == (
        Grade.NORMAL,
        date(2026, 7, 3),
        "days past due",
        10_00,
        1_000_00,
    )
    assert rows(listed)[2][4:] == (None, "contagion", None, 1_000_00)


def test_of_many_that_fall_into_special_mention_the_first_forty_are_printed() -> None:
    watched = composed().sections[-1]
    assert watched.table is not None
    assert (watched.table.most, watched.table.empty) == (
        40,
        "No loan falls into special mention in the next 30 days, even if nothing is paid.",
    )


def test_one_institution_needs_no_comparison() -> None:
    titles = [section.title for section in composed(FOUR[1]).sections]
    assert titles == ["By horizon", "Falling to non-performing", "Falling to special mention"]
