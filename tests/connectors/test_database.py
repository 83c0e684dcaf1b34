"""A query for each table, from a real database into the inbox, and from there into the book."""

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from recobro.connectors.database import ConnectorsNotInstalled, DatabaseRefused, QueryWrong
from recobro.connectors.operations import Fetched, fetch
from recobro.connectors.source import DatabaseSource, VariableMissing
from recobro.runs.inbox import DeliveryNameUnusable, NameTaken, path_of, waiting
from tests.runs.bank import Bank

pytest.importorskip("sqlalchemy")
pytestmark = pytest.mark.django_db
ON = date(2026, 6, 30)
CORE = """
CREATE TABLE branch (id TEXT, above TEXT, name TEXT);
INSERT INTO branch VALUES ('1', NULL, '总行');
CREATE TABLE client (no INTEGER, name TEXT);
INSERT INTO client VALUES (7, '王伟');
CREATE TABLE credit (no TEXT, client INTEGER, amount NUMERIC, from_day TEXT, to_day TEXT);
INSERT INTO credit VALUES ('K1', 7, 1200.5, '2026-01-05', '2027-01-05');
CREATE TABLE plan (credit TEXT, n INTEGER, due TEXT, capital NUMERIC);
INSERT INTO plan VALUES ('K1', 1, '2026-02-05', 1200.5);
CREATE TABLE paid (id INTEGER, credit TEXT, day TEXT, amount NUMERIC);
INSERT INTO paid VALUES (1, 'K1', '2026-02-20', 200), (2, 'K1', '2026-06-30', 0.25);
"""
TABLES = {
    "institutions": """
        SELECT id AS institution_id, above AS parent_id, name, 'head_office' AS kind FROM branch""",
    "borrowers": "SELECT no AS borrower_id, 'person' AS kind, name FROM client",
    "loans": """
        SELECT no AS LOAN_ID, client AS borrower_id, '1' AS institution_id, 'farm' AS product,
               'CNY' AS currency, amount AS principal, 0.0725 AS annual_rate,
               from_day AS disbursed_on, to_day AS matures_on, 'credit' AS guarantee
        FROM credit""",
    "instalments": """
        SELECT credit AS loan_id, n, due AS due_on, capital AS principal_due, 0 AS interest_due
        FROM plan""",
    "payments": """
        SELECT id AS payment_id, credit AS loan_id, day AS paid_on, amount FROM paid
        WHERE day >= :since AND day <= :on ORDER BY id""",
}


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of a core banking's database, whose address is in the environment."""
    file = tmp_path / "core.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(CORE)
    monkeypatch.setenv("CORE_BANKING_URL", f"sqlite:///{file}")
    return file


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    bank = Bank(tmp_path)
    yield bank
    left = [each.name for each in (bank.home.path / "inbox").glob(".*")]
    assert left == []


def fetched(bank: Bank, tables: dict[str, str], delivery: str = "full", name: str = "") -> Fetched:
    source = DatabaseSource.model_validate(
        {"kind": "database", "url": "CORE_BANKING_URL", "delivery": delivery, "tables": tables}
    )
    return fetch(home=bank.home, source=source, on=ON, name=name)


@pytest.mark.usefixtures("core")
def test_what_is_fetched_is_loaded_and_closed(bank: Bank) -> None:
    done = fetched(bank, TABLES)
    assert done == Fetched("2026-06-30-full", dict.fromkeys(TABLES, 1) | {"payments": 2}, {})
    (lying,) = waiting(bank.home)
    assert (lying.name, lying.kind, lying.delivered_on) == ("2026-06-30-full", "full", ON)
    load = bank.load(path_of(bank.home, done.name), delivered_on=ON)
    assert load.findings == {}
    assert bank.overdue("2026-06-30") == {"K1": (100_025, 145)}


@pytest.mark.usefixtures("core")
def test_a_delta_asks_for_what_came_since(bank: Bank) -> None:
    """The first delivery is of 28 June: of the payments, one came after."""
    bank.load(path_of(bank.home, fetched(bank, TABLES).name), delivered_on=date(2026, 6, 28))
    done = fetched(bank, {"payments": TABLES["payments"]}, "delta")
    assert (done.name, done.rows) == ("2026-06-30-delta", {"payments": 1})
    rows = pq.read_table(path_of(bank.home, done.name) / "payments.parquet").to_pylist()
    assert rows == [{"payment_id": "2", "loan_id": "K1", "paid_on": "2026-06-30", "amount": "0.25"}]


