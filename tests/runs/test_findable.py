"""What is searched is brought to each newest day."""

import pytest

from recobro.book.models import Close, Findable
from recobro.runs.closes import published
from tests.oracle.written import written
from tests.runs.bank import Bank
from tests.runs.delivered import Row, rows_of
from tests.runs.shown import delivered, show

pytestmark = pytest.mark.django_db


def test_what_is_searched_is_made_anew_where_it_is_missing(bank: Bank) -> None:
    """
    2026-01-01 A lends 300.00 to person ana
    2026-01-05 A owes 300.00
    """
    bank.load(delivered(test_what_is_searched_is_made_anew_where_it_is_missing.__doc__))
    bank.close("2026-06-30")
    show(bank)
    assert Findable.objects.count() == 1
    Findable.objects.all().delete()
    assert show(bank) == []
    assert Findable.objects.count() == 1


def test_what_is_searched_is_made_anew_where_it_is_of_another_rule(bank: Bank) -> None:
    """
    2026-01-01 A lends 300.00 to person ana
    2026-01-05 A owes 300.00
    """
    bank.load(delivered(test_what_is_searched_is_made_anew_where_it_is_of_another_rule.__doc__))
    bank.close("2026-06-30")
    show(bank)
    Findable.objects.update(text="by another")
    Close.objects.update(found_by=0)
    assert show(bank) == []
    assert "ana" in found_by()["A"]
    Findable.objects.update(text="as it was")
    assert show(bank) == []
    assert found_by() == {"A": "as it was"}


def found_by() -> dict[str, str]:
    return dict(Findable.objects.order_by("loan__loan_id").values_list("loan__loan_id", "text"))


def three_days(bank: Bank) -> None:
    """Show a close; then C falls due, B is paid, the borrower of A2 has another name: close again.

    What A1 is found by was changed between, so that it shows whether it is written.
    """
    text = """
    2026-01-05 A1 owes 100.00
    2026-01-05 A2 owes 100.00
    2026-01-05 B owes 100.00
    2026-07-02 C owes 100.00
    """
    book = delivered(text)
    bank.load(book)
    bank.close("2026-06-30")
    show(bank)
    assert list(found_by()) == ["A1", "A2", "B"]
    Findable.objects.filter(loan__loan_id="A1").update(text="as it was")
    renamed = next(row for row in book["borrowers"] if row["borrower_id"] == _owner(book, "A2"))
    paid = rows_of(written("2026-07-01 B pays 100.00"))["payments"]
    bank.load({"borrowers": [renamed | {"name": "Renamed"}], "payments": paid}, kind="delta")
    bank.close("2026-07-03")


def _owner(book: dict[str, list[Row]], loan: str) -> object:
    return next(row["borrower_id"] for row in book["loans"] if row["loan_id"] == loan)


def test_what_is_searched_is_brought_to_the_next_day_by_what_differs(bank: Bank) -> None:
    three_days(bank)
    assert show(bank) == ["2026-07-03"]
    found = found_by()
    assert (list(found), found["A1"]) == (["A1", "A2", "C"], "as it was")
    assert found["A2"].split()[:2] == ["renamed", "a2"]
    assert [str(each.as_of) for each in Close.objects.exclude(found_by=0)] == ["2026-07-03"]


def test_what_is_searched_is_written_whole_where_the_close_before_is_lost(bank: Bank) -> None:
    three_days(bank)
    before = Close.objects.get(found_by=1)
    for file in published(bank.home, before, "standings"):
        file.unlink()
    show(bank)
    found = found_by()
    assert list(found) == ["A1", "A2", "C"]
    assert "a1" in found["A1"]


def test_what_is_searched_is_written_whole_by_a_new_rule(bank: Bank) -> None:
    three_days(bank)
    Close.objects.filter(found_by=1).update(found_by=2)
    show(bank)
    assert "a1" in found_by()["A1"]
    found = Close.objects.exclude(found_by=0)
    assert [(str(each.as_of), each.found_by) for each in found] == [("2026-07-03", 1)]
