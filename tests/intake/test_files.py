"""Files of every kind and shape, and those that refuse a delivery."""

import os
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

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


HEAD = PAID.encode()
WITH_PAYER = HEAD.strip() + b",payer\n"
UNKNOWN = (
    "it is text neither in UTF-8 nor surely in GB18030; if it has another encoding, name that in a "
    "mapping (encoding under [files])"
)
ODD_QUOTE = (
    "line 2 has a quote that is not closed, or that stands inside a field and is not doubled"
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty; even a table without rows has a header"),
        (b" \n\n", "it is empty; even a table without rows has a header"),
        (b"\n" + HEAD, "its first line is blank; that is where its columns are named"),
        (HEAD + b"P3,A,2026-02-02,5\0\n", "it holds zero bytes, so it is no text"),
        (HEAD.decode().encode("utf-16"), "it holds zero bytes, so it is no text"),
        (
            HEAD + b'P3,A,2026-02-02,"5\nP4,A,2026-02-02,5\n',
            ODD_QUOTE,
        ),
        (
            HEAD + b'P3,A,2026-02-02,"5"6\n',
            ODD_QUOTE,
        ),
        (
            HEAD + b"P3,A,2026-02-02,5\nP4,A,20",
            "line 3 has more or fewer fields than the header names, 4",
        ),
        (
            HEAD + b"P3,A,2026-02-02,5,6\n",
            "line 2 has more or fewer fields than the header names, 4",
        ),
        (
            HEAD + b"P3,A,2026-02-02," + b"5" * 10_000_000 + b"\n",
            "line 2 is longer than 2000000 bytes",
        ),
        (
            WITH_PAYER + b'P3,A,2026-02-02,5,"' + b"x\n" * 5_000_000 + b'"\n',
            "line 2 is longer than 2000000 bytes",
        ),
        (
            HEAD.strip() + b"," + b"x" * 10_000_000 + b"\n",
            "its header is broken (field larger than field limit (131072))",
        ),
        (
            HEAD + b"P3,A,2026-02-02,5\r\nP4,A,2026-02-02,5\n",
            "its lines do not all end in the same way (CR LF or LF)",
        ),
        (
            HEAD + "P3,王,x,5\n".encode() * 9 + "P4,王,x,5\n".encode("gb18030") * 9,
            "it mixes two encodings (line 2 is in UTF-8 and others are not)",
        ),
        (HEAD + b"P3,\xff\xff,2026-02-02,5\n", UNKNOWN),
        (WITH_PAYER + "P3,A,2026-02-02,5,López Muñoz\n".encode("latin-1"), UNKNOWN),
        (WITH_PAYER + "P3,A,2026-02-02,5,Иван Петров\n".encode("cp1251"), UNKNOWN),
    ],
    ids=[
        *("empty", "blank", "blank first", "zero byte", "utf-16", "open quote", "odd quote"),
        *("cut off", "long", "huge field", "huge quoted field", "huge header", "line ends"),
        *("mixed", "no text", "latin-1", "cyrillic"),
    ],
)
def test_broken_csv(book: Bank, content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        book.read(file(book, "payments.csv", content), kind="delta")
    assert str(refused.value) == (
        f"payments.csv cannot be read: {reason}. Nothing was changed. "
        "Export the file again and deliver it whole."
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(book: Bank, end: str) -> None:
    """A line may end as on any system, and a quoted field may hold a line end of another kind."""
    text = end.join(
        [WITH_PAYER.decode().strip(), 'P3,A,2026-02-02,5,"Li\nWei"', "P4,A,2026-02-02,6,"]
    )
    assert book.read(file(book, "payments.csv", text.encode()), kind="delta") == []
    assert book.taken("payments", "payment_id", "amount", "payer") == [
        ("P3", 500, "Li\nWei"),
        ("P4", 600, None),
    ]


@pytest.mark.parametrize("told", ["2", "abc"])
def test_a_delivered_row_number_is_no_row_number(book: Bank, told: str) -> None:
    """P3 stands twice, in rows 2 and 3: the copy is told, whatever a column `_row` says."""
    row = f"P3,A,2026-02-02,5,{told}\n"
    text = PAID.strip() + ",_row\n" + row + row
    assert book.deliver({"payments": text}, kind="delta") == [
        ("unknown-column", "payments", None, None, "_row (delivered)"),
        ("duplicate-row", "payments", 3, None, "P3"),
    ]
    assert book.taken("payments", "payment_id", "row") == [("P3", 2)]


def test_a_file_that_is_a_folder(book: Bank) -> None:
    """What the system says of a file that cannot be opened is told of that file."""
    (book.folder / "odd" / "payments.csv").mkdir(parents=True)
    with pytest.raises(Unreadable, match=r"^payments\.csv cannot be read: Is a directory\. Noth"):
        book.read(book.folder / "odd")


def test_a_pipe(book: Bank) -> None:
    """What would be waited for for ever."""
    folder = book.folder / "pipe"
    folder.mkdir()
    os.mkfifo(folder / "payments.csv")
    with pytest.raises(
        Unreadable, match=r"^payments\.csv cannot be read: it is neither a file nor"
    ):
        book.read(folder)


def test_a_link_out_of_the_delivery(book: Bank) -> None:
    """A link inside the folder is a file like others; one to a file elsewhere is not."""
    folder = file(book, "march.csv", PAID.encode())
    (folder / "payments.csv").symlink_to("march.csv")
    assert book.read(folder, kind="delta") == [("unknown-file", "", None, None, "march.csv")]
    (book.folder / "secret.csv").write_text(PAID, encoding="utf-8")
    (folder / "payments.csv").unlink()
    (folder / "payments.csv").symlink_to(book.folder / "secret.csv")
    with pytest.raises(
        Unreadable, match=r"^payments\.csv cannot .* link that leads out of the del"
    ):
        book.read(folder, kind="delta")


def test_what_looks_like_an_error_in_a_csv_file_is_text(book: Bank) -> None:
    text = WITH_PAYER.decode() + "P3,A,2026-02-02,5,#REF!\n"
    assert book.deliver({"payments": text}, kind="delta") == []
    assert book.taken("payments", "payer") == [("#REF!",)]


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
    """Cut off anywhere, without its beginning, or with forty bytes of its data overwritten."""
    rows = {"payment_id": [f"P{n}" for n in range(5000)], "loan_id": ["A"] * 5000}
    folder = parquet(book, pa.table(rows | {"paid_on": ["2026-02-02"] * 5000}))
    whole = (folder / "payments.parquet").read_bytes()
    size = len(whole)
    torn = [whole[:cut] for cut in (0, 4, size // 4, size // 2, size - 9, size - 8, size - 1)]
    torn += [whole[size // 2 :], whole[: size // 4] + b"\xff" * 40 + whole[size // 4 + 40 :]]
    for content in torn:
        (folder / "payments.parquet").write_bytes(content)
        with pytest.raises(Unreadable) as refused:
            book.read(folder, kind="delta")
        assert str(refused.value).startswith(
            "payments.parquet cannot be read: it is no sound Parquet file ("
        )


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
