from collections.abc import Callable
from datetime import date
from decimal import Decimal
from operator import itemgetter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recobro.engine.backends import duck as backend
from recobro.engine.backends.duck import Duck
from recobro.engine.steps.brought_forward import EVER, read_on
from recobro.engine.steps.settlement import settlement
from recobro.engine.tables import SETTLED
from recobro.policy import Policy, preset
from recobro.runs import operations
from recobro.runs.facts import portions, rows, tables
from recobro.runs.models import Load, Settlement
from tests.oracle.book import Book
from tests.oracle.written import written
from tests.runs.bank import Bank
from tests.runs.delivered import Row, Rows, rows_of

pytestmark = pytest.mark.django_db


def patient() -> Policy:
    """Return a policy that no load settles under: it gives 3 days of grace."""
    policy = preset("cn")
    overdue = policy.overdue.model_copy(update={"grace_days": 3})
    return policy.model_copy(update={"overdue": overdue})


def pays(book: Book, loan_id: str) -> Rows:
    """Return a delta in which the payment of a loan is 70.00 and no longer 40.00."""
    (row,) = (row for row in rows_of(book)["payments"] if row["loan_id"] == loan_id)
    return {"payments": [row | {"amount": "70.00"}]}


def test_older_facts_are_settled_beside_newer_ones(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00
    2026-01-05 B owes 100.00
    2026-02-20 B pays 40.00
    """
    bank.load(rows_of(book))
    bank.close("2026-03-31", policy=patient())
    bank.load(pays(book, "A"), kind="delta")
    bank.load(pays(book, "B"), kind="delta")
    by_load = {
        3: {"A": (3000, 85), "B": (3000, 85)},
        2: {"A": (3000, 85), "B": (6000, 85)},
        1: {"A": (6000, 85), "B": (6000, 85)},
    }
    for load in (3, 2, 1, 3, 2):
        found = bank.overdue("2026-03-31", policy=patient(), facts_version=load)
        assert (load, found) == (load, by_load[load])


def torn(touched: Path) -> None:
    touched.write_bytes(b"PAR1")


def of_an_older_version(touched: Path) -> None:
    pq.write_table(pa.table({"loan_no": [1]}), touched)


@pytest.mark.parametrize("harm", [Path.unlink, torn, of_an_older_version])
def test_where_the_touched_loans_are_not_known_all_are_settled(
    bank: Bank, book: Book, harm: Callable[[Path], None]
) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00
    2026-01-05 B owes 100.00
    2026-02-20 B pays 40.00
    """
    bank.load(rows_of(book))
    bank.close("2026-03-31", policy=patient())
    bank.load(pays(book, "A"), kind="delta")
    bank.load(pays(book, "B"), kind="delta")
    harm(bank.home.touched_file(2))
    found = bank.overdue("2026-03-31", policy=patient())
    assert found == {"A": (3000, 85), "B": (3000, 85)}


def test_a_day_is_settled_without_writing_the_settlement_again(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 10.00
    2026-02-05 B owes 100.00
    2026-02-21 A pays 10.00
    2026-02-22 A pays 10.00
    2026-02-23 A pays 10.00
    """
    every = rows_of(book)
    times = []
    for number, payment in enumerate(every["payments"]):
        rows = {"payments": [payment]} if number else every | {"payments": [payment]}
        before = backend.written()
        day = date(2026, 2, 20 + number)
        bank.load(rows, kind="delta" if number else "full", delivered_on=day)
        bank.close(str(day))
        times.append(backend.written() - before)
    assert times[3] <= 3  # those that look for what came after a load, or is of it


def test_what_is_long_over_is_brought_forward_and_every_day_can_still_be_closed(
    bank: Bank,
) -> None:
    """The book of 2026-12-31, of which two days later A's first payment is corrected."""
    book = written("""
        2026-01-05 A owes 100.00
        2026-02-20 A pays 40.00
        2026-02-25 A pays 60.00
        2026-03-05 A owes 100.00
        2026-01-05 B owes 100.00
        2026-01-05 B pays 100.00
        2026-03-05 B owes 100.00
    """)
    bank.load(rows_of(book), delivered_on=date(2026, 12, 31))
    days = ("2026-02-22", "2026-03-31", "2026-12-31")
    before = [
        {"A": (6000, 48), "B": (0, 0)},
        {"A": (10000, 26), "B": (10000, 26)},
        {"A": (10000, 301), "B": (10000, 301)},
    ]
    assert [bank.overdue(day) for day in days] == before
    assert brought(bank) == [(10000, date(2026, 2, 25)), (10000, date(2026, 1, 5))]
    first = rows_of(book)["payments"][0]
    bank.load({"payments": [first | {"amount": "30.00"}]}, kind="delta", delivered_on=LATER)
    after = [
        {"A": (7000, 48), "B": (0, 0)},
        {"A": (11000, 85), "B": (10000, 26)},
        {"A": (11000, 360), "B": (10000, 301)},
    ]
    assert [bank.overdue(day) for day in days] == after
    assert [bank.overdue(day, facts_version=1) for day in days] == before


def test_a_delivery_of_a_day_before_all_loans_brings_nothing_forward(
    bank: Bank, book: Book
) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00
    """
    bank.load(rows_of(book), delivered_on=date.min)
    assert (bank.overdue("2026-03-31"), brought(bank)) == ({"A": (6000, 85)}, [])


LATER = date(2027, 1, 2)

THREE = ("Regular", "Turned", "Moved")
YEAR = "\n".join(
    f"2026-{month:02}-05 {loan} {deed}"
    for loan in THREE
    for month in range(1, 13)
    for deed in ("owes 100.00", f"pays 100.00 as {loan}{month}")
)


def test_what_is_over_stays_as_it_was_settled(bank: Bank, tmp_path: Path) -> None:
    """Three loans of a year: after each delivery, the load that settled each of their portions.

    Of a delivery the months before the last two are over. They stay in the rows of the load that
    settled them, unless a payment comes from before, one is taken back, or the schedule changes.
    """
    year = rows_of(written(YEAR))
    paid = {one["payment_id"]: one for one in year["payments"]}

    def pays(loan: str, first: int, last: int) -> list[Row]:
        return [paid[f"{loan}{month}"] for month in range(first, last + 1)]

    def next_delivery(on: date, delta: Rows) -> dict[str, list[int]]:
        bank.load(delta, kind="delta", delivered_on=on)
        return settled_by(bank, tmp_path / str(on))

    regular = pays("Regular", 1, 12)
    back = regular[0] | {"payment_id": "back", "paid_on": date(2026, 1, 20), "amount": "1.00"}
    turned = paid["Turned1"] | {"payment_id": "turned", "reverses": "Turned1"}
    moved = [one for one in year["instalments"] if one["loan_id"] == "Moved"]
    moved[-1] = moved[-1] | {"due_on": date(2026, 12, 28)}
    first = [one for loan in THREE for one in pays(loan, 1, 3)]
    bank.load(year | {"payments": first}, delivered_on=date(2026, 4, 30))
    loads = dict.fromkeys(THREE, [1] * 12)
    assert settled_by(bank, tmp_path / "first") == loads

    second = {"payments": pays("Regular", 4, 6) + pays("Turned", 4, 6)}
    loads |= dict.fromkeys(("Regular", "Turned"), [1] * 2 + [2] * 10)
    assert next_delivery(date(2026, 6, 30), second) == loads

    third = {"payments": [*pays("Regular", 7, 8), turned], "instalments": moved}
    loads |= {"Regular": [1] * 2 + [2] * 2 + [3] * 8, "Turned": [3] * 12, "Moved": [3] * 12}
    assert next_delivery(date(2026, 8, 31), third) == loads

    # a loan that is brought again with nothing of its line is not settled again
    fourth = {"payments": pays("Regular", 9, 9), "loans": year["loans"]}
    loads |= {"Regular": [1] * 2 + [2] * 2 + [3] * 2 + [4] * 6}
    assert next_delivery(date(2026, 9, 30), fourth) == loads

    operations.compact(home=bank.home, files=1)
    fifth = {"payments": pays("Regular", 10, 10)}
    loads |= {"Regular": [1] * 2 + [2] * 2 + [3] * 2 + [4] * 1 + [5] * 5}
    assert next_delivery(date(2026, 10, 31), fifth) == loads

    sixth = {"payments": [*pays("Regular", 11, 11), back]}
    assert {*next_delivery(date(2026, 11, 30), sixth)["Regular"]} == {6}


def test_where_most_of_a_large_book_changes_all_of_it_is_settled(
    bank: Bank, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It lies in order then; here a book is large from one loan on."""
    monkeypatch.setattr("recobro.runs.operations.settle.LOANS_AT_ONCE", 1)
    year = rows_of(written(YEAR))
    last = [one for one in year["payments"] if one["payment_id"] in {"Regular12", "Turned12"}]
    rest = [one for one in year["payments"] if one not in last]
    bank.load(year | {"payments": rest}, delivered_on=date(2026, 12, 1))
    bank.load({"payments": last}, kind="delta", delivered_on=date(2026, 12, 6))
    assert settled_by(bank, tmp_path / "scratch") == dict.fromkeys(THREE, [2] * 12)


def test_within_a_tolerance_what_changes_is_settled_whole(bank: Bank, tmp_path: Path) -> None:
    """4.00 short of a first instalment are within it; of two, the later payment reaches both."""
    policy = preset("cn")
    tolerant = policy.overdue.model_copy(update={"tolerance": Decimal("5.00")})
    policy = policy.model_copy(update={"overdue": tolerant})
    year = rows_of(written(YEAR))
    short = [one | {"amount": "96.00"} for one in year["payments"] if one["payment_id"] in SHORT]
    bank.load(year | {"payments": short[:2]}, policy=policy, delivered_on=date(2026, 4, 30))
    later = {"payments": short[2:]}
    bank.load(later, policy=policy, kind="delta", delivered_on=date(2026, 5, 31))
    loads = {*settled_by(bank, tmp_path / "later", policy)["Regular"]}
    assert loads == {2}


SHORT = ("Regular1", "Regular2", "Regular3")


def settled_by(bank: Bank, scratch: Path, policy: Policy | None = None) -> dict[str, list[int]]:
    """Return by loan which load settled each portion, along its line: one by one it is the whole's.

    So are the sums of what is over.
    """
    load, key = Load.objects.latest("number"), Settlement.objects.latest("facts_version")
    with Duck(scratch) as duck:
        book = tables(bank.home.lake, load.versions, duck)
        facts = (book[name] for name in ("loans", "instalments", "payments"))
        whole = settlement(*facts, load_no=load.number, policy=policy or preset("cn"))
        found = portions(bank.home.lake, key, duck)
        both = [
            duck.rows(each.order_by("loan_no", "line_end").drop("load_no"))
            for each in (whole, found)
        ]
        assert both[0] == both[1]
        stored = rows(bank.home.lake, key.key, key.versions, duck, SETTLED)
        for on in (date(2026, 4, 30), date(2026, 12, 31), date(2027, 6, 1)):
            one_by_one, read = (
                duck.rows(
                    each.filter(each.paid_on <= on)
                    .group_by("loan_no")
                    .aggregate(paid=each.principal.sum())
                    .order_by("loan_no")
                )
                for each in (whole, read_on(stored, on))
            )
            assert one_by_one == read
        named = found.join(book["loans"].select("loan_no", "loan_id"), "loan_no")
        told = duck.rows(named.order_by("loan_no", "line_end").select("loan_id", "load_no"))
    return {
        loan: [row["load_no"] for row in told if row["loan_id"] == loan]
        for loan in sorted({row["loan_id"] for row in told})
    }


def brought(bank: Bank) -> list[tuple[int, date]]:
    """Return the principal and the last payment of the rows of a lake that sum up what is over."""
    (folder,) = (bank.home.path / "lake").glob("settlement_*principal")
    rows = pq.read_table([*folder.glob("*.parquet")]).to_pylist()
    over = [row for row in rows if row["read_from"] != EVER]
    over.sort(key=itemgetter("loan_no"))
    return [(row["principal"], row["paid_on"]) for row in over]
