"""A close on Spark is the close on DuckDB; and where Spark fails, there is none."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import pyarrow.parquet as pq
import pytest

from recobro.book.models import Close
from recobro.cli.console import Exit
from recobro.engine.backends.spark import MASTER, SparkFailed
from recobro.runs.closes import published
from tests.engine.spark.books import shelf
from tests.engine.spark.needed import CONF, needs_spark
from tests.engine.workbench import policy_of
from tests.oracle.book import Book
from tests.oracle.rules import Rules
from tests.runs.bank import Bank
from tests.runs.cluster import Cluster, cluster
from tests.runs.delivered import Rows, rows_of
from tests.runs.program import PATIENCE, PROGRAM, environment, run

pytestmark = pytest.mark.one_database("Spark is asked, and writes what DuckDB does")

ON = "2025-03-31"
CLOSE = ("close", "--as-of", ON)
POLICY = policy_of(Rules(cure_applies_to=("person", "company", "village_group")))
FIGURES = ("currency", "institution_id", "by", "value")


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    needs_spark()
    monkeypatch.setenv("SPARK_CONF_DIR", str(CONF / "local"))
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    monkeypatch.setenv(MASTER, "local[2]")


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    needs_spark()
    with cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


def figures(bank: Bank, close: Close) -> list[dict[str, Any]]:
    files = published(bank.home, close, "figures")
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    return sorted(rows, key=lambda row: [row[name] or "" for name in FIGURES])


def everything() -> Rows:
    """Return books of every oddity, each on four days of its life: more than 2,000 loans."""
    return rows_of(shelf(190, apart=(0, 37, -91, 182)))


@pytest.mark.django_db
def test_two_thousand_loans_are_closed_on_spark_as_on_duckdb(bank: Bank) -> None:
    bank.load(everything())
    duck, spark = (bank.close(ON, policy=POLICY, backend=name) for name in ("duckdb", "spark"))
    rows = bank.published(spark)
    assert (duck.backend, spark.backend, len(rows) > 2_000) == ("duckdb", "spark", True)
    assert {reason for row in rows for reason in row["grade_reasons"]} == {
        "days-past-due",
        "contagion",
        "restructured",
        "renewal",
        "judgement",
        "cure-hold",
    }
    assert rows == bank.published(duck)
    assert figures(bank, spark) == figures(bank, duck)
    assert (spark.fingerprint, spark.checks) == (duck.fingerprint, duck.checks)


@pytest.mark.django_db
def test_a_task_that_fails_publishes_nothing(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00
    """
    bank.load(rows_of(book))
    first = bank.close("2026-01-31")
    (settled,) = bank.home.lake.root.glob("settlement_*/*.parquet")
    spoilt = bytearray(settled.read_bytes())
    spoilt[4:400] = bytes(396)  # rows, not the footer: the plan is made, a task breaks
    settled.write_bytes(spoilt)
    with pytest.raises(SparkFailed, match=r"^Spark gave up: “.*Nothing was published"):
        bank.close("2026-02-28", backend="spark")
    assert list(Close.objects.all()) == [first]
    assert [folder.name for folder in (bank.home.path / "closes").iterdir()] == ["2026-01-31"]
    assert not (bank.home.path / "scratch").exists()


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """Return a bank of some loans, closed on DuckDB by the program itself."""
    needs_spark()
    bank = Bank(tmp_path_factory.mktemp("bank"))
    done = {Exit.DONE, Exit.MARKED}  # what is drawn may depend on the tests that run beside
    assert run(bank, "load", bank.deliver(rows_of(shelf(20)))).returncode in done
    assert run(bank, *CLOSE).returncode in done
    return bank


def close_and_kill(bank: Bank, kill: Callable[[], None]) -> tuple[int, list[str]]:
    """Close on Spark and call `kill` all the while; return how it ended and what it said."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [*PROGRAM, *CLOSE, "--backend", "spark"],
        env=environment(bank),
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        deadline = time.monotonic() + 3 * PATIENCE
        while running.poll() is None:
            assert time.monotonic() < deadline
            kill()
            time.sleep(0.1)
        assert running.stderr
        return running.returncode, running.stderr.read().splitlines()


def end(processes: Iterable[int]) -> None:
    for pid in processes:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def workers(two_workers: Cluster, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.setenv("SPARK_CONF_DIR", str(CONF / "cluster"))
    monkeypatch.setenv(MASTER, two_workers.master)
    return two_workers


def test_a_worker_that_is_killed_on_the_way_changes_no_row(closed: Bank, workers: Cluster) -> None:
    half_way = closed.home.path / "scratch" / "spark" / "look-measured"
    killed: list[int] = []

    def kill() -> None:
        if half_way.exists() and not killed:
            killed.extend(workers.executors()[:1])
            end(killed)

    code, told = close_and_kill(closed, kill)
    again = run(closed, *CLOSE)
    *steps, closed_as, same = told[:7]
    expected = again.stderr.splitlines()
    assert (code, len(killed)) == (again.returncode, 1)
    assert steps == [
        "Settling payments",
        "Grading every loan",
        "Adding up the figures",
        "Checking",
        "Publishing",
    ]
    assert same.startswith("It says the same as the close of ")
    assert (closed_as, told[7:]) == (expected[5], expected[7:])


def test_a_cluster_that_loses_every_worker_publishes_nothing(
    closed: Bank, workers: Cluster
) -> None:
    before = sorted(closed.home.path.rglob("closes/*/*"))
    code, told = close_and_kill(closed, lambda: end(workers.executors()))
    assert "Master removed our application" in told[-1]
    assert (code, told[:2], told[2].startswith("Refused: Spark gave up: “")) == (
        Exit.REFUSED,
        ["Settling payments", "Grading every loan"],
        True,
    )
    assert (len(before) > 0, sorted(closed.home.path.rglob("closes/*/*"))) == (True, before)
