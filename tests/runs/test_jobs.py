"""Jobs as a worker does them: in processes of their own, which may be ended at any moment."""

import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recobro.runs.inbox import inbox, waiting_as
from tests.oracle.written import written
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of, write
from tests.runs.program import PATIENCE, PROGRAM, environment, run

BOOK = "2026-01-05 A owes 100.00"
MANY = 1_500_000
"""Payments of which a load takes some seconds."""


@pytest.fixture
def loaded(bank: Bank) -> Bank:
    """Return a bank that has loaded and closed; its database is the one in its home."""
    assert run(bank, "load", bank.deliver(BOOK)).returncode == 0
    assert run(bank, "close", "--as-of", "2026-03-31").returncode == 0
    return bank


@contextmanager
def database(bank: Bank) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(bank.home.path / "recobro.sqlite3", timeout=30)) as there, there:
        yield there


def ask(bank: Bank, what: str, subject: str, **parameters: str) -> None:
    """Ask as the pages do."""
    if what == "load":
        parameters["mark"] = waiting_as(bank.home, subject).mark
    row = (what, subject, json.dumps(parameters), "waiting", "mei", "2026-07-01 08:00:00")
    columns = "kind, subject, parameters, state, asked_by, asked_at"
    columns += ", attempts, ending, counts, step, done, of, log"
    with database(bank) as there:
        there.execute(
            f"INSERT INTO jobs_job ({columns}, outcome, reason, told) "
            "VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, '', 0, 0, '[]', '{}', '', '{}')",
            row,
        )


def states(bank: Bank) -> list[tuple[str, str]]:
    with database(bank) as there:
        return list(there.execute("SELECT kind, state FROM jobs_job ORDER BY id"))


def loads(bank: Bank) -> int:
    with database(bank) as there:
        return int(there.execute("SELECT count(*) FROM runs_load").fetchone()[0])


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def lay_much(bank: Bank) -> Path:
    """Put a delivery into the inbox that takes some seconds to load."""
    folder = inbox(bank.home) / "much"
    folder.mkdir()
    numbers = [str(number) for number in range(MANY)]
    rows = {
        "payment_id": numbers,
        "loan_id": ["A"] * MANY,
        "paid_on": ["2026-02-01"] * MANY,
        "amount": ["0.01"] * MANY,
    }
    pq.write_table(pa.table(rows), folder / "payments.parquet")
    return folder


@contextmanager
def working(bank: Bank) -> Iterator["subprocess.Popen[bytes]"]:
    """Let a worker work until it is left."""
    words = [*PROGRAM, "worker", "--every", "1"]
    with subprocess.Popen(words, env=environment(bank)) as worker:  # noqa: S603 - our own program
        try:
            yield worker
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait(PATIENCE)


def test_a_worker_does_what_was_asked_for(loaded: Bank) -> None:
    rows = rows_of(written("2026-01-05 A owes 100.00\n2026-02-01 A pays 40.00 as p1"))
    write(inbox(loaded.home) / "more", {"payments": rows["payments"]})
    ask(loaded, "load", "more", kind="delta")
    ask(loaded, "close", "2026-04-30")
    told = run(loaded, "worker", "--once")
    assert told.returncode == 0
    assert "Job 1, load more: done." in told.stderr
    assert "Job 2, close 2026-04-30: done." in told.stderr
    assert states(loaded) == [("load", "done"), ("close", "done")]
    assert loads(loaded) == 2
    assert [each.name for each in (loaded.home.path / "delivered").iterdir()] == ["000001-more"]


def test_a_job_is_ended_and_a_worker_lets_go_of_its_own(loaded: Bank) -> None:
    """Ended by somebody it is over; ended with its worker it waits for the next one."""
    lay_much(loaded)
    ask(loaded, "load", "much", kind="delta")
    with working(loaded):
        until(lambda: states(loaded) == [("load", "running")])
    assert states(loaded) == [("load", "running")]
    with working(loaded):
        time.sleep(2)  # it is begun anew
        with database(loaded) as there:
            there.execute("UPDATE jobs_job SET ending = 1")
        until(lambda: states(loaded) == [("load", "ended")])
    assert loads(loaded) == 1
    assert (inbox(loaded.home) / "much").is_dir()
    assert run(loaded, "load", loaded.deliver("2026-01-05 A owes 50.00")).returncode == 0


def test_one_that_is_killed_again_and_again_fails(loaded: Bank) -> None:
    ask(loaded, "close", "2026-04-30")
    with database(loaded) as there:
        there.execute("UPDATE jobs_job SET state = 'running', attempts = 3")
    told = run(loaded, "jobs", "next")
    assert (told.returncode, told.stderr) == (0, "No job waits, or another process is at one.\n")
    assert states(loaded) == [("close", "failed")]
    listed = run(loaded, "jobs", "list")
    assert "close 2026-04-30" in listed.stdout
    assert "Its worker was ended 3 times" in " ".join(listed.stdout.split())
