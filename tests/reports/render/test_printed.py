from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from recobro.reports.document import Better, Column, Kind, Row, Section, Table, Value
from recobro.reports.language import language
from recobro.reports.render.printed import Cell, PrintedSection, printed, written
from tests.reports.render.papers import paper

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "column", "cell"),
    [
        (date(2026, 6, 30), Column("", Kind.DATE), Cell("30/06/2026", number=True)),
        (None, Column("", Kind.MONEY), Cell("—", number=True)),
        (None, Column("", Kind.TEXT), Cell("—")),
        ("", Column("", Kind.MONEY), Cell("")),
        (123_456, Column("", Kind.MONEY), Cell("1.234,56", number=True)),
        (0, Column("", Kind.MONEY), Cell("0,00", number=True, tone="quiet")),
        (5, Column("", Kind.INTEGER, change=True), Cell("+5", number=True)),
        (
            5,
            Column("", Kind.INTEGER, change=True, better=Better.MORE),
            Cell(f"▲{SPACE}+5", number=True, tone="good"),
        ),
        (
            Decimal("0.00004"),
            Column("", Kind.RATIO, change=True, better=Better.LESS),
            Cell(f"0,00{SPACE}p.{SPACE}p.", number=True, tone="quiet"),
        ),
        (
            Decimal("0.0001"),
            Column("", Kind.RATIO, change=True, better=Better.LESS),
            Cell(f"▲{SPACE}+0,01{SPACE}p.{SPACE}p.", number=True, tone="bad"),
        ),
    ],
)
def test_a_value_is_written_as_its_column_says(value: Value, column: Column, cell: Cell) -> None:
    row = Row((value,))
    table = Table((column,), (row,), "EUR", "")
    assert written(value, column, row, table, language("es")) == cell


def test_a_column_of_no_kind_leaves_it_to_the_row() -> None:
    column = Column("", kind=None, change=True)
    row = Row((-250,), kind=Kind.MONEY, better=Better.LESS)
    table = Table((column,), (row,), "EUR", "")
    assert written(-250, column, row, table, language("en")) == Cell(
        f"▼{SPACE}−2.50", number=True, tone="good"
    )


def shortened(rows: int, most: int | None) -> PrintedSection:
    """Return a section of so many loans and their total."""
    lines = tuple(Row((f"L{number}", number)) for number in range(rows))
    columns = (Column("Loan"), Column("Days", Kind.INTEGER))
    total = Row(("Total", 99), strong=True)
    table = Table(columns, (*lines, total), "CNY", "", most)
    section = Section("Loans", table, text="Look.")
    return printed(replace(paper("bridge"), sections=(section,)), font="serif")[0]


def test_a_long_list_is_cut_and_says_so() -> None:
    section = shortened(5, 2)
    assert section.table is not None
    assert [row.cells[0].text for row in section.table.rows] == ["L0", "L1", "Total"]
    assert section.text == "Look. The first 2 of 5 are printed; the workbook has them all."


@pytest.mark.parametrize("most", [None, 5])
def test_a_list_that_fits_is_whole(most: int | None) -> None:
    section = shortened(5, most)
    assert section.table is not None
    assert (len(section.table.rows), section.text) == (6, "Look.")
