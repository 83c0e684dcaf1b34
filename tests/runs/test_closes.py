from datetime import date

import pyarrow.parquet as pq
import pytest

from recobro.engine.checks import CHECKS
from recobro.runs.closes import CLOSE_TABLES, CloseGone, fingerprint, published
from tests.oracle.book import Book
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of

pytestmark = pytest.mark.django_db


def test_a_close_has_files_of_what_it_published(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00
    """
    bank.load(rows_of(book))
    close = bank.close("2026-03-31")
    files = {table: published(bank.home, close, table) for table in CLOSE_TABLES}
    assert {table: len(found) for table, found in files.items()} == {
        "standings": 1,
        "figures": 1,
        "breaks": len(CHECKS),
        "changes": 0,  # there was no close to replace
    }
    (standings,) = files["standings"]
    assert pq.read_table(standings)["paid_total"].to_pylist() == [40_00]
    assert fingerprint(bank.home, close) == close.fingerprint


@pytest.mark.parametrize("table", ["standings", "figures", "breaks"])
def test_files_that_are_lost(bank: Bank, book: Book, table: str) -> None:
    """
    2026-01-05 A owes 100.00
    """
    bank.load(rows_of(book))
    close = bank.close("2026-03-31")
    for file in published(bank.home, close, table):
        file.unlink()
    with pytest.raises(CloseGone) as refused:
        published(bank.home, close, table)
    assert str(refused.value) == (
        f"The {table} of the close of 2026-03-31 are no longer in {close.folder}; nothing was "
        "written. Restore that folder from a backup, or close the day again: recobro close "
        "--as-of 2026-03-31 --facts-version 1 --judged-up-to 0"
    )


def test_changes_that_there_were_and_are_lost(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    """
    bank.load(rows_of(book))
    close = bank.close("2026-03-31")
    assert published(bank.home, close, "changes") == []
    close.changes = [{"currency": "CNY"}]
    with pytest.raises(CloseGone, match=f"^The changes of the close of {date(2026, 3, 31)}"):
        published(bank.home, close, "changes")
