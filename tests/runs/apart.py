"""A bank that works in processes of their own, each of which can be ended at any moment.

They are forked from one that has read the program and opened nothing, so a run costs what it does.
"""

import json
import os
import re
import resource
import signal
import sqlite3
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import FrameType

import django
import pyarrow.parquet as pq
from django.core.management import call_command

from recobro.lake import Lake
from recobro.policy import preset
from recobro.terms.refusal import Refusal

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(
    ["pytest", "django.core.management", "recobro.intake", "recobro.engine.close", __name__]
)
PATIENCE = 120
"""Seconds after which a run that is waited for counts as stuck."""


@dataclass(frozen=True)
class Fate:
    """What befalls a run as a step begins, or as it then calls a function for the n-th time.

    Here nothing does.
    """

    step: str = ""
    function: str = ""
    time: int = 1
    heard: set[str] = field(default_factory=set, init=False)

    def __call__(self, step: str, done: int, of: int) -> None:
        """Hear of a step, as the run's progress."""
        del done, of
        if step != self.step or step in self.heard:  # a long step is told part by part
            return
        self.heard.add(step)
        if not self.function:
            self.befall()
            return
        calls = iter(range(1, self.time + 1))

        def count(frame: FrameType, event: str, _: object) -> None:
            named = event == "call" and frame.f_code.co_qualname == self.function
            if named and next(calls) == self.time:
                sys.setprofile(None)
                self.befall()

        sys.setprofile(count)

    def befall(self) -> None:
        """Let it happen."""


@dataclass(frozen=True)
class EndedAt(Fate):
    """It ends itself there."""

    def befall(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class DiskFull(Fate):
    """From there on no file can grow: a write fails as on a disk that is full."""

    def befall(self) -> None:
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))


@dataclass(frozen=True)
class Waits(Fate):
    """It stands still there, until it is told to go on."""

    def befall(self) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)


@dataclass(frozen=True)
class Ended:
    """How a run ended: its code, the processor seconds it took, and why it was refused."""

    code: int | None
    seconds: float = 0.0
    refused: str = ""


@dataclass(frozen=True)
class Run:
    """A run under way in a process of its own."""

    process: ForkServerProcess
    told: Connection
    began: float

    def wait_until_it_stands(self) -> None:
        """Return once it stands still."""
        stat = Path(f"/proc/{self.process.ident}/stat")
        deadline = time.monotonic() + PATIENCE
        while stat.read_text(encoding="ascii").rpartition(")")[2].split()[0] != "T":
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def go_on(self) -> None:
        """Let it go on that stands still."""
        os.kill(self.process.ident or 0, signal.SIGCONT)

    def kill_after(self, seconds: float) -> None:
        """Kill it once it has used so much of a processor."""
        clock = (~self.process.ident << 3) | 2  # type: ignore[operator]  # clock_getcpuclockid(3)
        try:
            while time.clock_gettime(clock) < self.began + seconds:
                time.sleep(0.001)
        except OSError:  # it has ended already
            return
        self.process.kill()

    def end(self) -> Ended:
        """Wait for its end."""
        self.process.join(PATIENCE)
        assert self.process.exitcode is not None
        try:
            return Ended(self.process.exitcode, *self.told.recv())
        except EOFError:
            return Ended(self.process.exitcode)


