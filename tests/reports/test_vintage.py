from dataclasses import replace
from datetime import date
from decimal import Decimal

from recobro.reports.document import Bars, Document, Heat, Lines, Section, Value, Warmth
from recobro.reports.language import language
from recobro.reports.material import Cohort, MonthEnd, Relapse
from recobro.reports.report import compose
from recobro.reports.vintage import VINTAGE
from tests.reports.bank import EMPTY, Bank
from tests.reports.rows import MONTH_ENDS

SPACE = "\N{NO-BREAK SPACE}"


def lent(month: str, ages: dict[int, tuple[int, int]], node: str = "0") -> list[Cohort]:
    """Return a month's ten loans of 1,000.00 in all: what is over 30 and over 90 by age."""
    return [
        Cohort(
            currency="CNY",
            institution_id=node,
            disbursed_in=date.fromisoformat(f"{month}-01"),
            months_on_book=age,
            loans=10,
            disbursed_principal=1_000_00,
            over_30_principal=over_30,
            over_90_principal=over_90,
        )
        for age, (over_30, over_90) in ages.items()
    ]


OLD = {age: (40_00, 10_00) if age > 3 else (20_00, 0) for age in range(16)}
YOUNG = {age: (0, 30_00 if age >= 12 else 0) for age in range(13)}
COHORTS = (
    *lent("2025-03", OLD),
    *lent("2025-05", YOUNG | {13: (0, 90_00)}),
    *lent("2025-06", YOUNG),
)
"""March 2025 lent 1,000.00, May and June too: each quarter ages until its last month does."""


def composed(bank: Bank) -> Document:
    return compose(VINTAGE, bank, language("en"))


def rows(section: Section) -> list[tuple[Value, ...]]:
    assert section.table is not None
    return [row.cells for row in section.table.rows]


def test_the_sentence_compares_the_last_two_quarters_that_are_a_year_old() -> None:
    (sentence,) = composed(replace(Bank(), cohorts=COHORTS)).sentences
    assert sentence.replace(SPACE, " ") == (
        "Of what was disbursed in Q2 2025, 3.00 % was more than 90 days past due or lost after "
        "12 months. Of Q1 2025 it was 1.00 %. "
        "Loans cured: 96; bad again within twelve months: 24."
    )


def test_a_young_book_says_that_it_is_young() -> None:
    bank = replace(Bank(), cohorts=tuple(lent("2026-04", {0: (0, 0)})), relapses=())
    assert composed(bank).sentences == ("No loan of the two years looked at is 12 months old yet.",)


def test_a_quarter_is_as_old_as_its_last_month() -> None:
    section = composed(replace(Bank(), cohorts=COHORTS)).sections[0]
    assert section.table is not None
    assert [column.title for column in section.table.columns][3:] == [
        "3 m",
        "6 m",
        "9 m",
        "12 m",
        "15 m",
    ]
    zero, hundredth = Decimal(0), Decimal("0.01")
    assert rows(section) == [
        ("Q1 2025", 10, 1_000_00, zero, hundredth, hundredth, hundredth, hundredth),
        ("Q2 2025", 20, 2_000_00, zero, zero, zero, Decimal("0.03"), None),
    ]


def test_a_quarter_that_began_before_the_first_month_end_is_left_out() -> None:
    ends = tuple(MonthEnd(one.on, one.recomputed) for one in MONTH_ENDS[11:])
    bank = replace(Bank(), cohorts=COHORTS, month_ends=ends)
    assert [row[0] for row in rows(composed(bank).sections[0])] == []
    bank = replace(
        Bank(), cohorts=COHORTS, month_ends=(MonthEnd(date(2025, 4, 30), recomputed=True), *ends)
    )
    assert [row[0] for row in rows(composed(bank).sections[0])] == ["Q2 2025"]


