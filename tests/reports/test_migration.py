from dataclasses import replace
from decimal import Decimal

from recobro.reports.document import Document, Heat, Section, Value, Warmth
from recobro.reports.language import language
from recobro.reports.migration import MIGRATION
from recobro.reports.report import compose
from tests.reports.bank import Bank, Lanes
from tests.reports.rows import RATIOS

SPACE = "\N{NO-BREAK SPACE}"


def composed(bank: Bank) -> Document:
    return compose(MIGRATION, bank, language("en"))


def rows(section: Section) -> list[tuple[Value, ...]]:
    assert section.table is not None
    return [row.cells for row in section.table.rows]


def only(*lanes: tuple[str, str, int, int]) -> Document:
    both: Lanes = {"grade": lanes, "bucket": ()}
    return composed(replace(Bank(), lanes=both))


def test_the_sentence() -> None:
    (sentence,) = composed(Bank()).sentences
    assert sentence.replace(SPACE, " ") == (
        "Since 31 December 2025, 0.18 % of the performing balance has become non-performing, "
        "and 3.81 % of the non-performing balance performs again."
    )


def test_rates_that_are_not_known_are_a_dash() -> None:
    (sentence,) = composed(replace(Bank(), rates=())).sentences
    assert sentence == (
        "Since 31 December 2025, — of the performing balance has become non-performing, "
        "and — of the non-performing balance performs again."
    )


def test_without_a_bad_loan_at_the_opening_nothing_could_be_cured() -> None:
    flow = replace(Bank().rates[0], cure_rate=None)
    (sentence,) = composed(replace(Bank(), rates=(flow,))).sentences
    assert sentence.replace(SPACE, " ") == (
        "Since 31 December 2025, 0.18 % of the performing balance has become non-performing; "
        "none was non-performing then."
    )


def test_a_matrix_has_what_moved_and_its_sums() -> None:
    """Four loans: one stays, one falls, one is paid; one is new and had no balance."""
    document = only(
        ("normal", "normal", 1, 600),
        ("normal", "doubtful", 1, 300),
        ("normal", "paid", 1, 100),
        ("new", "normal", 1, 0),
    )
    balance, loans = document.sections[:2]
    assert rows(balance) == [("Normal", 600, 300, 100, 1_000), ("Total", 600, 300, 100, 1_000)]
    assert rows(loans) == [
        ("Normal", 1, 1, 1, 3),
        ("New", 1, 0, 0, 1),
        ("Total", 2, 1, 1, 4),
    ]


def test_the_heat_tells_how_far_each_part_moved() -> None:
    document = only(
        ("normal", "normal", 1, 600),
        ("normal", "doubtful", 1, 300),
        ("normal", "paid", 1, 100),
        ("loss", "normal", 1, 50),
        ("loss", "written_off", 1, 50),
    )
    (chart,) = document.sections[0].charts
    assert isinstance(chart, Heat)
    assert chart.columns == ("Normal", "Doubtful", "Paid", "Written off")
    nothing = Decimal(0)
    assert chart.cells == (
        (
            Warmth(Decimal("0.6"), "60.0", 0),
            Warmth(Decimal("0.3"), "30.0", 3),
            Warmth(Decimal("0.1"), "10.0", -1),
            Warmth(nothing, "", 1),
        ),
        (
            Warmth(Decimal("0.5"), "50.0", -4),
            Warmth(nothing, "", -1),
            Warmth(nothing, "", -1),
            Warmth(Decimal("0.5"), "50.0", 1),
        ),
    )


def test_buckets_have_their_days_in_the_rows_and_their_names_in_the_columns() -> None:
    balance = composed(Bank()).sections[3]
    assert balance.table is not None
    assert [row[0] for row in rows(balance)][:2] == ["Not overdue", "1–30 days (M1)"]
    assert [column.title for column in balance.table.columns][1:3] == ["M0", "M1"]


def test_a_book_that_begins_in_the_interval_says_so() -> None:
    document = only(("new", "normal", 4, 0))
    section = document.sections[0]
    assert section.table is not None
    assert (section.charts, section.table.rows, section.table.empty) == (
        (),
        (),
        "No loan was on balance at the opening.",
    )


def test_the_regulators_ratios_stand_in_their_order() -> None:
    section = composed(replace(Bank(), ratios=RATIOS[::-1])).sections[2]
    assert rows(section)[0] == (
        "Normal and special mention to non-performing",
        348_350_000_000,
        650_000_000,
        Decimal("0.001866"),
    )
    assert [row[0] for row in rows(section)][1:] == [
        "Special mention to non-performing",
        "Substandard to doubtful or loss",
        "Doubtful to loss",
    ]


def test_a_bucket_without_a_balance_has_no_roll_rate() -> None:
    section = composed(Bank()).sections[5]
    assert section.text == (
        "The balance of each bucket on 31 May 2026 that is now exactly one bucket further."
    )
    assert rows(section)[1:] == [
        ("1–30 days (M1)", 8_000_000_000, 1_200_000_000, Decimal("0.15")),
        ("31–60 days (M2)", 1_200_000_000, 480_000_000, Decimal("0.4")),
        ("61–90 days (M3)", 0, 0, None),
    ]


def test_without_rates_there_are_no_such_sections() -> None:
    assert len(composed(replace(Bank(), ratios=(), rolls=())).sections) == 4
