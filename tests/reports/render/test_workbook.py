import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from recobro.reports.document import Column, Document, Kind, Row, Section, Table
from recobro.reports.material import Figures
from recobro.reports.render.workbook import workbook
from tests.reports.bank import EMPTY, Bank, in_two_currencies, problem
from tests.reports.render.papers import ALL, paper


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    read = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    return {name: [list[object](row) for row in rows] for name, rows in read.items()}


@pytest.mark.parametrize(("name", "code"), ALL)
def test_every_report_has_a_sheet_for_each_section(name: str, code: str) -> None:
    document = paper(name, code)
    assert len(sheets(workbook(document))) == len(document.sections)


def test_a_sheet_says_what_it_is_and_its_numbers_are_numbers() -> None:
    sheet = sheets(workbook(paper("bridge", "es")))["Del saldo inicial al saldo fina"]
    assert sheet[0][0] == "Puente del saldo dudoso · Del saldo inicial al saldo final"
    assert str(sheet[1][0]).endswith(
        "Versión de los hechos: 7 · Controles de datos: todos superados"
    )
    assert str(sheet[2][0]).startswith("De 30,72")
    assert sheet[4:6] == [["Partida", "Préstamos", "Importe"], ["Saldo inicial", 256, 30_720_000.0]]
    assert sheet[9] == ["Efectivo: prestatario", 88, -2_143_456.78]


def test_ratios_are_parts_of_one_and_their_changes_points() -> None:
    sheet = sheets(workbook(paper()))["Key figures"]
    name, ratio, _, change, _ = sheet[9]
    assert (name, ratio, round(float(str(change)), 2)) == ("NPL ratio", 0.0064, -0.22)


def test_a_name_that_looks_like_a_formula_stays_a_name() -> None:
    loan = replace(problem(0), borrower='=HYPERLINK("x")')
    sheet = sheets(workbook(paper("new-npl", bank=replace(Bank(), fresh=(loan,)))))["The loans"]
    assert sheet[5][1] == '=HYPERLINK("x")'


def test_what_is_not_known_is_a_dash_and_a_grade_its_name() -> None:
    loan = replace(problem(0), grade_before=None)
    sheet = sheets(workbook(paper("new-npl", bank=replace(Bank(), fresh=(loan,)))))["The loans"]
    assert sheet[5][4:6] == ["—", "Substandard"]


def test_an_empty_list_says_why() -> None:
    sheet = sheets(workbook(paper("three-six", bank=replace(Bank(), missed=()))))["The loans"]
    assert sheet[5][0] == "No loan has missed so many instalments."


def test_sections_of_the_same_name_have_sheets_of_their_own() -> None:
    names = list(sheets(workbook(paper("bridge", bank=in_two_currencies()))))
    assert names == [
        "From the opening to the closing",
        "Bridge by institution, CNY",
        "From the opening to the closi 2",
    ]


def test_yen_have_no_smaller_unit() -> None:
    bank = in_two_currencies()
    sheet = sheets(workbook(paper(bank=bank)))["Key figures, JPY"]
    assert sheet[7][:2] == ["Outstanding principal", 462_030_250_000.0]


def test_a_day_is_a_day() -> None:
    column = Column("Day", Kind.DATE)
    table = Table((column,), (Row((date(2026, 6, 30),)),), "CNY", "")
    document = replace(paper("bridge"), sections=(Section("Days: all?", table),), sentences=())
    assert sheets(workbook(document))["Days  all"][4] == [date(2026, 6, 30)]


def test_a_report_without_sections_still_says_why() -> None:
    (sheet,) = sheets(workbook(paper(bank=EMPTY))).values()
    assert sheet[2][0] == "There are no loans on balance."


def test_the_same_report_is_the_same_file() -> None:
    assert workbook(paper("bridge")) == workbook(paper("bridge"))


def test_a_note_of_a_section_stands_above_its_table() -> None:
    bank = Bank()
    blind = replace(bank.indicator[0], allowance=None)
    days = {on: Figures(on, day.rows) for on, day in bank.days.items()}
    document = paper(bank=replace(bank, indicator=(blind,), days=days))
    sheet = sheets(workbook(document))["Allowance and capital"]
    assert str(sheet[3][0]).startswith("The general ledger of this day has not been delivered")


def test_a_workbook_has_every_row_of_a_list_that_paper_cuts() -> None:
    column = Column("Loan")
    rows = tuple(Row((f"L{number}",)) for number in range(5))
    table = Table((column,), rows, "CNY", "", most=2)
    document = replace(paper("bridge"), sections=(Section("Loans", table),), sentences=())
    assert sheets(workbook(document))["Loans"][4:9] == [[f"L{number}"] for number in range(5)]


def widths(document: Document) -> list[float]:
    """Return the widths of the columns of the first sheet, in letters."""
    with ZipFile(BytesIO(workbook(document))) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
    found = re.findall(r'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', sheet)
    return [float(width) for first, last, width in found for _ in range(int(last) - int(first) + 1)]


def test_columns_have_the_room_that_their_texts_take() -> None:
    """An amount of twelve digits, a Chinese name, one letter, and a name for a whole line."""
    columns = (Column("A", Kind.MONEY), Column("B"), Column("C"), Column("D"))
    row = Row((123_456_789_012_34, "河岸农村商业银行", "x", "y" * 90))
    table = Table(columns, (row,), "CNY", "")
    document = replace(paper("bridge"), sections=(Section("Wide", table),), sentences=())
    assert [round(width) for width in widths(document)] == [22, 20, 9, 49]
