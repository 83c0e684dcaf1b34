"""The pages brought to the closes by processes that are killed, or that come at once."""

import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from tests.runs.apart import Apart, EndedAt, Fate, Waits
from tests.runs.delivered import write
from tests.runs.many import BORROWERS, LATE, LOANS, many
from tests.runs.program import PATIENCE, PROGRAM
from tests.runs.shown import TREE

TABLES = ("institution", "staff", "borrower", "loan", "standing", "figure")
CLOSED = ("2026-02-28", "2026-03-30", "2026-03-31")
"""The first two are shown before the story begins; in it the last takes the place of the second."""

Rows = Mapping[str, int]


@dataclass(frozen=True)
class Pages:
    """A bank in a folder of its own, of which each page is looked at from outside."""

    bank: Apart

    def shown(self) -> dict[str, Rows]:
        """Return how many rows of each kind are shown of each day that is shown at all."""
        with self._database() as database:
            days = dict(database.execute("select id, as_of from book_close"))
            marked = database.execute("select id from book_close where shown_at is not null")
            found: dict[str, dict[str, int]] = {days[number]: {} for (number,) in marked}
            for table in ("standing", "figure"):
                counts = database.execute(
                    f"select close_id, count(*) from book_{table} group by close_id"
                )
                for number, count in counts:
                    found.setdefault(days[number], {})[table] = count
        return dict(found)

    def numbers(self) -> dict[str, int]:
        """Return how many rows each table has."""
        with self._database() as database:
            return {
                table: database.execute(f"select count(*) from book_{table}").fetchone()[0]
                for table in TABLES
            }

    def copied(self, folder: Path) -> "Pages":
        """Return the same bank in another folder."""
        home = shutil.copytree(self.bank.home, folder / "home")
        return Pages(replace(self.bank, home=home))

    def worker(self) -> "subprocess.Popen[str]":
        """Begin a look of the worker, as people start it."""
        words = [*PROGRAM, "worker", "--once", "--home", str(self.bank.home)]
        return subprocess.Popen(  # noqa: S603 - our own program
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def _database(self) -> "closing[sqlite3.Connection]":
        return closing(sqlite3.connect(self.bank.home / "recobro.sqlite3"))


@pytest.fixture(scope="module", autouse=True)
def alone() -> Iterator[pytest.MonkeyPatch]:
    """Have every process use the database in its home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        yield patch


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """Return a bank of which a month end and a day are shown, and one more day is closed."""
    folder = tmp_path_factory.mktemp("pages")
    rows = write(folder / "rows", many())
    bank = Apart(folder / "home", rows, "full", date.fromisoformat(CLOSED[0]))
    bank.home.mkdir()
    assert bank.run("load").code == 0
    for day in CLOSED:
        if day == CLOSED[-1]:
            assert bank.run("show").code == 0
        assert replace(bank, on=date.fromisoformat(day)).run("close").code == 0
    return Pages(bank)


@pytest.fixture(scope="module")
def after(before: Pages, tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """Return the same bank, brought to its closes undisturbed."""
    pages = before.copied(tmp_path_factory.mktemp("after"))
    assert pages.bank.run("show").code == 0
    return pages


def test_the_story(before: Pages, after: Pages) -> None:
    assert (sorted(before.shown()), sorted(after.shown())) == (
        [CLOSED[0], CLOSED[1]],
        [CLOSED[0], CLOSED[2]],
    )
    assert [before.shown()[CLOSED[1]]["standing"], after.shown()[CLOSED[2]]["standing"]] == [
        LATE - LATE // 60,
        LATE,
    ]
    numbers = after.numbers()
    heads = [numbers[table] for table in ("institution", "staff", "borrower", "loan")]
    assert heads == [len(TREE), 1, BORROWERS, LOANS]


STEPS: dict[str, list[Fate]] = {
    "heads": [EndedAt("show", "put", number) for number in (1, 2)],
    "rows": [EndedAt("show"), EndedAt("show", "published"), EndedAt("show", "published", 2)],
    "marks": [EndedAt("show", "Model.save"), EndedAt("show", "_forget")],
    "end": [EndedAt("show", "QuerySet.delete", 2), EndedAt("show", "QuerySet.update")],
}


@pytest.mark.parametrize("part", STEPS)
def test_killed_between_two_steps(part: str, before: Pages, after: Pages, tmp_path: Path) -> None:
    """Until the last step is over nothing of it is seen; then the next run does all of it."""
    pages = before.copied(tmp_path)
    for fate in STEPS[part]:
        assert pages.bank.run("show", fate).code == -signal.SIGKILL
        assert pages.shown() == before.shown()
    assert pages.bank.run("show").code == 0
    assert (pages.shown(), pages.numbers()) == (after.shown(), after.numbers())


def shown_in(told: str) -> list[str]:
    """Return what a worker says of the pages; it says more of what it does beside them."""
    return [line for line in told.splitlines() if line.startswith("The pages")]


KILLS = 8


def test_killed_at_any_moment(before: Pages, after: Pages, tmp_path: Path) -> None:
    """The moments lie in the later half of the run: before it nothing is done but to start."""
    run = before.copied(tmp_path / "undisturbed").worker()
    seconds = used_by(run)
    _, told = run.communicate()
    assert (run.returncode, shown_in(told)) == (0, [f"The pages show the close of {CLOSED[-1]}."])
    draw = random.Random(20261231)  # noqa: S311 - the same moments every time
    codes = []
    for part in range(KILLS):
        pages = before.copied(tmp_path / str(part))
        run = pages.worker()
        kill_after(run, seconds * (0.5 + 0.5 * (part + draw.random()) / KILLS))
        codes.append(run.returncode)
        wholly = [after.shown()] if run.returncode == 0 else [before.shown(), after.shown()]
        assert pages.shown() in wholly
        assert pages.bank.run("show").code == 0
        assert (pages.shown(), pages.numbers()) == (after.shown(), after.numbers())
        shutil.rmtree(tmp_path / str(part))
    assert codes.count(-signal.SIGKILL) >= KILLS - 3


def used_by(run: "subprocess.Popen[str]") -> float:
    """Wait for a process, and return how much of a processor it used itself; not what it began."""
    clock, used = (~run.pid << 3) | 2, 0.0  # clock_getcpuclockid(3)
    while run.poll() is None:
        used = time.clock_gettime(clock)
        time.sleep(0.001)
    return used


def kill_after(run: "subprocess.Popen[str]", seconds: float) -> None:
    """Kill a process once it has used so much of a processor, and wait for its end."""
    clock = (~run.pid << 3) | 2  # clock_getcpuclockid(3)
    while run.poll() is None and time.clock_gettime(clock) < seconds:
        time.sleep(0.001)
    run.kill()
    run.communicate(timeout=PATIENCE)


def test_two_at_once(before: Pages, after: Pages, tmp_path: Path) -> None:
    """One does it, the other waits and finds it done; both are content."""
    pages = before.copied(tmp_path)
    runs = [pages.worker(), pages.worker()]
    told = sorted(shown_in(run.communicate(timeout=PATIENCE)[1]) for run in runs)
    assert [run.returncode for run in runs] == [0, 0]
    assert told == [[], [f"The pages show the close of {CLOSED[-1]}."]]
    assert (pages.shown(), pages.numbers()) == (after.shown(), after.numbers())


def test_the_second_waits_for_the_first(before: Pages, after: Pages, tmp_path: Path) -> None:
    pages = before.copied(tmp_path)
    first = pages.bank.start("show", Waits("show"))
    first.wait_until_it_stands()
    second = pages.bank.start("show")
    second.process.join(2)
    assert second.process.exitcode is None
    first.go_on()
    assert [first.end().code, second.end().code] == [0, 0]
    assert (pages.shown(), pages.numbers()) == (after.shown(), after.numbers())
