"""Files of every kind and shape, and those that refuse a delivery."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from recobro.intake import DeliveryRefused
from recobro.intake.delivery import KeyColumnMissing
from recobro.intake.parquet import ColumnTwice
from recobro.intake.refusals import Unreadable
from recobro.intake.source import DeliveryMissing, NoKnownTable, TableTwice
from tests.intake.conftest import Bank, header

PAID = header("payments")
PEOPLE = "borrower_id,kind,name\nCai,person,蔡文\n"


def file(book: Bank, name: str, content: bytes) -> Path:
    folder = book.folder / f"files-{book.loads}"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_as_banks_write_it(book: Bank, separator: str, end: str) -> None:
    fields = ["Payment_ID", "LOAN_ID", "paid_on", "Amount", "payer"]
    row = ["P3", "A", "2026-02-02", "5", '"Li; Wei, ""the\tsecond"""']
    text = end.join([separator.join(fields), separator.join(row), ""])
    assert book.read(file(book, "payments.csv", text.encode()), kind="delta") == []
    assert book.taken("payments", "payment_id", "amount", "payer") == [
        ("P3", 500, 'Li; Wei, "the\tsecond"')
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(book: Bank, encoding: str) -> None:
    assert book.read(file(book, "borrowers.csv", PEOPLE.encode(encoding)), kind="delta") == []
    assert book.taken("borrowers", "borrower_id", "name") == [("Cai", "蔡文")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (PAID.encode() + b"P3,A,2026-02-02,5\0\n", "zero bytes"),
        (PAID.encode() + b'P3,A,2026-02-02,"5\n', "unterminated quote"),
        (PAID.encode() + b"P3,A,2026-02-02\n", "Expected Number of Columns: 4 Found: 3"),
        (PAID.encode() + b"P3,A,2026-02-02,5,6\n", "Expected Number of Columns: 4 Found: 5"),
        (PAID.encode() + b"P3,A,2026-02-02," + b"5" * 10_000_000 + b"\n", "Line"),
        (PAID.encode() + "P3,王,x,5\n".encode() + "P4,王,x,5\n".encode("gb18030"), "two encodings"),
        (PAID.encode() + b"P3,\xff\xff,2026-02-02,5\n", "not text in GB18030"),
    ],
    ids=["empty", "zero byte", "quote", "short", "long", "huge field", "mixed", "no text"],
)
def test_broken_csv(book: Bank, content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason) as refused:
        book.read(file(book, "payments.csv", content), kind="delta")
    assert str(refused.value).startswith("payments.csv cannot be read: ")
    assert str(refused.value).endswith("Export the file again and deliver it whole.")


def test_a_header_alone_is_an_empty_table(book: Bank) -> None:
    assert book.deliver({"payments": PAID}, kind="delta") == []
    assert book.last.tables["payments"].account.read == 0


def parquet(book: Bank, table: pa.Table) -> Path:
    folder = book.folder / "parquet"
    folder.mkdir(exist_ok=True)
    pq.write_table(table, folder / "payments.parquet")
    return folder


@pytest.mark.parametrize(
    ("kind", "amounts", "minor"),
    [
        (pa.decimal128(18, 2), [Decimal("5.25"), Decimal(999999999999999)], [525, 10**17 - 100]),
        (pa.decimal128(38, 2), [Decimal("5.25"), Decimal(7)], [525, 700]),
        (pa.decimal128(20, 6), [Decimal("5.250000"), Decimal(7)], [525, 700]),
        (pa.int64(), [5, 999999999999999], [500, 10**17 - 100]),
        (pa.float64(), [5.25, 0.1], [525, 10]),
        (pa.string(), ["5.25", "7"], [525, 700]),
    ],
    ids=str,
)
def test_amounts_of_parquet(
    book: Bank, kind: pa.DataType, amounts: list[object], minor: list[int]
) -> None:
    columns = {
        "Payment_id": ["P3", "P4"],
        "loan_id": ["A", "A"],
        "paid_on": [date(2026, 2, 2), date(2026, 2, 3)],
        "amount": pa.array(amounts, kind),
    }
    assert book.read(parquet(book, pa.table(columns)), kind="delta") == []
    assert book.taken("payments", "amount", "row") == [(minor[0], 2), (minor[1], 3)]


