from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from recobro.book.models import Close
from recobro.book.queries import NoClose, close_of, closes_in_force
from recobro.policy import parse, preset
from recobro.runs.facts import NoFacts
from recobro.runs.models import Settlement
from tests.oracle.book import Book
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of

pytestmark = pytest.mark.django_db


def test_a_day_can_be_closed_again_on_the_facts_as_they_were(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-05 A owes 100.00
    2026-02-20 A pays 140.00 as p1
    """
    rows = rows_of(book)
    bank.load(rows)
    first = bank.close("2026-03-31")
    later = rows["payments"][0] | {"payment_id": "p2", "paid_on": "2026-01-31", "amount": "100.00"}
    bank.load({"payments": [later]}, kind="delta")
    as_now = bank.close("2026-03-31")
    as_then = bank.close("2026-03-31", facts_version=1)
    days = [bank.published(each)[0]["days_past_due"] for each in (first, as_now, as_then)]
    assert days == [54, 0, 54]
    assert (first.fingerprint, first.facts_version) == (as_then.fingerprint, as_then.facts_version)
    assert (as_now.fingerprint == first.fingerprint, as_now.facts_version) == (False, 2)
    assert [Close.objects.count(), close_of(date(2026, 3, 31)), closes_in_force()] == [
        3,
        as_then,
        [as_then],
    ]


def test_another_tolerance_settles_anew_and_an_old_day_reads_todays_facts(
    bank: Bank, book: Book
) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-20 A pays 98.00
    2026-02-05 A owes 100.00
    """
    bank.load(rows_of(book))
    lenient = parse('[overdue]\ntolerance = "5.00"\n')
    assert bank.overdue("2026-01-31") == {"A": (200, 26)}
    assert bank.overdue("2026-01-31", policy=lenient) == {"A": (200, 0)}
    assert bank.overdue("2026-01-10", policy=lenient) == {"A": (10000, 5)}
    assert sorted(each.key for each in Settlement.objects.all()) == [
        "settlement_0_0_fees_interest_principal",
        "settlement_5_0_fees_interest_principal",
    ]


def test_a_close_keeps_what_it_was_made_from(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    """
    bank.load(rows_of(book))
    policy = parse('name = "ours"\n[provision]\nspecial_mention = "0.03"\n')
    close = bank.close("2026-01-31", policy=policy)
    kept = Close.objects.get()
    assert (kept, kept.policy_name, kept.policy_hash, kept.policy_text, kept.backend) == (
        close,
        "ours",
        policy.hash,
        policy.text,
        "duckdb",
    )
    assert (kept.standings, kept.published_at <= datetime.now(tz=UTC)) == (1, True)
    assert [row["provision"] for row in bank.published(close)] == [300]
    assert preset("cn").provision.special_mention == Decimal("0.02")


def test_nothing_can_be_closed_before_something_is_loaded(bank: Bank) -> None:
    with pytest.raises(NoFacts, match="Nothing has been loaded yet"):
        bank.close("2026-03-31")
    with pytest.raises(NoFacts, match="There is no load 7"):
        bank.close("2026-03-31", facts_version=7)


def test_a_day_that_was_not_closed_has_no_close() -> None:
    with pytest.raises(NoClose, match="2026-03-31 has not been closed"):
        close_of(date(2026, 3, 31))
    assert closes_in_force() == []
