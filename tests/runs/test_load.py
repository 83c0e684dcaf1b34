from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
import pytest

from recobro.engine.backends.duck import Duck
from recobro.engine.tables import FACTS
from recobro.intake import DeliveryRefused
from recobro.runs import facts
from recobro.runs.home import HomeBusy
from recobro.runs.models import Load, Settlement
from tests.oracle.book import Book
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of

pytestmark = pytest.mark.django_db


def findings(bank: Bank, load: Load) -> list[tuple[Any, ...]]:
    """Return code, table, row and value of each finding that a load keeps."""
    kept = pq.read_table(bank.home.load_folder(load.number) / "findings.parquet").to_pylist()
    return [tuple(row[name] for name in ("code", "table", "row", "value")) for row in kept]


def counts(load: Load) -> dict[str, tuple[int, int, int]]:
    """Return rows read, accepted and rejected of each table."""
    return {
        name: (table["read"], table["accepted"], table["rejected"])
        for name, table in load.tables.items()
    }


def loan_numbers(bank: Bank, load: Load) -> dict[str, int]:
    files = bank.home.lake.files("loans", load.versions)
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    return {row["loan_id"]: row["loan_no"] for row in rows}


def test_what_is_delivered_twice_is_loaded_once(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00
    """
    rows = rows_of(book)
    bank.load(rows)
    before = bank.lake_files()
    assert bank.offer(rows) is None
    assert bank.offer({"payments": rows["payments"]}, kind="delta") is None
    assert (bank.lake_files(), Load.objects.count(), Settlement.objects.count()) == (before, 1, 1)


def test_who_left_the_staff_is_no_longer_named_and_nothing_is_settled_for_it(
    bank: Bank, book: Book
) -> None:
    """
    2026-01-05 A owes 100.00
    """
    rows = rows_of(book)
    staff = [
        {"staff_id": who, "name": who, "institution_id": "bank", "active": "true"} for who in "ST"
    ]
    loans = [row | {"staff_id": "S"} for row in rows["loans"]]
    bank.load(rows | {"staff": staff, "loans": loans})
    before = bank.overdue("2026-03-31")
    load = bank.load({"staff": staff[1:]})
    assert (load.findings, load.touches_all) == ({"unknown-reference": 1}, False)
    (named,) = bank.home.lake.files("loans", load.versions)
    assert pq.read_table(named)["staff_id"].to_pylist() == [None]
    assert pq.read_metadata(bank.home.touched_file(load.number)).num_rows == 0
    assert bank.overdue("2026-03-31") == before == {"A": (10000, 85)}


def test_every_row_is_accounted_for_and_the_rejected_ones_are_kept(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00 as p1
    2026-02-21 A pays 60.00 as p2
    """
    rows = rows_of(book)
    wrong = [
        row | {"amount": "40,00"} if row["payment_id"] == "p1" else row for row in rows["payments"]
    ]
    first = bank.load(rows | {"payments": wrong})
    assert counts(first)["payments"] == (2, 1, 1)
    assert first.tables["payments"]["money"] == {
        "CNY": {"read": 6000, "accepted": 6000, "rejected": 0}
    }
    assert first.tables["payments"]["unreadable"] == 1
    assert findings(bank, first) == [("bad-amount", "payments", 2, "40,00")]
    assert first.findings == {"bad-amount": 1}
    again = bank.load({"payments": rows["payments"]})
    assert (counts(again), findings(bank, again)) == ({"payments": (2, 2, 0)}, [])


def test_a_new_rejected_row_is_told_even_where_the_others_are_as_before(
    bank: Bank, book: Book
) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00 as p1
    """
    rows = rows_of(book)
    bank.load(rows)
    wrong = rows["payments"][0] | {"payment_id": "p2", "paid_on": "yesterday"}
    second = bank.load({"payments": [*rows["payments"], wrong]})
    assert findings(bank, second) == [("bad-date", "payments", 3, "yesterday")]


def test_a_number_of_a_loan_is_never_given_again(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 B owes 100.00
    2026-01-05 C owes 100.00
    """
    rows = rows_of(book)
    of = {
        name: [row for row in rows["loans"] if row["loan_id"] in name] for name in ("AB", "A", "AC")
    }
    first = bank.load(rows | {"loans": of["AB"], "instalments": rows["instalments"][:2]})
    second = bank.load({"loans": of["A"]}, accept_drop=1)
    third = bank.load({"loans": of["AC"]})
    assert loan_numbers(bank, first) == {"A": 1, "B": 2}
    assert loan_numbers(bank, second) == {"A": 1}
    assert loan_numbers(bank, third) == {"A": 1, "C": 3}
    assert [code for code, *_ in findings(bank, second)] == ["loan-vanished", "parent-missing"]


def test_a_refused_delivery_changes_nothing(bank: Bank, book: Book, tmp_path: Path) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 B owes 100.00
    """
    rows = rows_of(book)
    bank.load(rows)
    before = bank.lake_files(), sorted(bank.home.path.rglob("*.parquet"))
    torn = tmp_path / "torn"
    torn.mkdir()
    whole = bank.home.lake.files("payments", {}) or bank.home.lake.files("loans", {"loans": 0})
    (torn / "loans.parquet").write_bytes(Path(whole[0]).read_bytes()[:-100])
    with pytest.raises(DeliveryRefused, match=r"loans\.parquet cannot be read"):
        bank.load(torn)
    with pytest.raises(DeliveryRefused, match="would lose 1 of 2 loans"):
        bank.load({"loans": rows["loans"][:1]})
    after = bank.lake_files(), sorted(bank.home.path.rglob("*.parquet"))
    assert (after, Load.objects.count()) == (before, 1)


def test_a_full_extract_that_was_cut_off(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 B owes 100.00
    2026-01-05 C owes 100.00
    2026-01-05 D owes 100.00
    """
    rows = rows_of(book)
    bank.load(rows)
    before = bank.lake_files()
    whole = bank.deliver(rows)
    text = (whole / "loans.csv").read_bytes()
    lines = text.splitlines(keepends=True)
    (whole / "loans.csv").write_bytes(b"".join(lines[:3]))
    with pytest.raises(DeliveryRefused) as refused:
        bank.load(whole)
    assert str(refused.value) == (
        "This full delivery would lose 2 of 4 loans, more than 1 %. Nothing was changed. Deliver "
        "the missing loans, and the borrowers and institutions that they name, or as a delta if it "
        "is only a part; if they are to go, say so with --accept-drop 2."
    )
    (whole / "loans.csv").write_bytes(text[: -len(lines[-1]) // 2])
    with pytest.raises(
        DeliveryRefused, match=r"loans\.csv cannot be read: line 5 has more or fewer"
    ):
        bank.load(whole)
    assert (bank.lake_files(), Load.objects.count()) == (before, 1)


def test_rows_that_went_come_back_with_the_file_that_had_them(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    """
    rows = rows_of(book)
    branch = rows["institutions"][0] | {"institution_id": "X", "parent_id": "bank"}
    entry = {"on": "2026-01-31", "currency": "CNY", "item": "loans", "amount": "100.00"}
    ledger = {"ledger": [entry | {"institution_id": "X"}]}
    with_branch = {"institutions": [*rows["institutions"], branch]}
    bank.load(rows | with_branch | ledger)
    second = bank.load({"institutions": rows["institutions"]})
    assert (second.lost, in_force(bank, second, "ledger", "institution_id")) == (["ledger"], [])
    bank.load(with_branch)
    last = bank.load(ledger)
    assert (last.lost, in_force(bank, last, "ledger", "institution_id")) == ([], [("X",)])
    assert bank.offer(ledger) is None
    assert bank.offer(with_branch) is None


def in_force(bank: Bank, load: Load, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Return some columns of a table's rows after a load."""
    with TemporaryDirectory() as scratch, Duck(Path(scratch)) as duck:
        rows = facts.tables(bank.home.lake, load.versions, duck)[table].select(*columns)
        return sorted(tuple(row[name] for name in columns) for row in duck.rows(rows))


def test_a_row_that_loses_its_parent_goes_alone(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 B owes 100.00
    2026-01-05 C owes 100.00
    """
    rows = rows_of(book)
    person = rows["borrowers"][0]
    house = {"kind": "house", "value": 9, "currency": "CNY"}
    house |= {"description": "a house", "valued_on": "2026-01-05"}
    people = [*rows["borrowers"], *(person | {"borrower_id": name} for name in ("G1", "G2"))]
    houses = [house | {"collateral_id": name} for name in ("H1", "H2")]
    stands = [("A", "G1"), ("A", "G2"), ("B", "G1"), ("C", "G2")]
    pledged = [("A", "H1"), ("A", "H2"), ("B", "H2"), ("C", "H1")]
    children = {
        "obligors": [
            {"loan_id": loan, "borrower_id": name, "role": "guarantor"} for loan, name in stands
        ],
        "securities": [{"loan_id": loan, "collateral_id": name} for loan, name in pledged],
    }
    first = bank.load(rows | children | {"borrowers": people, "collateral": houses})
    bank.load({"obligors": children["obligors"][2:3]}, kind="delta")
    last = bank.load({"borrowers": people[:-1], "collateral": houses[:-1]})
    origin = ("load_no", "row")
    assert in_force(bank, last, "obligors", "loan_no", "borrower_id", *origin) == [
        (1, "G1", 1, 2),
        (2, "G1", 2, 2),
    ]
    assert in_force(bank, last, "securities", "loan_no", "collateral_id", *origin) == [
        (1, "H1", 1, 2),
        (3, "H1", 1, 5),
    ]
    assert len(in_force(bank, first, "obligors", "loan_no", "borrower_id")) == len(stands)
    assert findings(bank, last) == [
        ("parent-missing", "obligors", 3, "G2"),
        ("parent-missing", "obligors", 5, "G2"),
        ("parent-missing", "securities", 3, "H2"),
        ("parent-missing", "securities", 4, "H2"),
    ]
    told_again = bank.load({"obligors": children["obligors"][:1]}, kind="delta")
    assert in_force(bank, told_again, "obligors", "loan_no", *origin) == [(1, 4, 2), (2, 2, 2)]


def test_what_an_unfinished_load_left_is_swept_away(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00 as p1
    """
    rows = rows_of(book)
    bank.load(rows)
    lake = bank.home.lake
    before = bank.lake_files()
    for table in ("payments", "collateral", "payments_replaced"):
        file = lake.new_file(table)
        pq.write_table(FACTS["payments"].to_pyarrow().empty_table(), file)
        lake.commit(table, [file], replace=True)
    (bank.home.path / "scratch").mkdir()
    (bank.home.path / "scratch" / "half").touch()
    assert bank.offer({"payments": rows["payments"]}) is None
    assert (bank.lake_files(), "collateral" in lake.versions()) == (before, False)
    assert bank.overdue("2026-03-31") == {"A": (6000, 85)}


def test_a_second_load_is_refused_while_one_is_at_work(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    """
    with (
        bank.home.writing("a load"),
        pytest.raises(HomeBusy, match=r"a load \(process \d+\) is at work"),
    ):
        bank.load(rows_of(book))
    assert (Load.objects.count(), bank.lake_files()) == (0, set())
