"""What runs that were ended left behind; how they were ended is in test_killed."""

import pytest

from recobro.runs.leftovers import folders_of_closes, folders_of_loads
from recobro.runs.models import Load, Settlement
from recobro.runs.operations.sweep import BookUnknown, sweep
from tests.oracle.book import Book
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of

pytestmark = pytest.mark.django_db


def test_what_no_row_names_is_put_away(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    """
    bank.load(rows_of(book))
    bank.close("2026-01-31")
    kept = sorted(bank.home.path.rglob("*.parquet"))
    for folder in (
        "closes/2026-01-31/20260101T000000000000/standings",
        "loads/000002",
        "loads/000007",
    ):
        (bank.home.path / folder).mkdir(parents=True)
        (bank.home.path / folder / "00000.parquet").touch()
    bank.home.lake.new_file("payments").touch()
    bank.home.unfinished.touch()
    sweep(bank.home)
    assert sorted(bank.home.path.rglob("*.parquet")) == kept
    assert not bank.home.unfinished.exists()
    assert [each.name for each in bank.home.closes.iterdir()] == ["2026-01-31"]
    assert (folders_of_loads(bank.home), folders_of_closes(bank.home)) == ([], [])


def test_a_database_that_knows_nothing_makes_no_book_a_leftover(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    """
    rows = rows_of(book)
    bank.load(rows)
    files = bank.lake_files()
    Load.objects.all().delete()
    Settlement.objects.all().delete()
    with pytest.raises(BookUnknown, match=r"knows of no load\. Nothing was changed\."):
        bank.load(rows)
    assert bank.lake_files() == files


def test_a_first_load_that_was_ended_is_put_away(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    """
    bank.load(rows_of(book))
    files = bank.lake_files()
    Load.objects.all().delete()
    Settlement.objects.all().delete()
    bank.home.unfinished.touch()
    bank.load(rows_of(book))
    assert (len(bank.lake_files()), bank.lake_files() & files) == (len(files), set())
