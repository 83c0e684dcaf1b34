from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from recobro.book.models import Close
from recobro.book.queries import NoClose, close_of, closes_in_force
from recobro.engine.backends.duck import written
from recobro.policy import parse, preset
from recobro.runs.facts import NoFacts
from recobro.runs.models import Settlement
from recobro.runs.operations.close import InvariantBroken
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


def test_another_day_is_closed_without_writing_an_expression_again(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-05 A owes 100.00
    """
    bank.load(rows_of(book))
    bank.close("2026-01-31")
    before = written()
    days = [
        bank.published(bank.close(on))[0]["days_past_due"] for on in ("2026-02-28", "2026-03-31")
    ]
    assert (written() - before, days) == (0, [54, 85])


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
        "settlement_4_0_0_fees_interest_principal",
        "settlement_4_5_0_fees_interest_principal",
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


def alter(bank: Bank, table: str, column: str, by: int) -> None:
    """Add something to a column of a table's only file in the lake, behind the bank's back."""
    (file,) = bank.home.lake.root.glob(f"{table}/*.parquet")
    rows = pq.read_table(file)
    place = rows.schema.get_field_index(column)
    more = pc.add(rows[column], pa.scalar(by, rows.schema.field(place).type))
    pq.write_table(rows.set_column(place, rows.schema.field(place), more), file)


@pytest.mark.parametrize(
    ("table", "column", "by", "why"),
    [
        (
            "payments",
            "amount",
            1,
            (
                "The money received for a loan is what was settled and paid in advance. This does "
                "not hold in 1 rows, for one A (paid_total: 4001 expected, 4000 found)."
            ),
        ),
        (
            "settlement_*_principal",
            "principal",
            -4001,
            (
                "Outstanding principal is at least 0 and at most what was disbursed. This does "
                "not hold in 1 rows, for one A (outstanding_principal: 10000 expected, 10001 "
                "found)."
            ),
        ),
    ],
)
def test_a_lake_that_was_changed_behind_its_back_publishes_nothing(
    table: str, column: str, by: int, why: str, bank: Bank, book: Book
) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00

    The earlier close stays in force, and nothing of the broken one lies about.
    """
    bank.load(rows_of(book))
    first = bank.close("2026-03-31")
    folders = sorted(bank.home.path.rglob("closes/*/*"))
    alter(bank, table, column, by)
    with pytest.raises(InvariantBroken) as broken:
        bank.close("2026-03-31")
    assert str(broken.value) == (
        f"{why} Nothing was published; the earlier close stays in force. This is a fault of the "
        "program or of the lake: run recobro doctor, and report it."
    )
    assert (closes_in_force(), Close.objects.count()) == ([first], 1)
    assert sorted(bank.home.path.rglob("closes/*/*")) == folders
    assert not (bank.home.path / "scratch").exists()
    alter(bank, table, column, -by)
    assert bank.close("2026-03-31").fingerprint == first.fingerprint


def test_a_window_may_reach_back_before_everything(bank: Bank) -> None:
    bank.load("1998-01-05 A owes 100.00\n1998-02-05 A owes 100.00\n1998-01-06 A pays 30.00")
    told = ("overdue_amount", "days_past_due", "missed_ever", "grade", "paid_total")
    for months in (24, 1178, 1179, 1200):
        policy = parse(f'extends = "cn"\n[missed]\nwindow_months = {months}\n', name="ours")
        (standing,) = bank.published(bank.close("1998-03-31", policy=policy))
        assert [standing[name] for name in told] == [17000, 85, 2, "special_mention", 3000], months


def test_the_last_day_there_is_can_be_closed(bank: Bank) -> None:
    bank.load("2026-01-05 A owes 100.00")
    assert bank.overdue("9999-12-30") == {"A": (10000, 2912437)}
    assert bank.overdue("9999-12-31") == {"A": (10000, 2912438)}
