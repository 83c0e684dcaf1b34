from dataclasses import replace

from recobro.reports.bridge import BRIDGE
from recobro.reports.document import Document, Section, Value, Waterfall
from recobro.reports.language import language
from recobro.reports.material import Movement
from recobro.reports.report import compose
from recobro.terms.codes import Source
from tests.reports.bank import MOVEMENTS, Bank

SPACE = "\N{NO-BREAK SPACE}"


def composed(bank: Bank) -> Document:
    return compose(BRIDGE, bank, language("en"))


def rows(section: Section) -> list[tuple[Value, ...]]:
    assert section.table is not None
    return [row.cells for row in section.table.rows]


def test_the_sentence() -> None:
    (sentence,) = composed(Bank()).sentences
    assert sentence.replace(SPACE, " ") == (
        "From 30.72 million on 31 December 2025 to 29.57 million on 30 June 2026: −1.15 million. "
        "In cash 3.43 million were recovered."
    )


def test_the_items_stand_in_the_order_of_the_bridge_and_add_up() -> None:
    """The material brings them in any order."""
    shuffled = tuple(Movement("CNY", "0", *row) for row in sorted(MOVEMENTS))
    items = composed(replace(Bank(), movements=shuffled)).sections[0]
    assert rows(items) == [
        ("Opening", 256, 3_072_000_000),
        ("Restated", 2, 14_500_000),
        ("New", 41, 412_345_678),
        ("Increases", 3, 1_200_000),
        ("Cash: borrower", 88, -214_345_678),
        ("Cash: guarantor", 9, -31_800_000),
        ("Cash: court", 12, -96_400_000),
        ("Assets in kind", 1, -12_500_000),
        ("Returned to performing", 14, -98_000_000),
        ("Written off", 7, -90_000_000),
        ("Closing", 246, 2_957_000_000),
    ]


def test_the_waterfall_ends_where_the_table_does() -> None:
    (chart,) = composed(Bank()).sections[0].charts
    assert isinstance(chart, Waterfall)
    assert sum(step.amount for step in chart.steps[:-1]) == chart.steps[-1].amount
    assert [step.label for step in chart.steps if step.total] == ["Opening", "Closing"]


def test_a_line_of_an_institution_adds_up_too() -> None:
    """Columns in which nobody has anything are left out."""
    section = composed(Bank()).sections[1]
    assert section.table is not None
    assert [column.title for column in section.table.columns] == [
        "Institution",
        "Opening",
        "Restated",
        "New",
        "Cash",
        "Returned to performing",
        "Written off",
        "Other exits",
        "Closing",
    ]
    assert rows(section)[0] == (
        "Lakeside branch",
        3_072_000_000,
        14_500_000,
        413_545_678,
        -342_545_678,
        -98_000_000,
        -90_000_000,
        -12_500_000,
        2_957_000_000,
    )


def test_every_source_of_cash_has_a_name() -> None:
    movements = tuple(
        Movement("CNY", "0", f"cash:{source}", 1, -1)
        for source in (*Source, "unspecified")
        if source not in {Source.ASSET_IN_KIND, Source.WAIVER, Source.SALE}
    )
    items = composed(replace(Bank(), movements=movements)).sections[0]
    assert len({row[0] for row in rows(items)}) == 12


def test_without_a_bad_loan_on_either_day_it_says_so() -> None:
    document = composed(replace(Bank(), movements=()))
    (section,) = document.sections
    assert document.sentences == ("There was no non-performing balance, and there is none.",)
    assert section.table is not None
    assert (section.charts, section.table.rows, section.table.empty) == (
        (),
        (),
        "There was no non-performing balance, and there is none.",
    )
