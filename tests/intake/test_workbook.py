"""Workbooks: cells as a person sees them."""

from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from recobro.intake.account import Money
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