@dataclass(frozen=True)
class Apart:
    """A bank's folder, and the delivery and the day that its runs are about."""

    home: Path
    delivery: Path
    kind: str
    on: date

    def start(self, what: str, fate: Fate | None = None) -> Run:
        """Begin a load, a close or a showing, and return once it is under way."""
        told, tell = FORKS.Pipe(duplex=False)
        process = FORKS.Process(target=_work, args=(self, what, fate or Fate(), tell))
        process.start()
        tell.close()
        assert told.poll(PATIENCE)
        return Run(process, told, told.recv())

    def run(self, what: str, fate: Fate | None = None) -> Ended:
        """Load, close or show, and return how it ended."""
        return self.start(what, fate).end()

    def in_force(self) -> dict[str, list[str]]:
        """Return the rows of everything that the database names: facts, settlement, closes."""
        with self._database() as database:
            closes = dict(database.execute("select as_of, folder from book_close order by id"))
            versions = {name: v for each in _versions(database) for name, v in each.items()}
        lake = Lake(self.home / "lake")
        files = {name: map(Path, lake.files(name, versions)) for name in versions}
        for day, folder in closes.items():
            for name in ("standings", "figures", "breaks", "changes"):
                files[f"{name} of {day}"] = (self.home / folder / name).iterdir()
        return {name: _rows(found) for name, found in files.items()}

    def strays(self) -> set[str]:
        """Return the files of the home that belong to nothing that the database names."""
        lake = Lake(self.home / "lake")
        with self._database() as database:
            named = {
                Path(file)
                for versions in _versions(database)
                for table in versions
                for file in lake.files(table, versions)
            }
            closes = [self.home / f for (f,) in database.execute("select folder from book_close")]
            loads = [n for (n,) in database.execute("select number from runs_load")]
        named |= {file for folder in closes for file in folder.rglob("*.parquet")}
        for kept in ("findings.parquet", "touched.parquet"):
            named |= {self.home / "loads" / f"{number:06}" / kept for number in loads}
        places = {path for path in self.home.rglob("*") if path.is_file()} - named
        told = {str(path.relative_to(self.home)) for path in places}
        return {
            place for place in told if not re.search(r"/_delta_log/|^recobro.sqlite3|^lock$", place)
        }

    def _database(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self.home / "recobro.sqlite3"))


def _versions(database: sqlite3.Connection) -> list[dict[str, int]]:
    loads = database.execute("select versions from runs_load order by number").fetchall()
    settled = database.execute("select versions from runs_settlement order by id").fetchall()
    return [json.loads(versions) for (versions,) in [*loads, *settled]]


def _rows(files: Iterable[Path]) -> list[str]:
    return sorted(str(row) for file in files for row in pq.read_table(file).to_pylist())


def _work(bank: Apart, what: str, fate: Fate, tell: Connection) -> None:
    """Do what a run of the program does, with its database in the home."""
    os.environ.pop("DATABASE_URL", None)
    os.environ["RECOBRO_HOME"] = str(bank.home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "recobro.config.settings"
    django.setup()

    call_command("migrate", verbosity=0, interactive=False)
    tell.send(time.process_time())
    began = time.process_time()
    try:
        _DOES[what](bank, fate)
    except Refusal as refusal:
        tell.send((time.process_time() - began, str(refusal)))
        sys.exit(2)
    tell.send((time.process_time() - began, ""))


def _load(bank: Apart, fate: Fate) -> None:
    from recobro.runs import operations  # noqa: PLC0415 - needs Django's settings
    from recobro.runs.home import Home  # noqa: PLC0415 - the same

    operations.load(
        home=Home(bank.home),
        path=bank.delivery,
        kind=bank.kind,
        at=datetime.now(tz=UTC),
        policy=preset("cn"),
        progress=fate,
    )


def _close(bank: Apart, fate: Fate) -> None:
    from recobro.runs import operations  # noqa: PLC0415 - needs Django's settings
    from recobro.runs.home import Home  # noqa: PLC0415 - the same

    operations.close(
        home=Home(bank.home),
        on=bank.on,
        policy=preset("cn"),
        at=datetime.now(tz=UTC),
        progress=fate,
    )


def _show(bank: Apart, fate: Fate) -> None:
    from recobro.runs import operations  # noqa: PLC0415 - needs Django's settings
    from recobro.runs.home import Home  # noqa: PLC0415 - the same

    operations.show(home=Home(bank.home), at=datetime.now(tz=UTC), progress=fate)


_DOES = {"load": _load, "close": _close, "show": _show}
