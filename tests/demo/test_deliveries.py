import csv
import signal
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from itertools import pairwise
from multiprocessing import active_children
from pathlib import Path

import pytest
from pyarrow import parquet
from python_calamine import CalamineWorkbook

from recobro.demo.accounts import Book
from recobro.demo.bank import Delivery, written_beside
from recobro.demo.deliveries import COLUMNS, delta
from recobro.demo.files import write_workbook
from recobro.demo.ledger import LedgerRow
from recobro.demo.mistakes import mistakes
from recobro.demo.timetable import FULL_ON, MONTH_ENDS

GB18030 = date(2025, 10, 31)


def _csv(path: Path, encoding: str = "utf-8", separator: str = ",") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


def test_a_full_delivery_and_twelve_month_ends(delivered: list[Delivery]) -> None:
    assert [(row.kind, row.delivered_on, row.path.name) for row in delivered] == [
        ("full", FULL_ON, "2025-06-30-full"),
        *(
            ("delta", on, f"{on}-delta" + (".xlsx" if on == date(2025, 8, 31) else ""))
            for on in MONTH_ENDS
        ),
    ]


def test_another_process_writes_the_same_bank(delivered: list[Delivery], tmp_path: Path) -> None:
    with written_beside(tmp_path) as coming:
        beside = list(coming)
    assert [each._replace(path=Path(each.path.name)) for each in beside] == [
        each._replace(path=Path(each.path.name)) for each in delivered
    ]
    assert _contents(tmp_path) == _contents(delivered[0].path.parent)


def test_what_goes_wrong_in_the_other_process_is_heard(tmp_path: Path) -> None:
    (tmp_path / f"{FULL_ON}-full").touch()
    with pytest.raises(FileExistsError), written_beside(tmp_path) as coming:
        next(coming)


def test_the_other_process_ends_with_what_it_was_begun_for(tmp_path: Path) -> None:
    with written_beside(tmp_path):
        (beside,) = active_children()
    assert (beside.is_alive(), beside.exitcode, active_children()) == (False, -signal.SIGTERM, [])


def _contents(folder: Path) -> dict[Path, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder): file.read_bytes() for file in files}


def test_a_workbook_is_the_same_whenever_it_is_written(book: Book, tmp_path: Path) -> None:
    tables = delta(book, since=date(2026, 6, 29), until=date(2026, 6, 30))
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    write_workbook(first, tables)
    write_workbook(second, tables)
    assert first.read_bytes() == second.read_bytes()


def test_the_full_delivery_brings_typed_columns(delivered: list[Delivery]) -> None:
    folder = delivered[0].path
    assert sorted(file.stem for file in folder.iterdir()) == sorted(COLUMNS)
    loans = parquet.read_schema(folder / "loans.parquet")
    assert loans.names == list(COLUMNS["loans"])
    assert str(loans.field("principal").type) == "decimal128(18, 2)"
    assert str(loans.field("disbursed_on").type) == "date32[day]"


def test_the_loans_of_the_ledger_are_the_balances_of_core_banking(
    delivered: list[Delivery],
) -> None:
    """Of each sub-branch on the day of the full delivery; bad loans that left have no balance."""
    folder = delivered[0].path
    core: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in parquet.read_table(folder / "loans.parquet").to_pylist():
        core[row["institution_id"]] += row["outstanding_principal"] or 0
    booked = {
        row["institution_id"]: row["amount"]
        for row in parquet.read_table(folder / "ledger.parquet").to_pylist()
        if row["on"] == FULL_ON and row["item"] == "loans"
    }
    assert booked == core


def test_a_delta_brings_what_moved_in_its_month(book: Book) -> None:
    tables = delta(book, since=date(2026, 4, 30), until=date(2026, 5, 31))
    loans = {row[0] for row in tables["loans"]}
    assert {row[1] for row in tables["payments"]} <= loans
    assert {row[0] for row in tables["instalments"]} <= loans
    assert {row[-1] for row in tables["loans"]} == {date(2026, 5, 31)}
    assert {row.on for row in tables["ledger"] if isinstance(row, LedgerRow)} == {date(2026, 5, 31)}


def test_nothing_is_delivered_before_its_parent(book: Book) -> None:
    known: set[object] = {row[0] for row in book.staff}
    for since, until in pairwise((date.min, *MONTH_ENDS[-2:])):
        tables = delta(book, since=since, until=until)
        known |= {row[0] for row in tables["borrowers"]}
        assert {row[1] for row in tables["loans"]} <= known
        assert {row[1] for row in tables.get("obligors", [])} <= known


def test_a_restructuring_brings_its_new_schedule_whole(book: Book) -> None:
    tables = delta(book, since=date(2025, 8, 31), until=date(2025, 9, 30))
    (row,) = tables["restructurings"]
    parts = [part for part in tables["instalments"] if part[0] == row[0]]
    assert [part[1] for part in parts] == list(range(1, 18))


@pytest.mark.parametrize("on", [day for day in MONTH_ENDS if day != date(2025, 8, 31)])
def test_a_csv_delta_has_every_row(book: Book, delivered: list[Delivery], on: date) -> None:
    since = (FULL_ON, *MONTH_ENDS)[MONTH_ENDS.index(on)]
    rows = Counter({name: len(rows) for name, rows in delta(book, since=since, until=on).items()})
    if on != GB18030:
        rows.update(name for name, _ in mistakes(book, on))
    folder = next(row.path for row in delivered if row.delivered_on == on)
    dialect = ("gb18030", ";") if on == GB18030 else ("utf-8", ",")
    assert {file.stem: len(_csv(file, *dialect)) for file in folder.iterdir()} == rows


def test_a_workbook_has_a_sheet_for_each_table(book: Book, delivered: list[Delivery]) -> None:
    tables = delta(book, since=date(2025, 7, 31), until=date(2025, 8, 31))
    workbook = CalamineWorkbook.from_path(str(delivered[2].path))
    sheets = {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}
    assert {name: len(sheet) - 1 for name, sheet in sheets.items()} == {
        name: len(rows) for name, rows in tables.items()
    }
    header, first, *_ = sheets["payments"]
    number, loan_id, paid_on, amount, *_ = tables["payments"][0]
    assert header == list(COLUMNS["payments"])
    assert isinstance(amount, int)
    assert first[:4] == [number, loan_id, paid_on, float(Decimal(amount).scaleb(-2))]


def test_few_rows_are_typed_badly_and_none_has_an_unknown_column(book: Book) -> None:
    rows = {on: list(mistakes(book, on)) for on in MONTH_ENDS}
    assert {on.isoformat(): len(row) for on, row in rows.items() if row} == {
        "2025-07-31": 8, "2025-11-30": 13, "2026-04-30": 8,
    }  # fmt: skip
    for name, row in (pair for pairs in rows.values() for pair in pairs):
        assert set(row) <= set(COLUMNS[name])
