import pytest

from recobro.runs.leftovers import folders_of_closes, folders_of_loads, readable
from recobro.runs.models import Load, Settlement
from tests.oracle.book import Book
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of

pytestmark = pytest.mark.django_db


def test_what_rows_name_is_no_leftover(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    """
    bank.load(rows_of(book))
    bank.close("2026-01-31")
    home = bank.home
    assert (folders_of_loads(home), folders_of_closes(home)) == ([], [])
    left = home.load_folder(3), home.load_folder(7), home.closes / "2026-01-31" / "earlier"
    for folder in left:
        folder.mkdir()
    for odd in (home.path / "loads", home.closes / "2026-01-31"):
        (odd / "note.txt").touch()
    assert (folders_of_loads(home), folders_of_closes(home)) == ([*left[:2]], [left[2]])


def test_facts_that_were_let_go_need_not_be_read(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    """
    bank.load(rows_of(book))
    load, settled = Load.objects.get(), Settlement.objects.get()
    assert readable() == [load, settled]
    Load.objects.update(readable=False)
    assert readable() == [settled]
