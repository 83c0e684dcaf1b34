from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from recobro.runs import exports
from recobro.runs.facts import FactsGone
from recobro.runs.findings import findings
from recobro.runs.models import Settlement
from recobro.runs.operations import compact
from tests.oracle.book import Book
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of

pytestmark = pytest.mark.django_db

DAYS = 5


def paid(day: int) -> dict[str, list[dict[str, object]]]:
    """Return what a day brings: a payment, and the schedule of B as it was."""
    payment = {
        "payment_id": f"p{day}",
        "loan_id": "A",
        "paid_on": date(2026, 2, day),
        "amount": "10.00",
        "source": "borrower",
    }
    return {"payments": [payment]}


def files(bank: Bank) -> Counter[str]:
    return Counter(Path(name).parts[0] for name in bank.lake_files())


@pytest.fixture
def days(bank: Bank, book: Book) -> Bank:
    """Return a bank after some days of deliveries, the first of them closed."""
    bank.load(rows_of(book))
    for day in range(1, DAYS + 1):
        bank.load(paid(day), kind="delta")
        if day == 1:
            bank.close("2026-03-31")
    return bank


def test_days_are_folded_and_every_row_stays(days: Bank) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-05 A owes 100.00
    2026-01-05 B owes 100.00
    """
    before = [days.close("2026-03-31"), days.close("2026-03-31", facts_version=2)]
    key = Settlement.objects.first().key  # type: ignore[union-attr]  # there is one
    assert compact(home=days.home, files=DAYS - 1) == ["payments", key]
    # payments: the folded file, and those of the load that the first close named
    assert files(days)["payments"] == 2
    assert files(days)[key] == 3
    after = [days.close("2026-03-31"), days.close("2026-03-31", facts_version=2)]
    assert [each.fingerprint for each in after] == [each.fingerprint for each in before]
    assert [each["days_past_due"] for each in days.published(after[0])] == [85, 85]


def test_a_day_after_the_fold_is_a_day_like_any_other(days: Bank) -> None:
    """
    2026-01-05 A owes 60.00
    2026-02-05 A owes 100.00
    2026-01-05 B owes 100.00
    """
    compact(home=days.home, files=1)
    assert days.overdue("2026-03-31") == {"A": (11000, 85), "B": (10000, 85)}
    days.load(paid(6), kind="delta")
    assert days.overdue("2026-03-31") == {"A": (10000, 54), "B": (10000, 85)}


def test_facts_that_no_close_names_are_let_go(days: Bank) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 B owes 100.00
    """
    compact(home=days.home, files=1)
    with pytest.raises(FactsGone, match="The facts after load 3 are no longer in the lake"):
        days.close("2026-03-31", facts_version=3)
    assert days.close("2026-03-31", facts_version=2).facts_version == 2


def test_findings_stay_when_facts_are_let_go(days: Bank) -> None:
    """
    2026-01-05 A owes 100.00
    """
    wrong = {"payments": [paid(6)["payments"][0] | {"amount": "ten"}]}
    number = days.load(wrong, kind="delta").number
    days.load(paid(7), kind="delta")
    compact(home=days.home, files=1)
    found = findings(home=days.home, number=number, code=None, table=None, limit=9)
    assert [(row["code"], row["value"]) for row in found.rows] == [("bad-amount", "ten")]
    file = days.folder / "findings.csv"
    assert exports.findings(home=days.home, number=number, to=file) == (number, 1)


def test_rows_that_are_of_no_loan_are_folded_too(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 B owes 100.00
    2026-03-01 A judged grade doubtful
    2026-03-02 B judged liquidation

    The judgements come day by day, the last about a borrower; B moves to the household of A.
    """
    rows = rows_of(book)
    first, second = rows["judgements"]
    borrower = first | {"judgement_id": "j3", "loan_id": None, "borrower_id": "A", "value": "loss"}
    bank.load(rows | {"judgements": [first]})
    bank.load({"judgements": [second]}, kind="delta")
    moved = rows["borrowers"][1] | {"household_id": "A"}
    bank.load({"judgements": [borrower], "borrowers": [moved]}, kind="delta")
    before = bank.published(bank.close("2026-03-31"))
    assert [(row["grade"], row["household_id"]) for row in before] == [("loss", "A"), ("loss", "A")]
    key = Settlement.objects.first().key  # type: ignore[union-attr]  # there is one
    assert compact(home=bank.home, files=1) == ["borrowers", "judgements", key]
    after = bank.close("2026-03-31")
    assert bank.published(after) == before
    assert [files(bank)[name] for name in ("borrowers", "judgements")] == [1, 1]


def test_where_nothing_is_crowded_nothing_is_done(days: Bank) -> None:
    """
    2026-01-05 A owes 100.00
    """
    before = days.lake_files()
    assert compact(home=days.home) == []
    assert days.lake_files() == before
    assert days.close("2026-03-31", facts_version=3).facts_version == 3
