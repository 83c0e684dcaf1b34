"""Workbooks: cells as a person sees them."""

from datetime import date, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter

from recobro.intake.account import Money
from recobro.intake.formulas import extent
from recobro.intake.refusals import Unreadable
from tests.intake.conftest import Bank


def test_a_workbook(book: Bank) -> None:
    """A cell's date, a formula's value, a merged loan_id, and rows numbered as the sheet shows."""
    path = book.folder / "delivery.xlsx"
    with xlsxwriter.Workbook(path) as made:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        sheet = made.add_worksheet("Payments")
        sheet.write_row(0, 0, ["Payment_ID", "Loan_ID", "Paid_on", "Amount"])
        sheet.write_column(1, 0, ["P3", 4])
        sheet.merge_range(1, 1, 2, 1, "A")
        sheet.write_datetime(1, 2, datetime(2026, 2, 2), day)  # noqa: DTZ001  a day
        sheet.write_number(2, 2, 46056)
        sheet.write_number(1, 3, 1234.56)
        sheet.write_formula(2, 3, "=0.1+0.2", None, 0.3)
        sheet.write_row(5, 0, ["P5", "A", "2026-02-02", "x"])
        made.add_worksheet("Notes")
    assert book.read(path, kind="delta") == [
        ("unknown-file", "", None, None, "delivery.xlsx, sheet Notes"),
        ("bad-amount", "payments", 6, "amount", "x"),
    ]
    assert book.taken("payments", "payment_id", "paid_on", "amount", "row") == [
        ("P3", date(2026, 2, 2), 123456, 2),
        ("4", date(2026, 2, 3), 30, 3),
    ]


def sheet(book: Bank, *rows: list[object], name: str = "Payments", top: int = 0) -> Path:
    """Write a workbook of one sheet with rows from a row on; an `=` begins a formula."""
    path = book.folder / f"workbook-{book.loads}.xlsx"
    with xlsxwriter.Workbook(path) as made:
        written = made.add_worksheet(name)
        for n, row in enumerate(rows, top):
            for k, cell in enumerate(row):
                told, _, result = str(cell).partition(" → ")
                if told.startswith("="):
                    written.write_formula(n, k, told, None, result)
                else:
                    written.write(n, k, cell)
    return path


COLUMNS: list[object] = ["payment_id", "loan_id", "paid_on", "amount", "payer"]


def test_formulas(book: Bank) -> None:
    """The result that was saved counts; what was never computed or is an error is told."""
    path = sheet(
        book,
        COLUMNS,
        ["P3", "A", "2026-02-02", "=1+2 → 3", '="Li "&"Wei" → Li Wei'],
        ["P4", "A", "2026-02-02", "=1+1", "Ana"],
        ["P5", "A", "2026-02-02", 5, "=A9"],
        ["P6", "A", "2026-02-02", "=1/0 → #DIV/0!", "Ana"],
        ["P7", "A", "2026-02-02", 5, "=Gone!A1 → #REF!"],
        ["P8", "=X → #N/A", "2026-02-02", 5, "Ana"],
    )
    assert book.read(path, kind="delta") == [
        ("formula-error", "payments", 3, "amount", "#FORMULA!"),
        ("formula-error", "payments", 4, "payer", "#FORMULA!"),
        ("formula-error", "payments", 5, "amount", "#DIV/0!"),
        ("formula-error", "payments", 6, "payer", "#REF!"),
        ("parent-missing", "payments", 7, "loan_id", "#N/A"),
    ]
    assert book.messages()[0] == (
        "amount says '#FORMULA!' in place of a formula's result. Have the workbook computed and "
        "saved again, or write the value itself."
    )
    assert book.taken("payments", "payment_id", "amount", "payer") == [("P3", 300, "Li Wei")]
    account = book.last.tables["payments"].account
    assert (account.money, account.unreadable) == ({"CNY": Money(1300, 300, 1000)}, 3)


def test_titles_above_the_header(book: Bank) -> None:
    """Rows bear the numbers that the sheet shows."""
    path = sheet(
        book,
        ["Payments of March"],
        [],
        COLUMNS,
        ["P3", "A", "2026-02-02", 5],
        ["P4", "A", "soon", 5],
        top=1,
    )
    assert book.read(path, kind="delta") == [("bad-date", "payments", 6, "paid_on", "soon")]
    assert book.taken("payments", "payment_id", "row") == [("P3", 5)]


def test_merged_cells(book: Bank) -> None:
    """A loan_id that is merged over two rows is that of both; so is a cell over two columns."""
    path = book.folder / "merged.xlsx"
    with xlsxwriter.Workbook(path) as made:
        written = made.add_worksheet("payments")
        written.merge_range(0, 0, 0, 4, "Payments")
        written.write_row(1, 0, COLUMNS)
        written.write_column(2, 0, ["P3", "P4"])
        written.merge_range(2, 1, 3, 1, "A")
        written.write_column(2, 2, ["2026-02-02", "2026-02-03"])
        written.write_number(2, 3, 5)
        written.merge_range(3, 3, 3, 4, 6)
    assert book.read(path, kind="delta") == []
    assert book.taken("payments", "payment_id", "loan_no", "amount", "payer") == [
        ("P3", 1, 500, None),
        ("P4", 1, 600, "6"),
    ]


