from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from recobro.book.queries import NoClose
from recobro.engine.tables import MONEY, STANDINGS
from recobro.runs import exports
from recobro.runs.exports import ExportFormUnknown
from tests.oracle.book import Book
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of

pytestmark = pytest.mark.django_db

ON = date(2026, 3, 31)


@pytest.fixture
def closed(bank: Bank, book: Book) -> Bank:
    """Return the bank after its book was loaded and a day of it closed."""
    bank.load(rows_of(book))
    bank.close(str(ON))
    return bank


def test_every_form_says_the_same(closed: Bank) -> None:
    """
    2025-01-31 A lends 300.00 to person Ann against pledge
    2025-02-28 A owes 100.00 and interest 1.50
    2025-03-31 A restructured
    2026-04-30 A owes 200.00
    2026-01-05 B lends 100.00
    """
    csv = closed.folder / "out" / "standings.csv"
    parquet, xlsx = csv.with_suffix(".parquet"), csv.with_suffix(".xlsx")
    written = [
        exports.standings(home=closed.home, as_of=ON, to=file) for file in (csv, parquet, xlsx)
    ]
    assert written == [2, 2, 2]
    header, *lines = csv.read_text("utf-8").splitlines()
    assert header == ",".join(STANDINGS.names)
    assert [line.split(",") for line in lines] == [
        [
            *("2026-03-31", "A", "Ann", "Ann", "bank", "farm", "CNY", "pledge"),
            *("300.00", "300.00", "0.00", "101.50", "100.00", "1.50", "0.00"),
            *("2025-02-28", "396", "1", "1", "1", "false", "M7", "loss", "loss"),
            *("days-past-due;restructured", "true", "true", "300.00"),
        ],
        [
            *("2026-03-31", "B", "B", "B", "bank", "farm", "CNY", "credit"),
            *("100.00", "100.00", "0.00", "0.00", "0.00", "0.00", "0.00"),
            *("", "0", "0", "0", "0", "false", "M0", "normal", "normal", ""),
            *("false", "true", "0.00"),
        ],
    ]
    table = pq.read_table(parquet)
    assert table.column_names == list(STANDINGS.names)
    assert {table.schema.field(name).type for name in MONEY} == {pa.decimal128(38, 2)}
    assert table["as_of"].type == pa.date32()
    assert table["three_six"].type == pa.bool_()
    assert table["grade_reasons"].to_pylist() == [["days-past-due", "restructured"], []]
    assert table["overdue_amount"].to_pylist() == [Decimal("101.50"), Decimal("0.00")]
    sheet = CalamineWorkbook.from_path(xlsx).get_sheet_by_index(0).to_python()
    rows = [dict(zip(sheet[0], row, strict=True)) for row in sheet[1:]]
    assert sheet[0] == list(STANDINGS.names)
    assert [row["oldest_unpaid_due_on"] for row in rows] == [date(2025, 2, 28), ""]
    assert [row["overdue_amount"] for row in rows] == [101.5, 0.0]
    assert [row["grade_reasons"] for row in rows] == ["days-past-due;restructured", ""]
    assert [row["nonperforming"] for row in rows] == [True, False]


def test_a_currency_of_three_digits_shows_in_all_amounts(closed: Bank) -> None:
    """
    2026-01-05 A lends 1000.00
    2026-01-05 J lends 1000 JPY
    2026-01-05 K lends 1.005 KWD
    """
    file = closed.folder / "standings.csv"
    exports.standings(home=closed.home, as_of=ON, to=file)
    rows = [line.split(",") for line in file.read_text("utf-8").splitlines()]
    column = rows[0].index("principal")
    assert [row[column] for row in rows] == ["principal", "1000.000", "1000.000", "1.005"]


def test_a_file_of_another_form_is_refused(closed: Bank) -> None:
    """
    2026-01-05 A lends 100.00
    """
    with pytest.raises(
        ExportFormUnknown, match=r"standings.pdf ends in '.pdf'; nothing was written"
    ):
        exports.standings(home=closed.home, as_of=ON, to=closed.folder / "standings.pdf")
    assert not (closed.folder / "standings.pdf").exists()
    with pytest.raises(NoClose):
        exports.standings(home=closed.home, as_of=date(2026, 4, 1), to=closed.folder / "s.csv")
