import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import ibis
import pytest

from recobro.engine.backends.duck import Duck, written

NUMBERS = ibis.schema({"number": "int64"})


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[Duck]:
    with Duck(tmp_path) as opened:
        yield opened


def test_what_is_kept_can_be_built_on_before_it_is_there(duck: Duck) -> None:
    numbers = duck.keep("numbers", [ibis.range(1_000_000).unnest().name("number").as_table()])
    even = duck.keep("even", [numbers.filter(numbers.number % 2 == 0)])
    assert duck.number(even.count()) == 500_000
    assert [file.name for file in duck.kept("even")] == ["00000.parquet"]


def test_what_goes_wrong_in_the_background_is_heard(duck: Duck) -> None:
    numbers = ibis.range(2).unnest().name("number").as_table()
    text = numbers.select(number=("x" + numbers.number.cast("string")).cast("int64"))

    def kept() -> None:
        duck.keep("broken", [text])  # it may be over before this returns
        duck.kept("broken")

    with pytest.raises(duckdb.ConversionException, match="Could not convert string 'x0'"):
        kept()


def test_a_table_of_each_day_is_written_in_sql_once(duck: Duck) -> None:
    """The first takes long, so the days that follow are named while it is computed."""
    many = ibis.range(3_000_000).unnest().name("number").as_table()
    before = written()
    days = [date(2026, 1, day) for day in range(1, 9)]
    found = duck.keep_by_day(
        "days", days, lambda day: many.group_by(on=day).aggregate(n=many.number.nunique())
    )
    assert written() - before == 1
    assert [(row["on"], row["n"]) for row in duck.rows(found.order_by("on"))] == [
        (day, 3_000_000) for day in days
    ]


def test_whole_numbers_have_names(duck: Duck) -> None:
    few, most = duck.integer(3), duck.integer(2**40)
    numbers = duck.keep("numbers", [ibis.range(5).unnest().name("number").as_table()])
    assert duck.rows(numbers.filter(numbers.number > few)) == [{"number": 4}]
    assert duck.number(numbers.count(where=numbers.number < most)) == 5
    again = ibis.range(5).unnest().name("number").as_table()
    assert duck.number(again.number.max() + few) == 7


def test_leaving_waits_for_nothing_more(tmp_path: Path) -> None:
    with Duck(tmp_path) as duck:
        for number in range(20):
            duck.keep(f"{number}", [ibis.range(300_000).unnest().name("number").as_table()])
    made = [*tmp_path.glob("*/00000.parquet")]
    assert len(made) < 20


def test_a_table_named_twice_is_read_twice_unless_it_takes_work(duck: Duck) -> None:
    numbers = duck.read([], NUMBERS)
    some = numbers.filter(numbers.number > 0)
    counted = some.group_by("number").aggregate(count=some.count())
    plain = duck.connection.compile(some.union(some.mutate(number=some.number + 1)))
    grouped = duck.connection.compile(counted.union(counted))
    assert ("AS NOT MATERIALIZED" in plain, "AS NOT MATERIALIZED" in grouped) == (True, False)


def test_no_bar_is_drawn_on_standard_output(tmp_path: Path) -> None:
    """Where nothing names a program, DuckDB takes its output for a person's."""
    asked = "select current_setting('enable_progress_bar')"
    program = f"""
from pathlib import Path
from recobro.engine.backends.duck import Duck, written
with Duck(Path({str(tmp_path)!r})) as duck:
    print(duck.connection.raw_sql({asked!r}).fetchone())
"""
    told = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert told.stdout == "(False,)\n"


@pytest.mark.parametrize("as_written", [True, False])
def test_a_join_may_hold_the_side_that_is_written_on_the_right(
    tmp_path: Path, *, as_written: bool
) -> None:
    """Of 10,000 payments, of which a filter seems to leave few, those of 3,000 loans are found."""
    with Duck(tmp_path, sides_as_written=as_written) as duck:
        connection = duck.connection.con
        connection.execute("create table loans as select range loan_no from range(3000)")
        connection.execute(
            "create table payments as select range loan_no, range % 7 paid from range(10000)"
        )
        query = "select * from payments semi join loans using (loan_no) where paid < 6"
        (_, plan) = connection.execute(f"explain {query}").fetchone()
    assert ("RIGHT_SEMI" in plan, "SEMI" in plan) == (not as_written, True)
