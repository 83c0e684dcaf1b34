"""A bank of three branches for reports: figures that add up, in minor units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from recobro.reports import material
from recobro.reports.material import (
    Answer,
    Cohort,
    Falling,
    Figure,
    Figures,
    Flow,
    Heading,
    Indicator,
    Institution,
    MonthEnd,
    Movement,
    Problem,
    Question,
    Ratio,
    Relapse,
    Roll,
    Sign,
    Transition,
)
from recobro.reports.ratios import ratio
from tests.reports.rows import (
    AS_OF,
    COHORTS,
    GRADES,
    MONTH_ENDS,
    NAMES,
    RATIOS,
    RELAPSES,
    ROLLS,
    fall,
    sign,
)

SINCE = date(2025, 12, 31)
MONTH_BEFORE, YEAR_BEFORE = date(2026, 5, 31), date(2025, 6, 30)
HEAD = Institution("0", "Banco Rural de la Ribera 河岸农村商业银行")
BRANCHES = (
    Institution("1", "Lakeside branch"),
    Institution("2", "Sucursal de Valdeolivas del Monte"),
    Institution("3", "东湖支行"),
)
BUCKETS = ("M0", "M1", "M4", "M7", "M7")
RATES = (0, 2, 25, 50, 100)

BOOK = {
    AS_OF: {
        "1": (152_000_000_000, 4_200_000_000, 640_000_000, 310_000_000, 57_000_000),
        "2": (161_300_000_000, 5_130_000_000, 905_000_000, 402_000_000, 88_000_000),
        "3": (133_500_000_000, 2_943_250_000, 388_000_000, 145_000_000, 22_000_000),
    },
    SINCE: {
        "1": (118_000_000_000, 3_900_000_000, 602_000_000, 350_000_000, 90_000_000),
        "2": (121_900_000_000, 4_620_000_000, 955_000_000, 471_000_000, 96_000_000),
        "3": (102_700_000_000, 2_600_000_000, 360_000_000, 128_000_000, 20_000_000),
    },
    MONTH_BEFORE: {
        "1": (151_000_000_000, 4_150_000_000, 655_000_000, 300_000_000, 60_000_000),
        "2": (160_100_000_000, 5_200_000_000, 890_000_000, 410_000_000, 90_000_000),
        "3": (132_000_000_000, 2_950_000_000, 380_000_000, 140_000_000, 25_000_000),
    },
    YEAR_BEFORE: {
        "1": (110_000_000_000, 4_000_000_000, 600_000_000, 320_000_000, 90_000_000),
        "2": (115_000_000_000, 4_500_000_000, 905_000_000, 401_000_000, 99_000_000),
        "3": (99_000_000_000, 2_700_000_000, 350_000_000, 120_000_000, 21_000_000),
    },
}
"""Outstanding principal by day, branch and grade, in cents: 29.57 million are nonperforming now."""


def figure(*, institution_id: str, by: str, value: str | None, parts: Sequence[int]) -> Figure:
    """Return the figure of loans with so much outstanding in each grade."""
    bad, whole = sum(parts[2:]), sum(parts)
    return Figure(
        currency="CNY",
        institution_id=institution_id,
        by=by,
        value=value,
        loans=whole // 12_000_000,
        outstanding_principal=whole,
        nonperforming_principal=bad,
        nonperforming_ratio=ratio(bad, whole),
        overdue_amount=(parts[1] + bad) // 10,
        provision=sum(part * rate for part, rate in zip(parts, RATES, strict=True)) // 100,
        nonperforming_loans=bad // 12_000_000,
        overdue_loans=(parts[1] + bad) // 12_000_000,
        special_mention_principal=parts[1],
        overdue_1_principal=parts[1] + bad,
        overdue_30_principal=bad,
        over_90_principal=bad,
        three_six_loans=bad // 20_000_000,
        three_six_principal=bad,
    )


def only(parts: Sequence[int], grades: set[int]) -> list[int]:
    return [part if at in grades else 0 for at, part in enumerate(parts)]


def figures(book: Mapping[str, Sequence[int]]) -> list[Figure]:
    """Return the figures of a day: all by institution, and the head office by each group."""
    whole = [sum(parts) for parts in zip(*book.values(), strict=True)]
    rows = [figure(institution_id="0", by="all", value=None, parts=whole)]
    rows += [
        figure(institution_id=one, by="all", value=None, parts=parts) for one, parts in book.items()
    ]
    groups: list[tuple[str, str, Sequence[int]]] = [
        ("grade", grade, only(whole, {at})) for at, grade in enumerate(GRADES)
    ]
    groups += [
        ("bucket", bucket, only(whole, {at for at, one in enumerate(BUCKETS) if one == bucket}))
        for bucket in dict.fromkeys(BUCKETS)
    ]
    groups += [("product", "农户小额贷款 micro-loan", book["1"]), ("product", "Housing", book["2"])]
    groups += [("product", "Company", book["3"])]
    groups += [("guarantee", "mortgage", book["2"]), ("guarantee", "credit", book["1"])]
    groups += [("guarantee", "guarantee", book["3"])]
    groups += [("segment", "old", book["1"])]
    new = [sum(parts) for parts in zip(book["2"], book["3"], strict=True)]
    groups += [("segment", "new", new)]
    rows += [
        figure(institution_id="0", by=by, value=value, parts=parts) for by, value, parts in groups
    ]
    return rows


HEADING = Heading(
    institution=HEAD,
    as_of=AS_OF,
    since=SINCE,
    policy="cn",
    facts_version=7,
    marks=(),
    printed_by="王喆 (risk)",
    printed_at=datetime(2026, 7, 2, 8, 30),  # noqa: DTZ001 - the bank's own time
)

INDICATOR = Indicator(
    currency="CNY",
    institution_id="0",
    special_mention_ratio=Decimal("0.026596"),
    deviation_90=Decimal(1),
    overdue_1_ratio=Decimal("0.033003"),
    overdue_30_ratio=Decimal("0.006408"),
    specific_provision=1_324_215_000,
    general_provision=4_616_302_500,
    required_allowance=11_540_756_250,
    allowance=11_800_000_000,
    gap=0,
    coverage=Decimal("3.990531"),
    allowance_to_loans=Decimal("0.025561"),
    net_capital=52_000_000_000,
    nonperforming_to_net_capital=Decimal("0.056865"),
    uncovered_to_net_capital=Decimal("-0.170058"),
)


def problem(number: int) -> Problem:
    """Return one of many problem loans."""
    amount = 71_234_500 - 1_011_017 * number
    grade = GRADES[2 + number % 3]
    before = (None, "normal", "special_mention")[number % 3]
    return Problem(
        loan_id=f"LN-2024-{number:05}",
        borrower=NAMES[number % 4],
        institution_id=str(1 + number % 3),
        product=("Micro-loan", "Housing", "农机贷")[number % 3],
        currency="CNY",
        outstanding_principal=amount,
        overdue_amount=amount // 4,
        days_past_due=92 + 7 * number,
        missed_in_a_row=3 + number % 4,
        missed_ever=5 + number % 9,
        grade=grade,
        grade_before=before,
        grade_reasons=("days-past-due",) if number % 2 else ("contagion", "restructured"),
    )


MOVEMENTS = (
    ("opening", 256, 3_072_000_000),
    ("restated", 2, 14_500_000),
    ("new", 41, 412_345_678),
    ("increases", 3, 1_200_000),
    ("cash:borrower", 88, -214_345_678),
    ("cash:court", 12, -96_400_000),
    ("cash:guarantor", 9, -31_800_000),
    ("assets_in_kind", 1, -12_500_000),
    ("returned", 14, -98_000_000),
    ("written_off", 7, -90_000_000),
    ("closing", 246, 2_957_000_000),
)

Lanes: TypeAlias = dict[str, tuple[tuple[str, str, int, int], ...]]

LANES: Lanes = {
    "grade": (
        ("normal", "normal", 3_812, 331_700_000_000),
        ("normal", "special_mention", 61, 5_300_000_000),
        ("normal", "substandard", 12, 230_000_000),
        ("normal", "paid", 402, 5_370_000_000),
        ("special_mention", "normal", 40, 3_100_000_000),
        ("special_mention", "special_mention", 80, 7_600_000_000),
        ("special_mention", "substandard", 9, 420_000_000),
        ("substandard", "normal", 8, 90_000_000),
        ("substandard", "substandard", 110, 1_300_000_000),
        ("substandard", "doubtful", 30, 420_000_000),
        ("substandard", "paid", 10, 107_000_000),
        ("doubtful", "doubtful", 60, 700_000_000),
        ("doubtful", "loss", 11, 149_000_000),
        ("doubtful", "written_off", 7, 100_000_000),
        ("loss", "loss", 15, 190_000_000),
        ("loss", "repossessed", 2, 16_000_000),
        ("new", "normal", 1_020, 0),
    ),
    "bucket": (
        ("M0", "M0", 3_800, 330_000_000_000),
        ("M0", "M1", 60, 5_200_000_000),
        ("M0", "M4", 9, 300_000_000),
        ("M0", "paid", 402, 5_100_000_000),
        ("M1", "M0", 44, 3_500_000_000),
        ("M1", "M1", 70, 7_000_000_000),
        ("M1", "M4", 10, 620_000_000),
        ("M4", "M0", 8, 110_000_000),
        ("M4", "M7", 100, 1_500_000_000),
        ("M7", "M7", 90, 1_300_000_000),
        ("M7", "written_off", 7, 100_000_000),
        ("new", "M0", 1_020, 0),
    ),
}


@dataclass(frozen=True)
class Bank:
    """Answer as Material: what the tests do not change is as above."""

    heading: Heading = HEADING
    below: tuple[Institution, ...] = BRANCHES
    days: dict[date, Figures] = field(
        default_factory=lambda: {on: Figures(on, figures(book)) for on, book in BOOK.items()}
    )
    indicator: tuple[Indicator, ...] = (INDICATOR,)
    fresh: tuple[Problem, ...] = tuple(map(problem, range(12)))
    missed: tuple[Problem, ...] = tuple(map(problem, range(60)))
    movements: tuple[Movement, ...] = (
        *(Movement("CNY", "0", *row) for row in MOVEMENTS),
        *(Movement("CNY", "1", *row) for row in MOVEMENTS),
    )
    lanes: Lanes = field(default_factory=lambda: LANES)
    rates: tuple[Flow, ...] = (Flow("CNY", "0", Decimal("0.038126"), Decimal("0.001844")),)
    ratios: tuple[Ratio, ...] = RATIOS
    rolls: tuple[Roll, ...] = ROLLS
    falls: tuple[Falling, ...] = tuple(map(fall, range(30)))
    cohorts: tuple[Cohort, ...] = COHORTS
    relapses: tuple[Relapse, ...] = RELAPSES
    month_ends: tuple[MonthEnd, ...] = MONTH_ENDS
    signs: tuple[Sign, ...] = tuple(map(sign, range(20)))

    def institutions(self) -> Sequence[Institution]:
        return (self.heading.institution, *self.below)

    def figures(self, on: date) -> Figures:
        return self.days.get(on, Figures(on, ()))

    def ask(self, question: Question[Answer]) -> Sequence[Answer]:
        answers: dict[Question[Any], Sequence[Any]] = {
            material.INDICATORS: self.indicator,
            material.NEW_NONPERFORMING: self.fresh,
            material.MISSED: self.missed,
            material.MOVEMENTS: self.movements,
            material.BY_GRADE: transitions(self.lanes["grade"]),
            material.BY_BUCKET: transitions(self.lanes["bucket"]),
            material.FLOWS: self.rates,
            material.RATIOS: self.ratios,
            material.ROLLS: self.rolls,
            material.FALLING: self.falls,
            material.COHORTS: self.cohorts,
            material.RELAPSES: self.relapses,
            material.MONTH_ENDS: self.month_ends,
            material.SIGNS: self.signs,
        }
        return answers[question]


def transitions(lanes: Sequence[tuple[str, str, int, int]]) -> list[Transition]:
    """Return the cells of a matrix in which every balance stayed what it was."""
    return [
        Transition(
            currency="CNY",
            institution_id="0",
            origin=origin,
            destination=destination,
            loans=loans,
            opening_principal=opening,
            closing_principal=opening,
        )
        for origin, destination, loans, opening in lanes
    ]


EMPTY = Bank(
    days={},
    below=(),
    indicator=(),
    fresh=(),
    missed=(),
    movements=(),
    rates=(),
    ratios=(),
    rolls=(),
    falls=(),
    cohorts=(),
    relapses=(),
    month_ends=(),
    signs=(),
)
"""A bank before its first loan."""


def in_two_currencies() -> Bank:
    """Return the bank with a second book in yen, which has no smaller unit."""
    bank = Bank()
    days = {
        on: Figures(on, [*day.rows, *(replace(row, currency="JPY", loans=1) for row in day.rows)])
        for on, day in bank.days.items()
    }
    return replace(bank, days=days)