def test_merged_cells_beside_the_rows(book: Bank) -> None:
    """Blank cells that are merged right of the columns and below the rows say nothing."""
    path = book.folder / "merged.xlsx"
    with xlsxwriter.Workbook(path) as made:
        written = made.add_worksheet("payments")
        written.write_row(0, 0, COLUMNS)
        written.write_row(1, 0, ["P3", "A", "2026-02-02", 5])
        written.merge_range(1, 7, 1, 8, "")
        written.merge_range(9, 0, 10, 1, "")
    assert book.read(path, kind="delta") == []
    assert book.taken("payments", "payment_id", "amount") == [("P3", 500)]


def rewritten(path: Path, old: bytes, new: bytes) -> Path:
    """Return a copy of a workbook in which one text is another in each of its parts."""
    copy = path.with_name(f"rewritten-{path.name}")
    with ZipFile(path) as archive, ZipFile(copy, "w") as made:
        for part in archive.namelist():
            made.writestr(part, archive.read(part).replace(old, new))
    return copy


def test_a_workbook_that_keeps_strictly_to_the_standard(book: Bank) -> None:
    """Its namespaces are others; an error in it is told all the same."""
    path = sheet(book, COLUMNS, ["P3", "A", "2026-02-02", "=1/0 → #DIV/0!"])
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    strict = rewritten(path, office, b"http://purl.oclc.org/ooxml/officeDocument/relationships")
    assert book.read(strict, kind="delta") == [
        ("formula-error", "payments", 2, "amount", "#DIV/0!")
    ]


def test_a_part_that_is_no_xml(book: Bank) -> None:
    """What the reader of its cells makes of it counts."""
    path = sheet(book, COLUMNS, ["P3", "A", "2026-02-02", "=1+1 → 2"])
    assert book.read(rewritten(path, b"</sheetData>", b"</sheetData>&x;"), kind="delta") == []
    assert book.taken("payments", "payment_id", "amount") == [("P3", 200)]


def test_a_stray_cell(book: Bank) -> None:
    """One cell in the last corner of a sheet makes seventeen thousand million of blank ones."""
    path = book.folder / "stray.xlsx"
    with xlsxwriter.Workbook(path) as made:
        written = made.add_worksheet("payments")
        written.write_row(0, 0, COLUMNS)
        written.write(1048575, 16383, "x")
    with pytest.raises(Unreadable) as refused:
        book.read(path)
    assert str(refused.value).startswith(
        "stray.xlsx, sheet payments cannot be read: it reaches over 1,048,576 rows and "
        "16,384 columns; delete the stray cells. Nothing was changed. "
    )


def test_cells_that_are_only_coloured_make_no_sheet_larger(book: Bank) -> None:
    path = book.folder / "coloured.xlsx"
    with xlsxwriter.Workbook(path) as made:
        red = made.add_format({"bg_color": "red"})
        written = made.add_worksheet("payments")
        written.write_row(0, 0, COLUMNS)
        written.write_blank(0, 16383, None, red)
        written.write_blank(1048575, 0, None, red)
    assert extent(path, "payments") == (1048576, 5)


def test_a_workbook_that_unpacks_to_more_than_fits(book: Bank) -> None:
    """The directory of the parts names three times a gigabyte."""
    path = book.folder / "bomb.xlsx"
    with ZipFile(path, "w") as made:
        for n in range(3):
            made.writestr(f"{n}.xml", "x")
            made.infolist()[n].file_size = 1 << 30
    with pytest.raises(
        Unreadable, match=r"^bomb\.xlsx cannot be read: it unpacks to more than 2 GB; "
    ):
        book.read(path)


def test_sheets_without_rows(book: Bank) -> None:
    """An empty sheet that bears the name of a table refuses; with a header it is an empty table."""
    path = sheet(book, name="loans")
    with pytest.raises(Unreadable) as refused:
        book.read(path)
    assert str(refused.value).startswith(
        f"{path.name}, sheet loans cannot be read: it is empty; even a table without rows has a "
    )
    assert book.read(sheet(book, COLUMNS), kind="delta") == []
    assert book.last.tables["payments"].account.read == 0


def test_torn_workbook(book: Bank) -> None:
    path = sheet(book, COLUMNS, ["P3", "A", "2026-02-02", 5])
    whole = path.read_bytes()
    for cut in (0, 4, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(Unreadable) as refused:
            book.read(path)
        assert str(refused.value).startswith(
            f"{path.name} cannot be read: it is no sound workbook ("
        )


def test_no_workbook(book: Bank) -> None:
    path = book.folder / "delivery.xlsx"
    path.write_bytes(b"PK\3\4 no workbook")
    with pytest.raises(Unreadable, match="no sound workbook"):
        book.read(path)