@pytest.mark.usefixtures("core")
def test_nothing_is_written_over(bank: Bank) -> None:
    fetched(bank, TABLES)
    with pytest.raises(NameTaken):
        fetched(bank, TABLES)
    assert fetched(bank, TABLES, name="again").name == "again"
    with pytest.raises(DeliveryNameUnusable):
        fetched(bank, TABLES, name="../elsewhere")


def test_the_source_stays_as_it_is(core: Path, bank: Bank) -> None:
    """Also where a query is none that only reads."""
    before = core.read_bytes()
    with pytest.raises(DatabaseRefused):
        fetched(bank, {"payments": "DELETE FROM paid"})
    assert core.read_bytes() == before
    assert waiting(bank.home) == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT id AS payment_id, 1 AS colour FROM paid", "gives 'colour'"),
        ("SELECT id AS payment_id, id AS PAYMENT_ID FROM paid", "gives a column twice"),
        ("SELECT id AS payment_id FROM paid WHERE day > :yesterday", "asks for :yesterday"),
    ],
)
@pytest.mark.usefixtures("core")
def test_a_query_that_does_not_fit(query: str, said: str, bank: Bank) -> None:
    with pytest.raises(QueryWrong, match=f"The query of payments {said}"):
        fetched(bank, {"payments": query})
    assert waiting(bank.home) == []


@pytest.mark.usefixtures("core")
def test_a_query_that_the_database_refuses(bank: Bank) -> None:
    """What was written of the tables before it goes."""
    with pytest.raises(DatabaseRefused, match="The query of loans: no such table: lones"):
        fetched(bank, {"payments": TABLES["payments"], "loans": "SELECT * FROM lones"})
    assert waiting(bank.home) == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("abacus://me:topsecret@db/core", "its address is none that SQLAlchemy knows"),
        ("no address", "its address is none that SQLAlchemy knows"),
        ("oracle://me:topsecret@db/core", "its driver cx_Oracle is not installed"),
        ("postgresql+psycopg://me:topsecret@127.0.0.1:1/core", "refused"),
        ("sqlite:////no/such/folder/core.sqlite3", "unable to open database file"),
        ("postgresql+psycopg://me:top@secret:word@127.0.0.1:1/core", "none that SQLAlchemy knows"),
        ("postgresql+psycopg://me@127.0.0.1:1/core?password=topsecret", "refused"),
    ],
)
def test_a_source_that_cannot_be_opened(
    url: str, said: str, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORE_BANKING_URL", url)
    with pytest.raises(DatabaseRefused) as refused:
        fetched(bank, TABLES)
    assert said in str(refused.value)
    assert "topsecret" not in str(refused.value)


def test_an_address_that_nobody_has_set(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CORE_BANKING_URL", raising=False)
    with pytest.raises(VariableMissing):
        fetched(bank, TABLES)


def test_without_sqlalchemy(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(ConnectorsNotInstalled):
        fetched(bank, TABLES)


def test_from_postgresql_at_one_moment(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    address = os.environ.get("DATABASE_URL_POSTGRES")
    if not address:
        pytest.skip("no PostgreSQL server is named")
    monkeypatch.setenv("CORE_BANKING_URL", address.replace("postgresql:", "postgresql+psycopg:"))
    query = """
        SELECT n::text AS staff_id, current_setting('transaction_isolation') AS name,
               '1' AS institution_id, n % 2 = 0 AS active
        FROM generate_series(1, 25000) AS n"""
    done = fetched(bank, {"staff": query})
    assert done.rows == {"staff": 25_000}
    rows = pq.read_table(path_of(bank.home, done.name) / "staff.parquet").to_pylist()
    assert rows[-1] == {
        "staff_id": "25000",
        "name": "repeatable read",
        "institution_id": "1",
        "active": "true",
    }