def test_lines_and_heat_show_what_the_table_says() -> None:
    section = composed(replace(Bank(), cohorts=COHORTS)).sections[1]
    lines, heat = section.charts
    assert isinstance(lines, Lines)
    assert isinstance(heat, Heat)
    assert [len(line.heights) for line in lines.lines] == [16, 16]
    assert lines.lines[1].heights[12:] == (Decimal(0), None, None, None)
    assert lines.steps[:7] == ("0", "", "", "3", "", "", "6")
    assert [text.replace(SPACE, " ") for _, text in lines.scale] == [
        "0 %",
        "1 %",
        "2 %",
        "3 %",
        "4 %",
    ]
    assert heat.cells[0][:2] == (
        Warmth(Decimal("0.5"), "2.00", 1),
        Warmth(Decimal(1), "4.00", 1),
    )
    assert heat.cells[1][4] == Warmth(None, "")


def test_it_says_which_month_ends_were_recomputed() -> None:
    assert composed(Bank()).sections[0].text == (
        "Made from 25 month ends: 13 of them, from 30 June 2024 to 30 June 2025, were recomputed "
        "from the facts of today; the others are as published."
    )
    published = tuple(MonthEnd(one.on, recomputed=False) for one in MONTH_ENDS)
    assert composed(replace(Bank(), month_ends=published)).sections[0].text == (
        "Made from the closes of the month ends as they were published."
    )


def test_institutions_are_compared_at_twelve_months() -> None:
    """Branch 2 lost more than branch 1; branch 3 has no loan of that age."""
    cohorts = (
        *lent("2025-03", {12: (5_00, 2_00)}),
        *lent("2025-03", {12: (2_00, 1_00)}, "1"),
        *lent("2025-03", {11: (9_00, 9_00), 12: (3_00, 3_00)}, "2"),
        *lent("2026-03", {3: (9_00, 9_00)}, "3"),
    )
    section = composed(replace(Bank(), cohorts=cohorts)).sections[2]
    assert rows(section) == [
        ("Sucursal de Valdeolivas del Monte", 10, 1_000_00, Decimal("0.003"), Decimal("0.003")),
        ("Lakeside branch", 10, 1_000_00, Decimal("0.002"), Decimal("0.001")),
        ("Total", 10, 1_000_00, Decimal("0.005"), Decimal("0.002")),
    ]
    (chart,) = section.charts
    assert isinstance(chart, Bars)
    assert [bar.size for bar in chart.bars] == [3_000, 1_000]


def test_cured_loans_are_watched_for_a_year_at_most() -> None:
    """Two quarters: of the first, 60.00 of 100.00 went bad again; of the second nothing yet."""

    def cured(on: str, principal: int, again: int) -> Relapse:
        return Relapse(
            currency="CNY",
            institution_id="0",
            cured_by=date.fromisoformat(on),
            cured_loans=2,
            cured_principal=principal,
            relapsed_loans=1 if again else 0,
            relapsed_principal=again,
        )

    relapses = (
        cured("2026-05-31", 50_00, 0),
        cured("2025-01-31", 40_00, 0),
        cured("2025-02-28", 60_00, 60_00),
    )
    section = composed(replace(Bank(), relapses=relapses)).sections[-1]
    assert rows(section) == [
        ("Q1 2025", 4, 100_00, 1, 60_00, Decimal("0.6"), 12),
        ("Q2 2026", 2, 50_00, 0, 0, Decimal(0), 1),
        ("Total", 6, 150_00, 1, 60_00, Decimal("0.4"), ""),
    ]


def test_a_scale_reaches_the_highest() -> None:
    for worst in (1, 7, 120, 1_999, 100_000):
        cohorts = tuple(lent("2025-03", dict.fromkeys(range(4), (0, worst))))
        lines = composed(replace(Bank(), cohorts=cohorts)).sections[0].charts[0]
        assert isinstance(lines, Lines)
        highest = max(height for height in lines.lines[0].heights if height is not None)
        marks = [height for height, _ in lines.scale]
        assert marks[-2] < highest <= marks[-1]
        assert 2 <= len(marks) <= 6


def test_without_loans_of_two_years_every_section_says_so() -> None:
    bank = replace(EMPTY, days=Bank().days)
    empty = [section.table.empty for section in composed(bank).sections if section.table]
    assert empty == [
        "No loan was disbursed in the two years looked at.",
        "No loan was disbursed in the two years looked at.",
        "No loan was cured in the two years looked at.",
    ]
