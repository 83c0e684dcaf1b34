"""What runs that were ended left behind; how they were ended is in test_killed."""

import pytest

from recobro.book.models import Close
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
    bank.home.begin(1)
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
    told = r"of which its database does not know\. Nothing was changed\."
    with pytest.raises(BookUnknown, match=told):
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
    bank.home.begin(0)
    bank.load(rows_of(book))
    assert (len(bank.lake_files()), bank.lake_files() & files) == (len(files), set())


@pytest.mark.parametrize("closed", [True, False])
def test_nor_after_a_run_that_was_ended(bank: Bank, book: Book, *, closed: bool) -> None:
    """
    2026-01-05 A owes 100.00
    """
    rows = rows_of(book)
    bank.load(rows)
    if closed:
        bank.close("2026-01-31")
    files = sorted(bank.home.path.rglob("*.parquet"))
    Close.objects.all().delete()
    Load.objects.all().delete()
    Settlement.objects.all().delete()
    bank.home.begin(0 if closed else 1)
    with pytest.raises(BookUnknown):
        bank.load(rows)
    assert sorted(bank.home.path.rglob("*.parquet")) == files


def test_nor_does_an_older_database(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    """
    bank.load(rows_of(book))
    files = sorted(bank.home.path.rglob("*.parquet"))
    bank.home.begin(2)
    with pytest.raises(BookUnknown):
        bank.close("2026-01-31")
    assert sorted(bank.home.path.rglob("*.parquet")) == files


@pytest.mark.parametrize("torn", [b"", b"\0" * 400, b'{"commitInfo":'])
def test_an_entry_of_the_log_that_was_torn_is_put_away(bank: Bank, book: Book, torn: bytes) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 A pays 40.00
    """
    bank.load(rows_of(book))
    before = bank.overdue("2026-01-31")
    for table in ("payments", next(iter(Settlement.objects.get().versions))):
        (bank.home.lake.root / table / "_delta_log" / f"{1:020}.json").write_bytes(torn)
    bank.home.begin(1)
    assert bank.overdue("2026-01-31") == before