@pytest.mark.parametrize(
    ("kind", "amount", "code"),
    [
        (pa.decimal128(18, 3), Decimal("5.255"), "too-many-decimals"),
        (pa.decimal128(20, 6), Decimal("5.250001"), "too-many-decimals"),
        (pa.decimal128(38, 2), Decimal(10**16), "bad-amount"),
        (pa.int64(), 10**15, "bad-amount"),
        (pa.int64(), -1, "negative-amount"),
        (pa.float64(), 0.1 + 0.2, "too-many-decimals"),
        (pa.float64(), float("nan"), "bad-amount"),
        (pa.decimal128(18, 2), Decimal(0), "bad-amount"),
        (pa.decimal128(18, 2), None, "missing-value"),
    ],
    ids=str,
)
def test_bad_amounts_of_parquet(book: Bank, kind: pa.DataType, amount: object, code: str) -> None:
    columns = {
        "payment_id": ["P3"],
        "loan_id": ["A"],
        "paid_on": [datetime(2026, 2, 2)],  # noqa: DTZ001  a day as a timestamp
        "amount": pa.array([amount], kind),
    }
    found = book.read(parquet(book, pa.table(columns)), kind="delta")
    assert [(row[0], row[2], row[3]) for row in found] == [(code, 2, "amount")]


def test_keys_of_parquet_may_be_numbers(book: Bank) -> None:
    columns = {"borrower_id": [7], "kind": ["person"], "name": ["Seven"]}
    folder = book.folder / "numbers"
    folder.mkdir()
    pq.write_table(pa.table(columns), folder / "borrowers.parquet")
    assert book.read(folder, kind="delta") == []
    assert book.taken("borrowers", "borrower_id") == [("7",)]


def test_torn_parquet(book: Bank) -> None:
    folder = parquet(book, pa.table({"payment_id": ["P3"] * 1000}))
    whole = (folder / "payments.parquet").read_bytes()
    (folder / "payments.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Unreadable, match=r"^payments.parquet cannot be read"):
        book.read(folder, kind="delta")


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


def test_no_workbook(book: Bank) -> None:
    path = book.folder / "delivery.xlsx"
    path.write_bytes(b"PK\3\4 no workbook")
    with pytest.raises(Unreadable, match="no sound workbook"):
        book.read(path)


def test_nothing_there(book: Bank) -> None:
    with pytest.raises(DeliveryMissing, match="neither a folder nor a workbook"):
        book.read(book.folder / "nowhere")


def test_no_known_table(book: Bank) -> None:
    with pytest.raises(NoKnownTable, match=r"only: prestamos.csv\. Nothing was changed"):
        book.deliver({"prestamos": "x\n"})


def test_one_table_in_two_files(book: Bank) -> None:
    folder = parquet(book, pa.table({"payment_id": ["P3"]}))
    (folder / "payments.csv").write_text(PAID, encoding="utf-8")
    with pytest.raises(TableTwice, match=r"payments.csv and payments.parquet both bring payments"):
        book.read(folder)


def test_a_key_column_missing(book: Bank) -> None:
    with pytest.raises(KeyColumnMissing, match=r"instalments.csv has no column n,"):
        book.deliver({"instalments": "loan_id,due_on\nA,2026-02-01\n"})


def test_one_column_twice(book: Bank) -> None:
    with pytest.raises(ColumnTwice, match="two columns called 'amount'"):
        book.deliver({"payments": "payment_id,loan_id,amount,Amount\nP3,A,1,2\n"})


def test_a_refusal_says_that_nothing_was_changed(book: Bank) -> None:
    with pytest.raises(DeliveryRefused, match=r"Nothing was changed\. "):
        book.deliver({"payments": "loan_id\nA\n"})
