from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import pytest

from recobro import intake

BANK = {
    "institutions": """\
institution_id,parent_id,name,kind
HO,,Head office,head_office
B1,HO,River branch,branch
""",
    "borrowers": """\
borrower_id,kind,name
Ana,person,Ana
Bao,person,王宝
""",
    "staff": """\
staff_id,name,institution_id,active
S1,Li Lei,B1,true
""",
    "loans": """\
loan_id,borrower_id,institution_id,product,currency,principal,annual_rate,disbursed_on,matures_on,guarantee,staff_id
A,Ana,B1,farm,CNY,300.00,0.05,2026-01-01,2026-04-01,credit,S1
B,Bao,B1,farm,CNY,200.00,0.05,2026-01-01,2026-03-01,credit,S1
""",
    "instalments": """\
loan_id,n,due_on,principal_due,interest_due
A,1,2026-02-01,100.00,1.00
A,2,2026-03-01,100.00,1.00
A,3,2026-04-01,100.00,1.00
B,1,2026-02-01,100.00,1.00
B,2,2026-03-01,100.00,1.00
""",
    "payments": """\
payment_id,loan_id,paid_on,amount
P1,A,2026-02-01,101.00
P2,B,2026-02-01,101.00
""",
}
"""A bank of two loans in which nothing is wrong."""


class Bank:
    """A bank that delivers, and what its book holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = ibis.duckdb.connect()
        self.book = intake.AtHand()
        self.loads = 0
        self.last: intake.Delivery

    def deliver(self, tables: dict[str, str], **options: object) -> list[tuple[Any, ...]]:
        """Hand in tables as CSV; return the findings: code, table, row, column, value."""
        source = self.folder / f"delivery-{self.loads + 1}"
        source.mkdir(exist_ok=True)
        for name, text in tables.items():
            (source / f"{name}.csv").write_text(text, encoding="utf-8")
        return self.read(source, **options)

    def read(self, source: Path, **options: object) -> list[tuple[Any, ...]]:
        self.loads += 1
        took: Any = intake.read
        self.last = took(
            source,
            connection=self.connection,
            current=self.book,
            staging=self.folder / f"staging-{self.loads}",
            load_no=self.loads,
            **options,
        )
        return [
            (f["code"], f["table"], f["row"], f["column"], f["value"])
            for f in self.rows(self.last.findings)
        ]

    def rows(self, path: Path) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.connection.read_parquet(path).to_pyarrow().to_pylist()
        return found

    def taken(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Return columns of the accepted rows of a table, in their order."""
        rows = self.rows(self.last.tables[table].path)
        return [tuple(row[name] for name in columns) for row in rows]

    def messages(self) -> list[str]:
        return [row["message"] for row in self.rows(self.last.findings)]

    def keep(self) -> None:
        """Take what was last delivered in full into the book."""
        for name, taken in self.last.tables.items():
            self.book[name] = self.connection.read_parquet(taken.path)


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    """A bank whose book is empty."""
    made = Bank(tmp_path)
    yield made
    made.connection.disconnect()


@pytest.fixture(scope="session")
def first_load(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The staged tables of a first, sound delivery."""
    made = Bank(tmp_path_factory.mktemp("first"))
    assert made.deliver(BANK) == []
    made.connection.disconnect()
    return {name: taken.path for name, taken in made.last.tables.items()}


@pytest.fixture
def book(bank: Bank, first_load: dict[str, Path]) -> Bank:
    """A bank whose book holds BANK."""
    bank.loads = 1
    for name, path in first_load.items():
        bank.book[name] = bank.connection.read_parquet(path)
    return bank


def header(table: str) -> str:
    """Return the header of one of the bank's tables."""
    return BANK[table].splitlines()[0] + "\n"


def changed(table: str, old: str, new: str) -> dict[str, str]:
    """Return the bank's delivery with one text of one table changed."""
    assert old in BANK[table]
    return BANK | {table: BANK[table].replace(old, new)}


def with_row(table: str, row: str) -> dict[str, str]:
    """Return the bank's delivery with one row more."""
    return BANK | {table: BANK[table] + row + "\n"}
