"""The desk: what is kept, what is named, and what is written in SQL once."""

from pathlib import Path

import ibis
import pytest

from recobro.intake.desk import AtHand, Desk, times_written, written
from recobro.terms.codes import DeliveryKind

from .conftest import BANK, Bank


@pytest.fixture
def desk(bank: Bank, tmp_path: Path) -> Desk:
    return Desk(
        connection=bank.connection,
        staging=tmp_path,
        kind=DeliveryKind.DELTA,
        load_no=1,
        current=AtHand(),
    )


LOANS = ibis.schema({"loan_id": "string", "principal": "int64"})


def test_a_file_is_a_table_by_its_path_and_knows_its_size(desk: Desk) -> None:
    """A owes 3, B owes 4: two rows, 7 together, as whole numbers and not as a float."""
    loans = desk.few([{"loan_id": "A", "principal": 3}, {"loan_id": "B", "principal": 4}], LOANS)
    total = desk.keep(loans.agg(total=loans.principal.sum()), "total")
    assert (desk.count(loans), desk.fetch(total)) == (2, [{"total": 7}])
    kinds = desk.connection.read_parquet(desk.staging / "total.1.parquet").schema()
    assert kinds == ibis.schema({"total": "int64"})


def test_a_table_after_the_delivery_follows_what_is_accepted(desk: Desk) -> None:
    """Nothing is in the book; then S1 is accepted, then S1 and S2."""
    staff = [
        {"staff_id": f"S{n}", "name": "Li", "institution_id": "HO", "active": True} for n in (1, 2)
    ]
    columns = ibis.schema(dict(desk.before("staff").schema().items()))
    found = [desk.count(desk.after("staff"))]
    for many in (1, 2):
        desk.accept("staff", desk.few(staff[:many], columns))
        found.append(desk.count(desk.after("staff")))
    assert found == [0, 1, 2]


def test_what_was_kept_is_swept_and_names_leave_nothing(desk: Desk) -> None:
    loans = desk.name("loans", desk.few([{"loan_id": "A", "principal": 3}], LOANS))
    stays = desk.write(loans, "stays")
    views = "SELECT view_name FROM duckdb_views() WHERE NOT internal"
    assert desk.connection.raw_sql(views).fetchall() == []
    desk.sweep({stays})
    assert [*desk.staging.glob("*.parquet")] == [stays]


def test_a_name_may_rest_on_names_and_be_given_anew(desk: Desk) -> None:
    """What was built on a name before says what the name says now."""
    few = desk.name("few", desk.few([{"loan_id": "A", "principal": 3}], LOANS))
    twice = desk.name("twice", few.mutate(principal=few.principal * 2))
    both = twice.union(few).order_by("principal")
    assert [row["principal"] for row in desk.fetch(both)] == [3, 6]
    desk.name("few", desk.few([{"loan_id": "A", "principal": 5}], LOANS))
    assert [row["principal"] for row in desk.fetch(both)] == [5, 10]
    assert (desk.count(both), desk.one(twice.principal.max())) == (2, 10)


def test_a_query_may_name_parts_of_its_own_as_well(desk: Desk) -> None:
    few = desk.name("few", desk.few([{"loan_id": "A", "principal": 3}], LOANS))
    sums = few.group_by("loan_id").agg(n=few.count())
    twice = sums.join(sums.rename(m="n"), "loan_id")
    assert "WITH" in written(twice).query
    assert (desk.fetch(twice), desk.count(twice)) == ([{"loan_id": "A", "n": 1, "m": 1}], 1)
    desk.publish("for others", twice)
    assert desk.connection.raw_sql('FROM "for others"').fetchall() == [("A", 1, 1)]


def test_a_delivery_of_the_same_shape_is_not_written_in_sql_again(bank: Bank) -> None:
    """The bank delivers its book twice into the same folder, the second time with B's 200 as 201.

    Only what is said of B's schedule, which does not add up any more, is new: its message, and the
    findings with it.
    """
    misses = []
    for said in ("200.00", "201.00"):
        bank.loads = 0
        before = times_written()
        bank.deliver(BANK | {"loans": BANK["loans"].replace("200.00", said)})
        misses.append(times_written() - before)
    assert misses[1] == 1
